import { join } from 'node:path';
import type { Context } from '../base/context.js';
import { LadingError, withResult } from '../base/errors.js';
import type { EcsApi } from '../ecs/api.js';
import { digestIn, repositoryOf } from '../ecs/definition/change.js';
import type { Commit } from '../image/git.js';
import { openLayout } from '../image/layout/layout.js';
import type { Reference } from '../oci/reference.js';
import type { Bill, BillImage } from './bill.js';
import { billPage } from './bill-page.js';
import { writeBill } from './bill.js';
import { deliver } from './deliver.js';
import type { ImageValues } from './make-image.js';
import { openEcs } from './open-ecs.js';
import { openRegistry } from './registries.js';
import type { ResolvedImage } from './resolve-image.js';
import type { RollOutResult, ServiceOrder } from './roll-out.js';
import { rollOut } from './roll-out.js';
import { tagsOf } from './send.js';

/** One image of a release. */
export interface ImageOrder {
  readonly name: string;
  readonly values: ImageValues;
  readonly to: Reference;
  readonly tags: readonly string[];
  readonly cacheFrom: string | undefined;
  /** Folder of the OCI layout. */
  readonly layout: string;
}

/** A service of a release, before its images are made. */
export interface ServiceToShip extends Omit<ServiceOrder, 'images' | 'commit'> {
  /** Images by the names that the release gives them. */
  readonly uses: readonly { readonly image: string; readonly container: string | undefined }[];
}

export interface ReleaseOrder {
  readonly images: readonly ImageOrder[];
  readonly services: readonly ServiceToShip[];
  readonly dryRun: boolean;
}

/** Makes the images, sends them, and rolls out the services in their order; the bill of lading tells how it went. */
export async function shipRelease(order: ReleaseOrder, context: Context): Promise<Bill> {
  const started = context.clock.now();
  const delivered = new Map<string, DeliveredImage>();
  let buildMs = 0;
  let pushMs = 0;
  for (const image of order.images) {
    const made = await deliverImage(image, order, context);
    delivered.set(image.name, made);
    buildMs += made.buildMs;
    pushMs += made.pushMs;
  }
  const images = [...delivered.values()];
  const commit = images[0]?.commit;
  const sent = context.clock.now();
  const bill = (rolled: Pick<RollOutResult, 'outcome' | 'services'>): Bill => {
    const finished = context.clock.now();
    return {
      outcome: rolled.outcome,
      commit,
      images: images.map(({ bill: of }) => of),
      services: rolled.services,
      startedAt: new Date(started).toISOString(),
      finishedAt: new Date(finished).toISOString(),
      times: { build: buildMs, push: pushMs, deploy: finished - sent, total: finished - started },
    };
  };
  const orders = order.services.map(({ uses, ...service }): ServiceOrder => ({
    ...service,
    images: uses.flatMap(({ image, container }) => {
      const found = delivered.get(image)?.resolved;
      return found ? [{ ...found, change: { ...found.change, container } }] : [];
    }),
    commit: commit && !commit.dirty ? commit.sha : undefined,
  }));
  try {
    return await file(bill(await rollOut(orders, context, { dryRun: order.dryRun })));
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    const rolled = error.result as RollOutResult | undefined;
    throw withResult(error, await file(bill(rolled ?? { outcome: 'failed', services: [] })));
  }

  async function file(paper: Bill): Promise<Bill> {
    if (!order.dryRun) await writeBill(join(context.cwd, '.lading/bill.json'), paper);
    context.report({ type: 'page', page: billPage(paper) });
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

async function deliverImage(image: ImageOrder, order: ReleaseOrder, context: Context): Promise<DeliveredImage> {
  const began = context.clock.now();
  const repository = openRegistry(image.to, context, image.values);
  const layout = await openLayout(image.layout);
  const user = order.services.find(({ uses }) => uses.some((use) => use.image === image.name));
  const running = user === undefined ? Promise.resolve(undefined) : runningDigest(user, repository.name, context);
  // It is awaited where the previous image is looked for; a failure before that must not end the process.
  running.catch(() => undefined);
  const { made, pushed, commit, builtAt } = await deliver(
    image.values,
    {
      layout,
      repository,
      tags: tagsOf(image.to.tag, image.tags),
      cacheFrom: image.cacheFrom,
      running,
      dryRun: order.dryRun,
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

/** The digest that the service runs from this repository: the best previous image there is. */
async function runningDigest(
  service: ServiceToShip,
  repository: string,
  context: Context,
): Promise<string | undefined> {
  const { ecs } = await openEcs(context, { region: service.region });
  const definition = await readRunning(ecs, service);
  const container = definition.containerDefinitions.find((one) => repositoryOf(one.image ?? '') === repository);
  return digestIn(container?.image);
}

async function readRunning(ecs: EcsApi, service: ServiceToShip) {
  const { readService } = await import('../ecs/api.js');
  return ecs.taskDefinition((await readService(ecs, service.cluster, service.service)).taskDefinition);
}
