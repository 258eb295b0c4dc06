import type { Context } from '../base/context.js';
import { InputError } from '../base/errors.js';
import { say } from '../base/tell/report.js';
import type { Platform, RawManifest } from '../oci/manifest.js';
import { samePlatform } from '../oci/platform.js';
import { teeStore } from '../oci/tee.js';
import type { BuiltImage } from './build.js';
import { indexOf } from './build.js';
import { chooseBuilder } from './builders/choose.js';
import type { BuilderName } from './builders/index.js';
import { withPlace } from './builders/package-json.js';
import { countingStore } from './counting-store.js';
import { saidOfDockerfile } from './dockerfile/values.js';
import type { ImagePlaces, ImageValues } from './image-values.js';
import { checkPlace } from './layout/layout-files.js';
import type { Background, Making } from './making.js';
import { findPrevious } from './previous.js';
import { readSourceDate } from './source-date.js';

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

async function makeImages(
  values: ImageValues,
  places: ImagePlaces,
  context: MakeContext,
  background: Background,
): Promise<MadeImage> {
  const createdAt = readSourceDate(context);
  const { layout, target } = places;
  const builder = await chooseBuilder(values.app, askedBuilder(values, context), context.report);
  const previous = target?.previous.then((selectors) => findPrevious(target.store, selectors));
  previous?.catch(() => undefined);
  const counted = target && countingStore(target.store);
  const making: Making = {
    places,
    platforms: unique(values.platform),
    createdAt,
    previous,
    sink: target?.send && counted ? teeStore(layout, counted.store) : layout,
    background,
    onSent: (listener) => counted?.onSent(listener),
  };
  const images =
    'prepare' in builder
      ? await (await import('./foreign/make-foreign.js')).makeForeign(builder, values, making, context)
      : await (await import('./make-packed.js')).makePacked(builder, values, making, context);
  const [only] = images;
  const root = images.length === 1 && only ? only.manifest : indexOf(images);
  for (const layer of images.flatMap((image) => image.layers))
    if (layer.reused && target) layout.refer(layer.descriptor.digest, [{ repository: target.store.name }]);
  await layout.putManifest(root, 'latest');
  await layout.sweep();
  const none = { sent: new Set<string>(), uploaded: 0, bytesUploaded: 0 };
  return { root, images, previous: (await previous)?.manifests ?? [], ...(counted?.counts() ?? none) };
}

/** Who says something that only a Dockerfile has a use for means the Dockerfile. */
function askedBuilder(values: ImageValues, { report }: MakeContext): 'auto' | BuilderName {
  const said = saidOfDockerfile(values);
  if (said.length === 0 || values.builder === 'dockerfile') return values.builder;
  if (values.builder === 'auto') {
    say(report, 'debug', `a Dockerfile is meant: --${said[0]} is given`);
    return 'dockerfile';
  }
  throw new InputError(
    said.map((name) => ({
      where: `--${name}`,
      message: `says nothing to the builder ${values.builder}`,
      hint: 'Take the builder dockerfile, or leave it out.',
    })),
  );
}

function unique(platforms: readonly Platform[]): readonly Platform[] {
  return platforms.filter((one, at) => platforms.findIndex((other) => samePlatform(one, other)) === at);
}
