import type { Context } from '../../base/context.js';
import type { ErrorData } from '../../base/errors.js';
import { errorData, LadingError, withResult } from '../../base/errors.js';
import { say } from '../../base/tell/report.js';
import type { ContainerVariable } from '../../ecs/definition/change.js';
import type { IfUnchanged } from '../../ecs/rollout/plan/plan.js';
import type { EcsContext } from '../../ecs/rollout/run.js';
import type { DeployResult, Outcome } from '../../ecs/rollout/verdict/result.js';
import type { TaskDefinition } from '../../ecs/shapes.js';
import { openEcs } from '../open-ecs.js';
import type { Smoke } from '../release.js';
import type { ResolvedImage } from '../resolve-image.js';
import type { Served } from './smoke.js';

/** One service of a release, past the boundary of text. */
export interface ServiceOrder {
  /** As the release calls it. */
  readonly name: string;
  readonly cluster: string;
  /** As ECS calls it. */
  readonly service: string;
  readonly region: string | undefined;
  readonly images: readonly ResolvedImage[];
  readonly env: readonly ContainerVariable[];
  /** A file with the task definition, instead of the running one. */
  readonly taskDefinition: string | undefined;
  readonly force: boolean;
  readonly desiredCount: number | undefined;
  readonly wait: 'deployed' | 'stable' | 'drained' | 'none';
  readonly timeoutMs: number;
  readonly failFast: boolean;
  readonly ifUnchanged: IfUnchanged;
  readonly smoke: Smoke | undefined;
  readonly commit: string | undefined;
}

/** How one service of a release ended. */
export type ServiceResult = Partial<Omit<DeployResult, 'outcome' | 'cluster' | 'service'>> & {
  readonly name: string;
  readonly cluster: string;
  readonly service: string;
  /** `skipped`: something before it did not end well, so it was not touched. */
  readonly outcome: Outcome | 'skipped';
  /** What its address answered; only where that was to be asked. */
  readonly served?: Served;
  /** Why this one did not end well. */
  readonly error?: ErrorData;
};

export interface RollOutOptions {
  readonly definition: TaskDefinition | undefined;
  /** ARNs of revisions that tasks of this release ran. */
  readonly existing: readonly string[];
  readonly dryRun: boolean;
}

/** Rolls out, and asks the address. The failure is thrown with the result of the service. */
export async function rollOutService(
  order: ServiceOrder,
  options: RollOutOptions,
  context: Context,
): Promise<ServiceResult> {
  const { name, cluster, service } = order;
  const { deployService } = await import('../../ecs/rollout/deploy.js');
  try {
    const ecs = await openEcs(context, { region: order.region });
    const existing = options.dryRun ? [] : await readExisting(options.existing, ecs);
    const request = {
      ...order,
      images: order.images.map(({ change }) => change),
      sameImage: new Map(order.images.map(({ digest, accepted }) => [digest, accepted])),
      definition: options.definition,
      existing,
      dryRun: options.dryRun,
    };
    return await proveServed(order, { name, ...(await deployService(request, ecs)) }, { ecs, context });
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    const known = error.result as DeployResult | undefined;
    const outcome = known?.outcome ?? 'failed';
    throw withResult(error, { name, cluster, service, ...known, outcome, error: errorData(error) });
  }
}

/** It saves a revision, no more. */
async function readExisting(arns: readonly string[], { ecs }: EcsContext): Promise<readonly TaskDefinition[]> {
  const read = await Promise.all([...new Set(arns)].map((arn) => ecs.taskDefinition(arn).catch(() => undefined)));
  return read.flatMap((definition) => definition ?? []);
}

/** A service is steady only when its address answers as it should; what runs already must, too. */
async function proveServed(
  { smoke, cluster, service }: ServiceOrder,
  result: ServiceResult,
  { ecs, context }: { readonly ecs: EcsContext; readonly context: Context },
): Promise<ServiceResult> {
  if (smoke === undefined || result.outcome === 'planned') return result;
  if (result.outcome === 'started') {
    say(context.report, 'info', `${smoke.url} is not asked: nobody waits for the deployment.`);
    return result;
  }
  const { askUntilServed, SMOKE_FAILED } = await import('./smoke.js');
  const next = `lading rollback --cluster ${cluster} --service ${service}`;
  try {
    return { ...result, served: await askUntilServed(smoke, { next }, context) };
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    if (error.code !== SMOKE_FAILED) throw withResult(error, { ...result, outcome: 'unknown' });
    const { readServes } = await import('../../ecs/rollout/verdict/serves.js');
    const serves = await readServes(ecs.ecs, { cluster, service });
    throw withResult(error, { ...result, outcome: 'failed', rolledBack: 'none', ...(serves && { serves }), next });
  }
}
