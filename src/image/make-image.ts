import { formatBytes } from '../base/bytes.js';
import type { Context } from '../base/context.js';
import { withTask } from '../base/tell/report.js';
import type { Platform, RawManifest } from '../oci/manifest.js';
import { formatPlatform, samePlatform } from '../oci/platform.js';
import type { Store } from '../oci/store.js';
import { teeStore } from '../oci/tee.js';
import type { BaseImage, BaseSource } from './base.js';
import { keepLayers, readBase } from './base.js';
import type { BuiltImage, BuiltLayer } from './build.js';
import { buildImage, indexOf } from './build.js';
import { chooseBuilder } from './builders/choose.js';
import type { BuilderName } from './builders/index.js';
import { withPlace } from './builders/package-json.js';
import type { Compression } from './layer/compress.js';
import type { LayerPlan } from './layer/entry.js';
import type { Layout } from './layout/layout.js';
import { checkPlace } from './layout/layout-files.js';
import { findPrevious } from './previous.js';
import { readSourceDate } from './source-date.js';

/** What an image is to be. */
export interface ImageValues {
  /** Absolute path of the app's folder. */
  readonly app: string;
  readonly builder: 'auto' | BuilderName;
  readonly platform: readonly Platform[];
  readonly label: Readonly<Record<string, string>> | undefined;
  readonly imageEnv: Readonly<Record<string, string>> | undefined;
  readonly user: string | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly compression: Compression;
  readonly include: readonly string[] | undefined;
  /** Names of variables that the app's build script gets although they may hold a secret. */
  readonly passEnv: readonly string[] | undefined;
}

export interface ImagePlaces {
  readonly base: BaseSource & {
    /** `host/name` when the base lies in a registry: then its layers need not be fetched to be sent. */
    readonly repository: string | undefined;
  };
  readonly layout: Layout;
  /** Where the image will go. */
  readonly target?: Target | undefined;
}

export interface Target {
  readonly store: Store;
  /** Candidates for the previous image, best first; the first that exists is the cache. */
  readonly previous: Promise<readonly string[]>;
  /** Send blobs on as they are made; else the target is only looked at. */
  readonly send: boolean;
}

export interface MadeImage {
  readonly root: RawManifest;
  readonly images: readonly BuiltImage[];
  /** Manifests of the target whose blobs need no question. */
  readonly previous: readonly RawManifest[];
  /** Blobs that went into the target while the image was made. */
  readonly sent: ReadonlySet<string>;
  readonly uploaded: number;
  readonly bytesUploaded: number;
}

type MakeContext = Pick<Context, 'env' | 'exec' | 'clock' | 'report' | 'signal'>;

/** Makes the app's image in the layout and, when there is a target, sends each blob on as soon as it is made. */
export async function makeImage(values: ImageValues, places: ImagePlaces, context: MakeContext): Promise<MadeImage> {
  await checkPlace(places.layout.directory);
  const stop = new AbortController();
  const background: Background = { signal: AbortSignal.any([context.signal, stop.signal]), running: [] };
  try {
    return await makeImages(values, places, context, background);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(background.running);
    // The image that was there before stays; what was made of the new one goes.
    await places.layout.sweep().catch(() => undefined);
    throw await withPlace(error);
  }
}

/** What goes on beside the making, and ends with it. */
interface Background {
  readonly signal: AbortSignal;
  readonly running: Promise<unknown>[];
}

