import { Readable } from 'node:stream';
import { digestOf } from './digest.js';
import type { RawManifest } from './manifest.js';
import type { Blob, Store } from './store.js';
import { collect, openVerified, refuseBytes, verified } from './verified.js';

/** Bytes as a blob. */
export function bytesBlob(bytes: Uint8Array): Blob {
  return { digest: digestOf(bytes), size: bytes.length, open: async () => Readable.from([Buffer.from(bytes)]) };
}

/** A store in memory, for small images and tests. */
export function memoryStore(name = 'memory'): Store {
  const blobs = new Map<string, Uint8Array>();
  const manifests = new Map<string, RawManifest>();
  return {
    name,
    manifest: async (reference) => manifests.get(reference),
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
      return { how: 'uploaded', bytes: bytes.length };
    },
    async putManifest(manifest, tag) {
      manifests.set(manifest.digest, manifest);
      if (tag !== undefined) manifests.set(tag, manifest);
    },
  };
}
