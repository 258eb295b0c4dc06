import type { Descriptor, RawManifest } from '../../src/oci/manifest.js';
import { describe, encodeManifest } from '../../src/oci/manifest.js';
import { mediaTypes } from '../../src/oci/media-type.js';
import { bytesBlob } from '../../src/oci/memory.js';
import type { Blob, Store } from '../../src/oci/store.js';

export const layerOf = (blob: Blob): Descriptor => ({
  mediaType: mediaTypes.ociLayer,
  digest: blob.digest,
  size: blob.size,
});

/** An image whose config and layers are these texts. */
export async function makeImage(store: Store, texts: readonly string[], tag?: string): Promise<RawManifest> {
  const [config, ...layers] = texts.map((text) => bytesBlob(Buffer.from(text)));
  for (const blob of [config, ...layers]) if (blob) await store.put(blob);
  const manifest = encodeManifest({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { ...layerOf(config as Blob), mediaType: mediaTypes.ociConfig },
    layers: layers.map(layerOf),
  });
  await store.putManifest(manifest, tag);
  return manifest;
}

/** An index of these, in this order. */
export async function makeIndex(store: Store, children: readonly RawManifest[], tag?: string): Promise<RawManifest> {
  const index = encodeManifest({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: children.map(describe),
  });
  await store.putManifest(index, tag);
  return index;
}
