import { mkdir } from 'node:fs/promises';
import { LadingError } from '../base/errors.js';
import type { Report } from '../base/tell/report.js';
import { say } from '../base/tell/report.js';
import type { Descriptor, ImageManifest, Platform, RawManifest } from '../oci/manifest.js';
import { describe, DIFF_ID, encodeManifest } from '../oci/manifest.js';
import { mediaTypes } from '../oci/media-type.js';
import { bytesBlob } from '../oci/memory.js';
import type { Store } from '../oci/store.js';
import type { BaseImage } from './base.js';
import type { Recipe } from './builders/recipe.js';
import type { ConfigLayer, Overrides } from './compose-config.js';
import { composeConfig } from './compose-config.js';
import type { Compression } from './layer/compress.js';
import { guarded } from './layer/disk.js';
import { bytesOf } from './layer/entry.js';
import type { LayerPlan } from './layer/entry.js';
import { compressLayer, hashLayer } from './layer/layer.js';
import { CHUNK } from './layer/tar.js';
import { checkNativeModules, libcOf } from './native-modules.js';
import type { PreviousImage } from './previous.js';
import { knownLayers } from './previous.js';
import type { Putting } from './with-puts.js';
import { withPuts } from './with-puts.js';

export interface BuildRequest {
  readonly recipe: Recipe;
  readonly base: Promise<BaseImage>;
  readonly platform: Platform;
  readonly overrides: Overrides;
  readonly compression: Compression;
  /** Seconds since 1970 that the image says it was made at; 0 keeps it reproducible. */
  readonly createdAt: number;
  readonly previous?: Promise<PreviousImage | undefined>;
  /** Layers of the recipe that were made for another platform: they are the same for this one. */
  readonly made: Map<LayerPlan, BuiltLayer>;
  /** Folder for what does not fit in memory. */
  readonly scratch: string;
}

export interface BuiltLayer extends ConfigLayer {
  readonly descriptor: Descriptor;
  /** Files, folders and links; undefined when nobody counted. */
  readonly files: number | undefined;
  /** Bytes before compression. */
  readonly bytes: number;
  readonly reused: boolean;
}

export interface BuiltImage {
  readonly manifest: RawManifest;
  readonly platform: Platform;
  /** Undefined when its layers are among the others, as in an image that another program made. */
  readonly base: BaseImage | undefined;
  readonly layers: readonly BuiltLayer[];
  /** Of all layers with the base's, compressed. */
  readonly size: number;
}

interface BuildContext {
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Under this many bytes a layer is hashed and compressed in one reading: a second one would cost more. */
const SMALL = 4 << 20;

/**
 * Makes the layers of a recipe and puts them, the config and the manifest into the sink. Base layers are only named.
 * A blob is put as soon as it is made, so that a sink that sends works while the next layer is read.
 */
export async function buildImage(request: BuildRequest, sink: Store, context: BuildContext): Promise<BuiltImage> {
  return withPuts(sink, context.signal, (putting) => assemble(request, sink, { report: context.report, putting }));
}

async function assemble(
  request: BuildRequest,
  sink: Store,
  context: { readonly report: Report; readonly putting: Putting },
): Promise<BuiltImage> {
  const { recipe, platform } = request;
  const { put, signal, settled } = context.putting;
  for (const note of recipe.notes) say(context.report, 'warning', note);
  await guarded(request.scratch, () => mkdir(request.scratch, { recursive: true }));
  const previous = knownLayers(request.previous);
  const options = {
    uid: 1000,
    gid: 1000,
    compression: request.compression,
    scratch: request.scratch,
    signal,
    buffer: Buffer.allocUnsafe(CHUNK),
  };
  const layers: BuiltLayer[] = [];
  for (const plan of recipe.layers) {
    const before = request.made.get(plan);
    const layer = before ? { ...before, reused: true } : await makeLayer(plan);
    request.made.set(plan, layer);
    layers.push(layer);
  }

  const base = await request.base;
  checkNativeModules(
    recipe.layers.flatMap((layer) => layer.entries),
    base.config.architecture,
    libcOf(base.config, base.name),
  );
  const created = new Date(request.createdAt * 1000).toISOString().replace('.000Z', 'Z');
  const config = Buffer.from(
    JSON.stringify(composeConfig(base.config, recipe.run, request.overrides, layers, created)),
  );
  const known = await previous.read();
  const configBlob = bytesBlob(config);
  put(configBlob, { assumeMissing: known !== undefined && !known.configs.has(configBlob.digest) });
  const manifest = encodeManifest({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: configBlob.digest, size: config.length },
    layers: [...base.layers, ...layers.map((layer) => layer.descriptor)],
    annotations: {
      'org.opencontainers.image.base.digest': base.digest,
      // The path of a layout is no name of an image, and another on each computer.
      ...(!base.name.startsWith('oci:') && { 'org.opencontainers.image.base.name': base.name }),
    },
  } satisfies ImageManifest);
  await settled();
  await sink.putManifest(manifest);
  const size = [...base.layers, ...layers.map((layer) => layer.descriptor)].reduce(
    (sum, layer) => sum + layer.size,
    config.length,
  );
  return { manifest, platform, base, layers, size };

  async function makeLayer(plan: LayerPlan): Promise<BuiltLayer> {
    const about = { kind: plan.kind, files: plan.entries.length, bytes: bytesOf(plan) };
    const found = previous.settled();
    const hashFirst = found ? found.value !== undefined && about.bytes >= SMALL : request.previous !== undefined;
    const hashed = hashFirst ? await hashLayer(plan, options) : undefined;
    const ready = hashed ?? (await compressLayer(plan, options));
    const diffId = typeof ready === 'string' ? ready : ready.diffId;
    const reusable = (await previous.read())?.layers.get(diffId);
    if (reusable && fits(reusable, request.compression)) {
      if (typeof ready !== 'string') ready.discard();
      return { ...about, diffId, descriptor: annotate(reusable, diffId), reused: true };
    }
    const made = typeof ready === 'string' ? await compressLayer(plan, options, ready) : ready;
    // What the previous image lacks was most likely never there: not worth a question.
    put(made.blob, { assumeMissing: (await previous.read()) !== undefined }, () => made.discard());
    return { ...about, diffId, descriptor: annotate(made.descriptor, diffId), reused: false };
  }
}

/** Either format runs anywhere that the other does, but a demand for one is a demand. */
export function fits(descriptor: Descriptor, compression: Compression): boolean {
  return descriptor.mediaType.endsWith('+zstd') === (compression === 'zstd');
}

export function annotate(descriptor: Descriptor, diffId: string): Descriptor {
  return {
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
    annotations: { [DIFF_ID]: diffId },
  };
}

/** One index over images of several platforms; children are in the sink already. */
export function indexOf(images: readonly BuiltImage[]): RawManifest {
  if (images.length < 2) throw new LadingError('bug', 'an index of one image', { code: 'NO_INDEX' });
  return encodeManifest({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: images.map((image) => ({ ...describe(image.manifest), platform: image.platform })),
  });
}
