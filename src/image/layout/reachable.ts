import type { Descriptor, RawManifest } from '../../oci/manifest.js';
import { isIndex, parseImageIndex } from '../../oci/manifest.js';
import { subjectOf } from '../../oci/referrers.js';
import { blobsOf } from '../../oci/tree.js';
import { tagOf } from './index-file.js';

export interface Reachable {
  /** Entries of the index that stay. */
  readonly kept: readonly Descriptor[];
  /** Digests of manifests and blobs that they reach. */
  readonly named: ReadonlySet<string>;
}

/**
 * What a layout still needs: all that a tag reaches, and the referrers of that. An entry without a tag that refers to
 * nothing was made by another tool, and is an image to it.
 */
export async function reachable(
  entries: readonly Descriptor[],
  read: (entry: Descriptor) => Promise<RawManifest | undefined>,
): Promise<Reachable> {
  const named = new Set<string>();
  const kept = new Set<Descriptor>();

  async function reach(entry: Descriptor): Promise<void> {
    if (named.has(entry.digest)) return;
    named.add(entry.digest);
    const raw = await safely(entry);
    if (!raw) return;
    for (const child of isIndex(raw) ? parseImageIndex(raw).manifests : []) await reach(child);
    for (const blob of blobsOf(raw)) named.add(blob.digest);
  }

  /** One that is damaged names nothing any more, and its entry says what is missing. */
  async function safely(entry: Descriptor): Promise<RawManifest | undefined> {
    return read(entry).catch(() => undefined);
  }

  const waiting = new Map<Descriptor, string>();
  for (const entry of entries) {
    const raw = await safely(entry);
    const subject = raw && subjectOf(raw);
    if (subject && tagOf(entry) === undefined) {
      waiting.set(entry, subject.digest);
      continue;
    }
    kept.add(entry);
    await reach(entry);
  }
  // Referrers may have referrers.
  for (let before = -1; before !== kept.size;) {
    before = kept.size;
    for (const [entry, subject] of waiting) {
      if (kept.has(entry) || !named.has(subject)) continue;
      kept.add(entry);
      await reach(entry);
    }
  }
  return { kept: entries.filter((entry) => kept.has(entry)), named };
}
