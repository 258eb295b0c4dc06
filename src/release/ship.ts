import { join } from 'node:path';
import type { Context } from '../base/context.js';
import { LadingError, withResult } from '../base/errors.js';
import type { EcsApi } from '../ecs/api.js';
import { digestIn, repositoryOf } from '../ecs/definition/change.js';
import type { Commit } from '../image/git.js';
import { openLayout } from '../image/layout/layout.js';
import type { Reference } from '../oci/reference.js';
import type { Bill, BillImage } from './paper/bill.js';
import { writeBill } from './paper/bill.js';
import { deliver } from './images/deliver.js';
import { layoutFolder } from './images/app-image.js';
import { openEcs } from './open-ecs.js';
import { billPage, failurePage } from './paper/page.js';
import { openRegistry } from './images/registries.js';
import type { Release, ReleaseImage, ServicePlace, UsedImage } from './release.js';
import type { ResolvedImage } from './images/resolve-image.js';
import { resolveUsed } from './images/resolve-image.js';
import type { RollOutOptions, RollOutResult } from './roll-out.js';
import { rollOut } from './roll-out.js';
import { tagsOf } from './images/send.js';
import { ordersOf } from './stages/orders.js';

/** Makes the images, sends them, and rolls out the services in their order; the bill of lading tells how it went. */
export async function shipRelease(release: Release, options: RollOutOptions, context: Context): Promise<Bill> {
  const started = context.clock.now();
  const delivered = new Map<string, DeliveredImage>();
  let buildMs = 0;
  let pushMs = 0;
  for (const image of release.images) {
    const made = await deliverImage(image, { release, dryRun: options.dryRun }, context);
    delivered.set(image.name, made);
    buildMs += made.buildMs;
    pushMs += made.pushMs;
  }
  const images = [...delivered.values()];
  const commit = images[0]?.commit;
  const sent = context.clock.now();
  const bill = (rolled: Pick<RollOutResult, 'outcome' | 'tasks' | 'services'>): Bill => {
    const finished = context.clock.now();
    return {
      outcome: rolled.outcome,
      commit,
      images: images.map(({ bill: of }) => of),
      tasks: rolled.tasks,
      services: rolled.services,
      startedAt: new Date(started).toISOString(),
      finishedAt: new Date(finished).toISOString(),
      times: { build: buildMs, push: pushMs, deploy: finished - sent, total: finished - started },
    };
  };
  const orders = await ordersOf(release, {
    resolve: (use, region) => resolvedImage(use, delivered, region, context),
    commit: commit && !commit.dirty ? commit.sha : undefined,
  });
  try {
    return await file(bill(await rollOut(orders, context, options)));
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    const rolled = error.result as RollOutResult | undefined;
    throw withResult(error, await file(bill(rolled ?? { outcome: 'failed', tasks: [], services: [] })));
  }

  async function file(paper: Bill): Promise<Bill> {
    if (!options.dryRun) await writeBill(join(context.cwd, '.lading/bill.json'), paper);
    context.report({ type: 'page', page: billPage(paper), brief: failurePage(paper) });
    return paper;
  }
}

interface DeliveredImage {
  readonly bill: BillImage;
  readonly resolved: ResolvedImage;
  readonly commit: Commit | undefined;
  readonly buildMs: number;
  readonly pushMs: number;
}

async function deliverImage(
  image: ReleaseImage,
  { release, dryRun }: { readonly release: Release; readonly dryRun: boolean },
  context: Context,
): Promise<DeliveredImage> {
  const began = context.clock.now();
  const to = targetOf(image);
  const repository = openRegistry(to, context, image.values);
  const layout = await openLayout(layoutFolder(image.output, context, image.place));
  const user = release.services.find(({ images }) =>
    images.some((use) => use.from === 'release' && use.image === image.name),
  );
  const running = user === undefined ? Promise.resolve(undefined) : runningDigest(user, repository.name, context);
  // It is awaited where the previous image is looked for; a failure before that must not end the process.
  running.catch(() => undefined);
  const { made, pushed, commit, builtAt } = await deliver(
    image.values,
    {
      layout,
      repository,
      tags: tagsOf(to.tag, image.tags),
      cacheFrom: image.cacheFrom,
      running,
      dryRun,
    },
    context,
  );
  const accepted = new Set<string>([made.root.digest, ...made.images.map((one) => one.manifest.digest)]);
  return {
    bill: {
      name: image.name,
      reference: pushed.reference,
      digest: pushed.digest,
      tags: pushed.tags,
      layers: made.images.flatMap((one) =>
        one.layers.map((layer) => ({
          kind: layer.kind,
          digest: layer.descriptor.digest,
          size: layer.descriptor.size,
          reused: layer.reused,
        })),
      ),
      bytesUploaded: pushed.bytesUploaded,
      requests: repository.stats().requests,
    },
    resolved: { change: { container: undefined, image: pushed.reference }, digest: pushed.digest, accepted },
    commit,
    buildMs: builtAt - began,
    pushMs: context.clock.now() - builtAt,
  };
}

/** An image that was just delivered, or one that is there already. */
async function resolvedImage(
  use: UsedImage,
  delivered: ReadonlyMap<string, DeliveredImage>,
  region: string | undefined,
  context: Context,
): Promise<ResolvedImage> {
  const found = use.from === 'release' ? delivered.get(use.image)?.resolved : undefined;
  if (!found) return resolveUsed(use, { region }, context);
  return { ...found, change: { ...found.change, container: use.container } };
}

function targetOf({ to, name }: ReleaseImage): Reference {
  if (!to) throw new Error(`the image ${name} has no target`);
  return to;
}

/** The digest that the service runs from this repository: the best previous image there is. */
async function runningDigest(service: ServicePlace, repository: string, context: Context): Promise<string | undefined> {
  const { ecs } = await openEcs(context, { region: service.region });
  const definition = await readRunning(ecs, service);
  const container = definition.containerDefinitions.find((one) => repositoryOf(one.image ?? '') === repository);
  return digestIn(container?.image);
}

async function readRunning(ecs: EcsApi, service: ServicePlace) {
  const { readService } = await import('../ecs/api.js');
  return ecs.taskDefinition((await readService(ecs, service.cluster, service.service)).taskDefinition);
}
