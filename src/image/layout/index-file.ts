import { join } from 'node:path';
import { pathExists, readOwnFile, replaceFile } from '../../base/files/files.js';
import { digestOf } from '../../oci/digest.js';
import type { Descriptor, ImageIndex, RawManifest } from '../../oci/manifest.js';
import { describe, MANIFEST_LIMIT, parseImageIndex } from '../../oci/manifest.js';
import { mediaTypes } from '../../oci/media-type.js';
import { describeReferrer, subjectOf } from '../../oci/referrers.js';
import { reading } from './layout-files.js';

const REF_NAME = 'org.opencontainers.image.ref.name';

/** `index.json`: an entry for each tag, and one for each referrer, which has no tag. */
export interface IndexFile {
  /** None where there is no layout yet. */
  entries(): Promise<readonly Descriptor[]>;
  /** One change at a time within this process; nothing is written when it gives the same list back. */
  change(edit: (entries: readonly Descriptor[]) => Promise<readonly Descriptor[]>): Promise<void>;
}

export function indexFile(directory: string): IndexFile {
  const file = join(directory, 'index.json');
  let last: Promise<unknown> = Promise.resolve();

  async function read(): Promise<ImageIndex> {
    const bytes = await readOwnFile(file, MANIFEST_LIMIT);
    if (!bytes) return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] };
    return reading(file, () => parseImageIndex({ digest: digestOf(bytes), mediaType: mediaTypes.ociIndex, bytes }));
  }

  return {
    entries: async () => (await read()).manifests,
    change(edit) {
      const next = last.then(async () => {
        const index = await read();
        const manifests = [...(await edit(index.manifests))];
        if (manifests.length === index.manifests.length && manifests.every((one, at) => one === index.manifests[at]))
          return;
        const marker = join(directory, 'oci-layout');
        if (!(await pathExists(marker))) await replaceFile(marker, '{"imageLayoutVersion":"1.0.0"}');
        await replaceFile(file, JSON.stringify({ ...index, manifests }));
      });
      last = next.catch(() => undefined);
      return next;
    },
  };
}

export function tagOf(entry: Descriptor): string | undefined {
  return entry.annotations?.[REF_NAME];
}

/** The entries with one more: a tag moves, a referrer is listed once, anything else is reached by what names it. */
export function withEntry(
  entries: readonly Descriptor[],
  raw: RawManifest,
  tag: string | undefined,
): readonly Descriptor[] {
  if (tag !== undefined) {
    const others = entries.filter((entry) => tagOf(entry) !== tag);
    return [...others, { ...describe(raw), annotations: { [REF_NAME]: tag } }];
  }
  if (!subjectOf(raw) || entries.some(({ digest }) => digest === raw.digest)) return entries;
  return [...entries, describeReferrer(raw)];
}

/** By tag; `latest` is also the only image of a layout whose maker gave it another name, or none. */
export function entryOf(entries: readonly Descriptor[], reference: string): Descriptor | undefined {
  const own = entries.find((entry) => tagOf(entry) === reference);
  return own ?? (reference === 'latest' && entries.length === 1 ? entries[0] : undefined);
}
