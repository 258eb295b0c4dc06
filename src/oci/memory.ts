import { Readable } from 'node:stream';
import { LadingError } from '../base/errors.js';
import { digestOf } from './digest.js';
import type { RawManifest } from './manifest.js';
import type { Blob, Store } from './store.js';

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
    blob: async ({ digest }) => {
      const bytes = blobs.get(digest);
      return bytes && bytesBlob(bytes);
    },
    has: async ({ digest }) => blobs.has(digest),
    async put(blob) {
      if (blobs.has(blob.digest)) return { how: 'existing', bytes: 0 };
      const parts: Buffer[] = [];
      for await (const part of await blob.open()) parts.push(part as Buffer);
      const bytes = Buffer.concat(parts);
      if (digestOf(bytes) !== blob.digest || bytes.length !== blob.size) {
        throw new LadingError('remote', `${name}: the bytes of ${blob.digest} are others`, { code: 'DIGEST_MISMATCH' });
      }
      blobs.set(blob.digest, bytes);
      return { how: 'uploaded', bytes: bytes.length };
    },
    async putManifest(manifest, tag) {
      manifests.set(manifest.digest, manifest);
      if (tag !== undefined) manifests.set(tag, manifest);
    },
  };
}
