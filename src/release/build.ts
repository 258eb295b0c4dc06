import type { Context } from '../base/context.js';
import { checkCompression } from '../image/layer/compress.js';
import { openLayout } from '../image/layout/layout.js';
import { lockLayout } from '../image/lock-layout.js';
import type { MadeImage, Target } from '../image/make-image.js';
import type { Reference } from '../oci/reference.js';
import type { AppImageValues } from './app-image.js';
import { makeAppImage, previousCandidates } from './app-image.js';
import { openRegistry } from './registries.js';
import type { PushResult } from './send.js';

/** One image to make, and perhaps to send. */
export interface BuildOrder {
  readonly values: AppImageValues;
  /** Folder of the OCI layout. */
  readonly layout: string;
  /** Repository that it goes to: what it holds is not made again. */
  readonly to: Reference | undefined;
  /** Send it there now, under these tags. */
  readonly push: boolean;
  readonly tags: readonly string[];
  readonly cacheFrom: string | undefined;
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
    const { made, pushed } = await deliver(values, { layout, repository, tags, cacheFrom, dryRun: false }, context);
    return { made, pushed };
  }
  const previous = Promise.resolve(previousCandidates(repository, [], cacheFrom));
  return { made: await make({ store: repository, previous, send: false }) };
}
