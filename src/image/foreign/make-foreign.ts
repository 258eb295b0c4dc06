import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../base/context.js';
import { say, withTask } from '../../base/tell/report.js';
import type { Digest } from '../../oci/digest.js';
import type { Platform } from '../../oci/manifest.js';
import { formatPlatform } from '../../oci/platform.js';
import { takeOverImage } from './take-over-image.js';
import type { BuiltImage, BuiltLayer } from '../build.js';
import type { ImageBuilder } from '../builders/builder.js';
import type { ImageValues } from '../image-values.js';
import { guarded } from '../layer/disk.js';
import type { Making } from '../making.js';
import { layersText, overridesOf } from '../making.js';

type MakeContext = Pick<Context, 'env' | 'exec' | 'clock' | 'report' | 'signal'>;

/** Has the image made by another program for each platform, and takes it over. */
export async function makeForeign(
  builder: ImageBuilder,
  values: ImageValues,
  making: Making,
  context: MakeContext,
): Promise<readonly BuiltImage[]> {
  tellUnused(builder, values, making, context);
  const order = {
    app: values.app,
    output: making.places.layout.directory,
    createdAt: making.createdAt,
    passEnv: values.passEnv ?? [],
    said: values,
  };
  const build = await builder.prepare(order, context);
  const made = new Map<Digest, BuiltLayer>();
  const images: BuiltImage[] = [];
  for (const platform of making.platforms) images.push(await makeOne(platform));
  return images;

  async function makeOne(platform: Platform): Promise<BuiltImage> {
    const { scratch: below } = making.places.layout;
    // Called as what a run that was killed leaves behind: the next one takes it away.
    const scratch = await guarded(below, async () => {
      await mkdir(below, { recursive: true });
      return mkdtemp(join(below, 'layer-'));
    });
    let settled: Promise<void> | undefined;
    try {
      const image = await build({ platform, scratch }, context);
      settled = image.settled;
      return await withTask(context, `Take over the image for ${formatPlatform(platform)}`, async (task) => {
        making.onSent((bytes) => task.progress(bytes, undefined, { detail: 'sent' }));
        const built = await takeOverImage(
          {
            image,
            platform,
            overrides: overridesOf(values),
            compression: values.compression,
            createdAt: making.createdAt,
            previous: making.previous,
            made,
            scratch: below,
          },
          making.sink,
          context,
        );
        task.detail(layersText(built.layers));
        return built;
      });
    } finally {
      await settled;
      await rm(scratch, { recursive: true, force: true });
    }
  }
}

/** It may have been said of all images at once, so it is no mistake. */
function tellUnused({ title }: ImageBuilder, values: ImageValues, { places }: Making, { report }: MakeContext): void {
  if (places.base.named) say(report, 'info', `The base image stands in the ${title}: --base is not used.`);
  if (values.include !== undefined)
    say(report, 'info', `What is packed stands in the ${title}: --include is not used.`);
}
