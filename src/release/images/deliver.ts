import type { Context } from '../../base/context.js';
import type { Commit } from '../../image/git.js';
import { readCommit } from '../../image/git.js';
import { checkCompression } from '../../image/layer/compress.js';
import type { Layout } from '../../image/layout/layout.js';
import type { Repository } from '../../registry/repository.js';
import { lockLayout } from '../../image/lock-layout.js';
import type { MadeImage } from '../../image/make-image.js';
import type { AppImageValues } from './app-image.js';
import { makeAppImage, previousCandidates } from './app-image.js';
import type { PushResult } from './send.js';
import { sendImage } from './send.js';

export interface Delivery {
  readonly layout: Layout;
  readonly repository: Repository;
  /** Tags that were asked for; the commit's when there are none. */
  readonly tags: readonly string[];
  readonly cacheFrom: string | undefined;
  /** Digest of an image whose layers are looked at first. */
  readonly running?: Promise<string | undefined>;
  readonly dryRun: boolean;
}

export interface Delivered {
  readonly made: MadeImage;
  readonly pushed: PushResult;
  /** Undefined outside a git repository. */
  readonly commit: Commit | undefined;
  /** When the image was made, in milliseconds of the context's clock; what could be sent was on its way by then. */
  readonly builtAt: number;
}

/** Makes an image and sends it: each layer as soon as it is made, the manifest last. */
export async function deliver(values: AppImageValues, delivery: Delivery, context: Context): Promise<Delivered> {
  checkCompression(values.compression);
  return lockLayout(delivery.layout, context, () => makeAndSend(values, delivery, context));
}

async function makeAndSend(values: AppImageValues, delivery: Delivery, context: Context): Promise<Delivered> {
  const { layout, repository, dryRun } = delivery;
  const commit = readCommit(context, values.app);
  const previous = (delivery.running ?? Promise.resolve(undefined)).then((digest) => [
    ...(digest ? [digest] : []),
    ...previousCandidates(repository, delivery.tags, delivery.cacheFrom),
  ]);
  // It is awaited after the base image was asked for: a service that is missing must not end the process before.
  previous.catch(() => undefined);
  const made = await makeAppImage(values, layout, { store: repository, previous, send: !dryRun }, context);
  const builtAt = context.clock.now();
  const of = await commit;
  const tags = delivery.tags.length > 0 ? delivery.tags : of ? [tagOf(of, made.root.digest)] : [];
  const plan = { tags, known: made.previous, fresh: made.sent };
  const early = made.bytesUploaded;
  const pushed = await sendImage({ layout, repository, selector: 'latest', plan, values, dryRun, early }, context);
  return { made, pushed: withEarly(pushed, made), commit: of, builtAt };
}

function tagOf(commit: Commit, digest: string): string {
  return commit.dirty ? `${commit.sha.slice(0, 12)}-dirty-${digest.slice(7, 15)}` : commit.sha;
}

/** What went before the image was whole counts, too. */
function withEarly(pushed: PushResult, made: MadeImage): PushResult {
  const { uploaded, existing } = pushed.blobs;
  return {
    ...pushed,
    blobs: {
      ...pushed.blobs,
      uploaded: uploaded + made.uploaded,
      existing: Math.max(0, existing - made.uploaded),
    },
    bytesUploaded: pushed.bytesUploaded + made.bytesUploaded,
  };
}
