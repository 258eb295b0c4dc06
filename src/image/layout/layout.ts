import { join } from 'node:path';
import { replaceFile } from '../../base/files.js';
import type { Digest } from '../../oci/digest.js';
import { isDigest } from '../../oci/digest.js';
import type { Descriptor } from '../../oci/manifest.js';
import {
  describe,
  isIndex,
  MANIFEST_LIMIT,
  mediaTypeIn,
  parseImageIndex,
  parseImageManifest,
} from '../../oci/manifest.js';
import { mediaTypes } from '../../oci/media-type.js';
import { bytesBlob } from '../../oci/memory.js';
import type { BlobOrigin, OriginsOf, Store } from '../../oci/store.js';
import { collect } from '../../oci/verified.js';
import { guarded } from '../layer/disk.js';
import { blobFiles } from './blob-files.js';
import { incomplete, readIndex, readOrigins, refuseForeign, sweepDrafts, writeOrigins } from './layout-files.js';

const REF_NAME = 'org.opencontainers.image.ref.name';

/** An OCI layout folder. https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md */
export interface Layout extends Store, OriginsOf {
  readonly directory: string;
  /** Where temporary files go: the same disk, so that a rename is enough. */
  readonly scratch: string;
  /** The layout will name this blob but not hold it. */
  refer(digest: Digest, origins: readonly BlobOrigin[]): void;
  /** Removes what no manifest of the index names. Call it last. */
  sweep(): Promise<void>;
}

/** Opens a layout that is there, or will be made with the first blob. */
export async function openLayout(directory: string): Promise<Layout> {
  await refuseForeign(directory);
  const files = blobFiles(directory);
  const scratch = join(directory, '.lading-tmp');
  const origins = await readOrigins(directory);

  const layout: Layout = {
    name: directory,
    directory,
    scratch,
    async manifest(reference) {
      const index = await readIndex(directory);
      const entry = isDigest(reference)
        ? { digest: reference, mediaType: undefined }
        : (index.find((found) => found.annotations?.[REF_NAME] === reference) ??
          (reference === 'latest' ? index[0] : undefined));
      const size = entry && (await files.size(entry.digest));
      if (!entry || (size === undefined && isDigest(reference))) return undefined;
      if (size === undefined) throw incomplete(directory, `its manifest ${entry.digest}`);
      if (size > MANIFEST_LIMIT) throw incomplete(directory, `a manifest: ${entry.digest} has ${size} bytes`);
      const bytes = await collect(await files.read({ digest: entry.digest, size }).open());
      return { digest: entry.digest, bytes, mediaType: entry.mediaType ?? mediaTypeIn(bytes, directory) };
    },
    has: async ({ digest, size }) => (await files.size(digest)) === size,
    blob: async (descriptor) =>
      (await files.size(descriptor.digest)) === undefined ? undefined : files.read(descriptor),
    async put(blob, options) {
      if (await files.isWhole(blob)) return { how: 'existing', bytes: 0 };
      await guarded(directory, () => files.write(blob, options?.signal));
      return { how: 'uploaded', bytes: blob.size };
    },
    async putManifest(raw, tag) {
      await guarded(directory, async () => {
        await files.write({ ...bytesBlob(raw.bytes), digest: raw.digest });
        if (tag === undefined) return;
        await writeOrigins(directory, origins);
        await replaceFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
        const entry = { ...describe(raw), annotations: { [REF_NAME]: tag } };
        await replaceFile(
          join(directory, 'index.json'),
          JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry] }),
        );
      });
    },
    origins: (digest) => (origins.get(digest) ?? []).map((repository) => ({ repository })),
    refer(digest, where) {
      origins.set(digest, [...new Set(where.map((origin) => origin.repository))]);
    },
    async sweep() {
      await refuseForeign(directory);
      const named = await namedBlobs(layout, await readIndex(directory));
      for (const digest of origins.keys())
        if (!named.has(digest) || (await files.size(digest as Digest)) !== undefined) origins.delete(digest);
      await files.sweep(named);
      await sweepDrafts(directory);
      await writeOrigins(directory, origins);
    },
  };
  return layout;
}

async function namedBlobs(layout: Store, entries: readonly Descriptor[]): Promise<Set<string>> {
  const named = new Set<string>();
  for (const entry of entries) {
    named.add(entry.digest);
    // One that is damaged names nothing any more.
    const raw = await layout.manifest(entry.digest).catch(() => undefined);
    if (!raw) continue;
    if (isIndex(raw)) for (const digest of await namedBlobs(layout, parseImageIndex(raw).manifests)) named.add(digest);
    else {
      const manifest = parseImageManifest(raw);
      for (const blob of [manifest.config, ...manifest.layers]) named.add(blob.digest);
    }
  }
  return named;
}
