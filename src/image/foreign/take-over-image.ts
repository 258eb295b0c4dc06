import { mkdir } from 'node:fs/promises';
import type { Digest } from '../../oci/digest.js';
import { encodeManifest } from '../../oci/manifest.js';
import type { ImageManifest, Platform } from '../../oci/manifest.js';
import { mediaTypes } from '../../oci/media-type.js';
import { bytesBlob } from '../../oci/memory.js';
import type { Store } from '../../oci/store.js';
import { annotate, fits } from '../build.js';
import type { BuiltImage, BuiltLayer } from '../build.js';
import type { Overrides } from '../compose-config.js';
import { adoptConfig } from '../compose-config.js';
import type { ForeignImage, ForeignLayer } from './foreign-image.js';
import type { Compression } from '../layer/compress.js';
import { guarded } from '../layer/disk.js';
import type { PreviousImage } from '../previous.js';
import { knownLayers } from '../previous.js';
import type { Putting } from '../with-puts.js';
import { withPuts } from '../with-puts.js';
import { recompress } from './recompress.js';

export interface TakeOverRequest {
  readonly image: Omit<ForeignImage, 'settled'>;
  readonly platform: Platform;
  readonly overrides: Overrides;
  readonly compression: Compression;
  /** Seconds since 1970 that the image says it was made at; 0 leaves what its maker says. */
  readonly createdAt: number;
  readonly previous?: Promise<PreviousImage | undefined>;
  /** Layers that were taken over before, for this or another platform. */
  readonly made: Map<Digest, BuiltLayer>;
  readonly scratch: string;
}

/**
 * Takes an image over from another program: a layer that the target holds is named and not even read, any other is
 * compressed anew and put into the sink, while the next one is read. Config, history and order of layers stay.
 */
export async function takeOverImage(
  request: TakeOverRequest,
  sink: Store,
  context: { readonly signal: AbortSignal },
): Promise<BuiltImage> {
  return withPuts(sink, context.signal, (putting) => assemble(request, sink, putting));
}

async function assemble(request: TakeOverRequest, sink: Store, { put, signal, settled }: Putting): Promise<BuiltImage> {
  const { image, platform, scratch, compression } = request;
  await guarded(scratch, () => mkdir(scratch, { recursive: true }));
  // The making took its time: by now it is known.
  const known = await knownLayers(request.previous).read();
  const layers: BuiltLayer[] = [];
  for (const foreign of image.layers) {
    const before = request.made.get(foreign.diffId);
    const layer = before ? { ...before, reused: true } : await takeOverLayer(foreign);
    request.made.set(foreign.diffId, layer);
    layers.push(layer);
  }
  const config = Buffer.from(JSON.stringify(adoptConfig(image.config, request.overrides, request.createdAt)));
  const configBlob = bytesBlob(config);
  put(configBlob, { assumeMissing: known !== undefined && !known.configs.has(configBlob.digest) });
  const manifest = encodeManifest({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: configBlob.digest, size: config.length },
    layers: layers.map((layer) => layer.descriptor),
  } satisfies ImageManifest);
  await settled();
  await sink.putManifest(manifest);
  const size = layers.reduce((sum, layer) => sum + layer.descriptor.size, config.length);
  return { manifest, platform, base: undefined, layers, size };

  async function takeOverLayer(foreign: ForeignLayer): Promise<BuiltLayer> {
    const about = { kind: foreign.kind, files: undefined, bytes: foreign.size, diffId: foreign.diffId };
    const there = known?.layers.get(foreign.diffId);
    if (there && fits(there, compression))
      return { ...about, descriptor: annotate(there, foreign.diffId), reused: true };
    const made = await recompress(foreign, image.maker, { compression, scratch, signal });
    put(made.blob, { assumeMissing: known !== undefined }, () => made.discard());
    return { ...about, descriptor: annotate(made.descriptor, foreign.diffId), reused: false };
  }
}