async function makeImages(
  values: ImageValues,
  places: ImagePlaces,
  context: MakeContext,
  background: Background,
): Promise<MadeImage> {
  const createdAt = readSourceDate(context);
  const { layout, target, base: source } = places;
  // The network starts first: walking and hashing hide it.
  const previous = target?.previous.then((selectors) => findPrevious(target.store, selectors));
  const bases = unique(values.platform).map((platform) => ({
    platform,
    base: readBase(source, platform).then((base) => keepBase(base, places, background.signal)),
  }));
  background.running.push(...bases.map(({ base }) => base));
  for (const waiting of [previous, ...background.running]) waiting?.catch(() => undefined);

  const builder = await chooseBuilder(values.app, values.builder, context.report);
  const recipe = await builder.plan(
    {
      app: values.app,
      include: values.include ?? [],
      entrypoint: values.entrypoint,
      passEnv: values.passEnv ?? [],
      output: layout.directory,
      createdAt,
    },
    context,
  );
  const counted = target && counting(target.store);
  const sink = target?.send && counted ? teeStore(layout, counted.store) : layout;
  const made = new Map<LayerPlan, BuiltLayer>();
  const images: BuiltImage[] = [];
  for (const { platform, base } of bases) {
    const title = `Build the ${builder.title} image for ${formatPlatform(platform)}`;
    const image = await withTask(context, title, async (task) => {
      counted?.onSent((bytes) => task.progress(bytes, undefined, { detail: 'sent' }));
      const built = await buildImage(
        {
          recipe,
          base,
          platform,
          overrides: {
            env: values.imageEnv ?? {},
            labels: values.label ?? {},
            user: values.user,
            entrypoint: values.entrypoint,
          },
          compression: values.compression,
          createdAt,
          previous,
          made,
          scratch: layout.scratch,
        },
        sink,
        context,
      );
      task.detail(layersText(built.layers));
      return built;
    });
    images.push(image);
  }
  const [only] = images;
  const root = images.length === 1 && only ? only.manifest : indexOf(images);
  for (const layer of images.flatMap((image) => image.layers))
    if (layer.reused && target) layout.refer(layer.descriptor.digest, [{ repository: target.store.name }]);
  await layout.putManifest(root, 'latest');
  await layout.sweep();
  const none = { sent: new Set<string>(), uploaded: 0, bytesUploaded: 0 };
  return { root, images, previous: (await previous)?.manifests ?? [], ...(counted?.counts() ?? none) };
}

function unique(platforms: readonly Platform[]): readonly Platform[] {
  return platforms.filter((one, at) => platforms.findIndex((other) => samePlatform(one, other)) === at);
}

function layersText(layers: readonly BuiltLayer[]): string {
  const fresh = layers.filter((layer) => !layer.reused);
  const size = fresh.reduce((sum, layer) => sum + layer.descriptor.size, 0);
  return `${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}, ${fresh.length} new (${formatBytes(size)})`;
}

/** A store that knows what went into it by this run, and tells while it goes. */
function counting(store: Store) {
  const sent = new Set<string>();
  const moving = new Map<string, number>();
  let uploaded = 0;
  let bytesUploaded = 0;
  let tell: (bytes: number) => void = () => undefined;
  const put: Store['put'] = async (blob, options) => {
    const onBytes = (bytes: number) => {
      moving.set(blob.digest, bytes);
      tell([...moving.values()].reduce((sum, one) => sum + one, bytesUploaded));
    };
    const result = await store.put(blob, { ...options, onBytes });
    moving.delete(blob.digest);
    sent.add(blob.digest);
    if (result.how === 'uploaded') uploaded++;
    bytesUploaded += result.bytes;
    return result;
  };
  return {
    store: { ...store, put } satisfies Store,
    counts: () => ({ sent, uploaded, bytesUploaded }),
    /** Who hears of the bytes that went so far. */
    onSent: (listener: (bytes: number) => void) => (tell = listener),
  };
}

/** Without a target the layout is whole; with one, base layers are only named, and where they lie. */
async function keepBase(base: BaseImage, places: ImagePlaces, signal: AbortSignal): Promise<BaseImage> {
  const { repository } = places.base;
  if (places.target && repository !== undefined)
    for (const layer of base.layers) places.layout.refer(layer.digest, [{ repository }]);
  else await keepLayers(base, places.layout, signal);
  return base;
}
