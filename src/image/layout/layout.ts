import { join } from 'node:path';
import type { Digest } from '../../oci/digest.js';
import { isDigest } from '../../oci/digest.js';
import type { Descriptor, RawManifest } from '../../oci/manifest.js';
import { MANIFEST_LIMIT, mediaTypeIn } from '../../oci/manifest.js';
import { bytesBlob } from '../../oci/memory.js';
import { describeReferrer, subjectOf } from '../../oci/referrers.js';
import type { BlobOrigin, OriginsOf, Store } from '../../oci/store.js';
import { blobUnknown } from '../../oci/store.js';
import { firstMissing } from '../../oci/tree.js';
import { collect } from '../../oci/verified.js';
import { guarded } from '../layer/disk.js';
import { blobFiles } from './blob-files.js';
import { entryOf, indexFile, tagOf, withEntry } from './index-file.js';
import { incomplete, readOrigins, refuseForeign, sweepDrafts, writeOrigins } from './layout-files.js';
import { reachable } from './reachable.js';

/** An OCI layout folder. https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md */
export interface Layout extends Store, OriginsOf {
  readonly directory: string;
  /** Where temporary files go: the same disk, so that a rename is enough. */
  readonly scratch: string;
  /** The layout will name this blob but not hold it. */
  refer(digest: Digest, origins: readonly BlobOrigin[]): void;
  /** Takes a tag away; the image goes with the next sweep unless another tag reaches it. */
  untag(tag: string): Promise<void>;
  /** Removes what no entry of the index reaches, and the referrers of what is not reached. Call it last. */
  sweep(): Promise<void>;
}

/**
 * Opens a layout that is there, or will be made with the first blob. Links, devices and pipes in it are refused, and
 * in the whole of a folder `.lading`.
 */
export async function openLayout(directory: string): Promise<Layout> {
  await refuseForeign(directory);
  const files = blobFiles(directory);
  const index = indexFile(directory);
  const origins = await readOrigins(directory);
  const isHeld = async (digest: Digest) => (await files.size(digest)) !== undefined;

  async function read(digest: Digest, mediaType: string | undefined): Promise<RawManifest | undefined> {
    const size = await files.size(digest);
    if (size === undefined) return undefined;
    if (size > MANIFEST_LIMIT) throw incomplete(directory, `a manifest: ${digest} has ${size} bytes`);
    const bytes = await collect(await files.read({ digest, size }).open());
    return { digest, bytes, mediaType: mediaType ?? mediaTypeIn(bytes, directory) };
  }

  async function listed(entry: Descriptor): Promise<RawManifest> {
    const raw = await read(entry.digest, entry.mediaType);
    if (!raw) throw incomplete(directory, `its manifest ${entry.digest}`);
    return raw;
  }

  const layout: Layout = {
    name: directory,
    directory,
    scratch: join(directory, '.lading-tmp'),
    async manifest(reference) {
      if (isDigest(reference)) return read(reference, undefined);
      const entry = entryOf(await index.entries(), reference);
      return entry && listed(entry);
    },
    has: async ({ digest, size }) => (await files.size(digest)) === size,
    blob: async (descriptor) => ((await isHeld(descriptor.digest)) ? files.read(descriptor) : undefined),
    async put(blob, options) {
      if (await files.isWhole(blob)) return { how: 'existing', bytes: 0 };
      await guarded(directory, () => files.write(blob, options));
      return { how: 'uploaded', bytes: blob.size };
    },
    async putManifest(raw, tag) {
      await guarded(directory, async () => {
        if (tag !== undefined) {
          const has = async ({ digest }: Descriptor) => origins.has(digest) || isHeld(digest);
          const missing = await firstMissing(raw, has);
          if (missing) throw blobUnknown(directory, missing.digest);
        }
        await files.write({ ...bytesBlob(raw.bytes), digest: raw.digest });
        if (tag !== undefined) {
          // Another run may have written its own since this layout was opened.
          for (const [digest, where] of await readOrigins(directory))
            if (!origins.has(digest)) origins.set(digest, where);
          await writeOrigins(directory, origins);
        }
        await index.change(async (entries) => withEntry(entries, raw, tag));
      });
    },
    tags: async () => (await index.entries()).flatMap((entry) => tagOf(entry) ?? []).sort(),
    async referrers(digest) {
      const all = await Promise.all((await index.entries()).map(listed));
      const found = all.filter((raw) => subjectOf(raw)?.digest === digest).map(describeReferrer);
      return [...new Map(found.map((entry) => [entry.digest, entry])).values()];
    },
    origins: (digest) => (origins.get(digest) ?? []).map((repository) => ({ repository })),
    refer(digest, where) {
      origins.set(digest, [...new Set(where.map((origin) => origin.repository))]);
    },
    untag: (tag) => index.change(async (entries) => entries.filter((entry) => tagOf(entry) !== tag)),
    async sweep() {
      await refuseForeign(directory);
      let named: ReadonlySet<string> = new Set();
      await index.change(async (entries) => {
        const found = await reachable(entries, (entry) => read(entry.digest, entry.mediaType));
        named = found.named;
        return found.kept;
      });
      for (const digest of origins.keys())
        if (!named.has(digest) || (await isHeld(digest as Digest))) origins.delete(digest);
      await files.sweep(named);
      await sweepDrafts(directory);
      await writeOrigins(directory, origins);
    },
  };
  return layout;
}
