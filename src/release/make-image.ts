import { join } from 'node:path';
import type { Context } from '../base/context.js';
import { InputError } from '../base/errors.js';
import { withTask } from '../base/report.js';
import { formatBytes } from '../base/bytes.js';
import { readBase } from '../image/base.js';
import type { BuiltImage, BuiltLayer } from '../image/build.js';
import { buildImage, indexOf, titleOf } from '../image/build.js';
import type { LayerPlan } from '../image/layer/entry.js';
import { findPrevious } from '../image/previous.js';
import { hasZstd } from '../image/layer/compress.js';
import type { Layout } from '../image/layout/layout.js';
import { checkPlace } from '../image/layout/layout-files.js';
import type { Recipe } from '../image/builders/recipe.js';
import type { Platform, RawManifest } from '../oci/manifest.js';
import { samePlatform } from '../oci/platform.js';
import { selectorOf } from '../oci/reference.js';
import { teeStore } from '../oci/tee.js';
import type { Repository } from '../registry/repository.js';
import { DEFAULT_BASE, findBase } from './base-image.js';
import type { RegistryValues } from './registries.js';

/** Values of `build` and `ship` that say what the image is. */
export interface ImageValues extends RegistryValues {
  readonly app: string;
  readonly builder: 'auto' | 'next' | 'node';
  readonly base: string | undefined;
  readonly platform: readonly Platform[];
  readonly label: Readonly<Record<string, string>> | undefined;
  readonly imageEnv: Readonly<Record<string, string>> | undefined;
  readonly user: string | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly compression: 'gzip' | 'zstd';
  readonly include: readonly string[] | undefined;
}

export interface Target {
  readonly repository: Repository;
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

/** Builds the app's image into the layout and, when there is a target, sends each blob on as soon as it is made. */
export async function makeImage(
  values: ImageValues,
  layout: Layout,
  target: Target | undefined,
  context: Context,
): Promise<MadeImage> {
  await checkPlace(layout.directory);
  try {
    return await makeImages(values, layout, target, context);
  } catch (error) {
    // The image that was there before stays; what was made of the new one goes.
    await layout.sweep().catch(() => undefined);
    throw error;
  }
}

async function makeImages(
  values: ImageValues,
  layout: Layout,
  target: Target | undefined,
  context: Context,
): Promise<MadeImage> {
  if (values.compression === 'zstd' && !hasZstd()) {
    throw new InputError({
      where: '--compression',
      message: 'this Node cannot compress with zstd',
      hint: 'Use Node 22.15 or newer, or gzip.',
    });
  }
  const asked = values.platform;
  const platforms = asked.filter((one, at) => asked.findIndex((other) => samePlatform(one, other)) === at);
  // The network starts first: walking and hashing hide it.
  const source = await findBase(values.base ?? DEFAULT_BASE, context, values);
  const previous = target?.previous.then((selectors) => findPrevious(target.repository, selectors));
  const layersMade = new Map<LayerPlan, BuiltLayer>();
  const bases = platforms.map((platform) => readBase(source, platform));
  for (const waiting of [previous, ...bases]) waiting?.catch(() => undefined);

  const recipe = await planRecipe(values, layout.directory, context);
  const sent = new Set<string>();
  let uploaded = 0;
  let bytesUploaded = 0;
  const sink = target?.send ? teeStore(layout, counting(target.repository)) : layout;
  const images: BuiltImage[] = [];
  for (const [at, platform] of platforms.entries()) {
    const base = bases[at] as Promise<Awaited<ReturnType<typeof readBase>>>;
    const image = await withTask(context, `Build the ${titleOf(recipe, platform)}`, async (task) => {
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
          createdAt: Number(context.env.SOURCE_DATE_EPOCH ?? 0) || 0,
          previous,
          made: layersMade,
          scratch: layout.scratch,
        },
        sink,
        context,
      );
      const fresh = built.layers.filter((layer) => !layer.reused);
      task.detail(
        `${built.layers.length} ${built.layers.length === 1 ? 'layer' : 'layers'}, ${fresh.length} new (${formatBytes(fresh.reduce((sum, layer) => sum + layer.descriptor.size, 0))})`,
      );
      return built;
    });
    await keepBaseLayers(image, layout, target, source.repository);
    images.push(image);
  }
  const [only] = images;
  const root = images.length === 1 && only ? only.manifest : indexOf(images);
  for (const image of images)
    for (const layer of image.layers)
      if (layer.reused && target) layout.refer(layer.descriptor.digest, [{ repository: target.repository.name }]);
  await layout.putManifest(root, 'latest');
  await layout.sweep();
  return { root, images, previous: (await previous)?.manifests ?? [], sent, uploaded, bytesUploaded };

  function counting(repository: Repository): Repository {
    return {
      ...repository,
      async put(blob, options) {
        const result = await repository.put(blob, options);
        sent.add(blob.digest);
        if (result.how === 'uploaded') uploaded++;
        bytesUploaded += result.bytes;
        return result;
      },
    };
  }
}

/** Without a target the layout is whole; with one, base layers are only named, and where they lie. */
async function keepBaseLayers(
  image: BuiltImage,
  layout: Layout,
  target: Target | undefined,
  repository: string | undefined,
): Promise<void> {
  for (const layer of image.base.layers) {
    if (target && repository !== undefined) {
      layout.refer(layer.digest, [{ repository }]);
      continue;
    }
    const blob = await image.base.store.blob(layer);
    if (blob) await layout.put(blob);
  }
}

async function planRecipe(values: ImageValues, output: string, context: Context): Promise<Recipe> {
  const include = values.include ?? [];
  const { isNextApp, planNext, checkStandalone } = await import('../image/builders/next.js');
  if (values.builder === 'next' || (values.builder === 'auto' && (await isNextApp(values.app)))) {
    await checkStandalone(values.app);
    await (await import('../image/builders/app-build.js')).ensureBuilt(values.app, context);
    return planNext(values.app, include);
  }
  return (await import('../image/builders/node.js')).planNode(values.app, {
    include,
    entrypoint: values.entrypoint,
    output,
  });
}

/** Where the image is kept on this disk. */
export function layoutFolder(output: string | undefined, context: Pick<Context, 'cwd'>, place = 'image'): string {
  return output ?? join(context.cwd, '.lading', place);
}

/** The tags and digests of a target that may hold the previous image, best first. */
export function previousCandidates(
  repository: Repository,
  tags: readonly string[],
  cacheFrom: string | undefined,
): readonly string[] {
  const own = repository.reference.digest ?? repository.reference.tag;
  return [
    ...new Set([
      ...(cacheFrom === undefined ? [] : [cacheFrom]),
      ...(own === undefined ? [] : [own]),
      ...tags,
      selectorOf({ ...repository.reference, tag: 'latest', digest: undefined }),
    ]),
  ];
}
