import type { Context } from '../base/context.js';
import { withTask } from '../base/tell/report.js';
import { formatPlatform } from '../oci/platform.js';
import type { BaseImage } from './base.js';
import { keepLayers, readBase } from './base.js';
import type { BuiltImage, BuiltLayer } from './build.js';
import { buildImage } from './build.js';
import type { RecipeBuilder } from './builders/builder.js';
import type { ImagePlaces, ImageValues } from './image-values.js';
import type { LayerPlan } from './layer/entry.js';
import type { Making } from './making.js';
import { layersText, overridesOf } from './making.js';

/** Packs the app's files into an image on a base, for each platform. */
export async function makePacked(
  builder: RecipeBuilder,
  values: ImageValues,
  making: Making,
  context: Pick<Context, 'env' | 'exec' | 'clock' | 'report' | 'signal'>,
): Promise<readonly BuiltImage[]> {
  const { places, platforms, createdAt, background } = making;
  const { layout } = places;
  // The network starts first: walking and hashing hide it.
  const source = places.base.find();
  const bases = platforms.map((platform) => ({
    platform,
    base: source
      .then(async (named) => ({ named, base: await readBase(named, platform) }))
      .then(({ named, base }) => keepBase(base, named.repository, places, background.signal)),
  }));
  background.running.push(...bases.map(({ base }) => base));
  for (const waiting of background.running) waiting.catch(() => undefined);
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
  const made = new Map<LayerPlan, BuiltLayer>();
  const images: BuiltImage[] = [];
  for (const { platform, base } of bases) {
    const title = `Build the ${builder.title} image for ${formatPlatform(platform)}`;
    const image = await withTask(context, title, async (task) => {
      making.onSent((bytes) => task.progress(bytes, undefined, { detail: 'sent' }));
      const built = await buildImage(
        {
          recipe,
          base,
          platform,
          overrides: overridesOf(values),
          compression: values.compression,
          createdAt,
          previous: making.previous,
          made,
          scratch: layout.scratch,
        },
        making.sink,
        context,
      );
      task.detail(layersText(built.layers));
      return built;
    });
    images.push(image);
  }
  return images;
}

/** Without a target the layout is whole; with one, base layers are only named, and where they lie. */
async function keepBase(
  base: BaseImage,
  repository: string | undefined,
  places: ImagePlaces,
  signal: AbortSignal,
): Promise<BaseImage> {
  if (places.target && repository !== undefined)
    for (const layer of base.layers) places.layout.refer(layer.digest, [{ repository }]);
  else await keepLayers(base, places.layout, signal);
  return base;
}
