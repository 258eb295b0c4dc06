import type { Context } from '../../base/context.js';
import { checkCompression } from '../../image/layer/compress.js';
import { openLayout } from '../../image/layout/layout.js';
import { lockLayout } from '../../image/lock-layout.js';
import type { Target } from '../../image/image-values.js';
import type { MadeImage } from '../../image/make-image.js';
import { DIFF_ID } from '../../oci/manifest.js';
import { formatPlatform } from '../../oci/platform.js';
import type { Reference } from '../../oci/reference.js';
import type { AppImageValues } from './app-image.js';
import { makeAppImage, previousCandidates } from './app-image.js';
import { openRegistry } from './registries.js';
import type { PushResult } from './send.js';
import { tagsOf } from './send.js';

/** One image to make, and perhaps to send. */
export interface BuildOrder {
  readonly values: AppImageValues;
  /** Folder of the OCI layout. */
  readonly layout: string;
  /** Repository that it goes to: what it holds is not made again. */
  readonly to: Reference | undefined;
  /** Send it there now. */
  readonly push: boolean;
  /** Beside the tag of `to`. */
  readonly tags: readonly string[];
  readonly cacheFrom: string | undefined;
}

/** The result of `lading build`. */
export interface BuildResult {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly platform: string | readonly string[];
  readonly layers: readonly {
    readonly digest: string;
    readonly diffId: string | undefined;
    readonly size: number;
    readonly kind: string;
    readonly files: number | undefined;
  }[];
  /** What `push` would have said; only with `--push`. */
  readonly pushed?: PushResult;
}

export interface BuildOutcome {
  readonly made: MadeImage;
  /** Only when it was sent. */
  readonly pushed?: PushResult;
}

export async function buildAndPush(order: BuildOrder, context: Context): Promise<BuildOutcome> {
  const { values, to, tags, cacheFrom } = order;
  checkCompression(values.compression);
  const layout = await openLayout(order.layout);
  const make = (target?: Target) => lockLayout(layout, context, () => makeAppImage(values, layout, target, context));
  if (to === undefined) return { made: await make() };
  const repository = openRegistry(to, context, values);
  if (order.push) {
    const { deliver } = await import('./deliver.js');
    const delivery = { layout, repository, tags: tagsOf(to.tag, tags), cacheFrom, dryRun: false };
    const { made, pushed } = await deliver(values, delivery, context);
    return { made, pushed };
  }
  const previous = Promise.resolve(previousCandidates(repository, [], cacheFrom));
  return { made: await make({ store: repository, previous, send: false }) };
}

export function describeBuild(made: MadeImage, pushed: PushResult | undefined): BuildResult {
  const [first] = made.images;
  const layers = (first?.base?.layers ?? []).map((layer) => ({
    digest: layer.digest,
    diffId: layer.annotations?.[DIFF_ID],
    size: layer.size,
    kind: 'base',
    files: undefined as number | undefined,
  }));
  for (const layer of first?.layers ?? []) {
    const { digest, size } = layer.descriptor;
    layers.push({ digest, diffId: layer.diffId, size, kind: layer.kind, files: layer.files });
  }
  const platforms = made.images.map((image) => formatPlatform(image.platform));
  return {
    digest: made.root.digest,
    mediaType: made.root.mediaType,
    size: made.images.reduce((sum, image) => sum + image.size, 0),
    platform: platforms.length === 1 ? (platforms[0] as string) : platforms,
    layers,
    ...(pushed && { pushed }),
  };
}
