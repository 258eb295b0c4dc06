import { Readable } from 'node:stream';
import type { Digest } from './digest.js';
import { digestOf } from './digest.js';
import type { Descriptor, RawManifest } from './manifest.js';
import { describeReferrer, subjectOf } from './referrers.js';
import type { Blob, Store } from './store.js';
import { blobUnknown } from './store.js';
import { firstMissing } from './tree.js';
import { collect, openVerified, refuseBytes, verified } from './verified.js';

/** Bytes as a blob. */
export function bytesBlob(bytes: Uint8Array): Blob {
  return { digest: digestOf(bytes), size: bytes.length, open: async () => Readable.from([Buffer.from(bytes)]) };
}

/** A store in memory, for small images and tests. */
export function memoryStore(name = 'memory'): Store {
  const blobs = new Map<string, Uint8Array>();
  const manifests = new Map<string, RawManifest>();
  const tags = new Map<string, Digest>();
  const store: Store = {
    name,
    manifest: async (reference) => manifests.get(tags.get(reference) ?? reference),
    async blob(descriptor) {
      const bytes = blobs.get(descriptor.digest);
      if (!bytes) return undefined;
      const { digest, size } = descriptor;
      const open = async () => verified(Readable.from([Buffer.from(bytes)]), descriptor, refuseBytes(name, descriptor));
      return { digest, size, open };
    },
    has: async ({ digest, size }) => blobs.get(digest)?.length === size,
    async put(blob, options) {
      if (blobs.get(blob.digest)?.length === blob.size) return { how: 'existing', bytes: 0 };
      const bytes = await collect(await openVerified(blob, refuseBytes(name, blob), options?.signal));
      blobs.set(blob.digest, bytes);
      options?.onBytes?.(bytes.length);
      return { how: 'uploaded', bytes: bytes.length };
    },
    async putManifest(manifest, tag) {
      if (tag !== undefined) {
        const has = async (part: Descriptor) => manifests.has(part.digest) || store.has(part);
        const missing = await firstMissing(manifest, has);
        if (missing) throw blobUnknown(name, missing.digest);
        tags.set(tag, manifest.digest);
      }
      manifests.set(manifest.digest, manifest);
    },
    tags: async () => [...tags.keys()].sort(),
    referrers: async (digest) =>
      [...manifests.values()].filter((raw) => subjectOf(raw)?.digest === digest).map(describeReferrer),
  };
  return store;
}
