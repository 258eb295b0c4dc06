import type { Store } from './store.js';

/**
 * Blobs go into `kept` and from there on to `target`, so that sending overlaps making. Manifests go into `kept` alone:
 * in `target` they come last, when all that they name is there.
 */
export function teeStore(kept: Store, target: Store): Store {
  return {
    name: `${kept.name} and ${target.name}`,
    manifest: (reference) => kept.manifest(reference),
    blob: (descriptor) => kept.blob(descriptor),
    has: (descriptor) => kept.has(descriptor),
    putManifest: (manifest, tag) => kept.putManifest(manifest, tag),
    tags: () => kept.tags(),
    referrers: (digest) => kept.referrers(digest),
    async put(blob, options) {
      await kept.put(blob, { ...options, onBytes: undefined });
      const own = await kept.blob({ mediaType: 'application/octet-stream', digest: blob.digest, size: blob.size });
      return target.put(own ?? blob, options);
    },
  };
}
