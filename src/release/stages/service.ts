import type { Context } from '../../base/context.js';
import { errorData, LadingError, withResult } from '../../base/errors.js';
import type { EcsContext } from '../../ecs/rollout/run.js';
import type { DeployResult } from '../../ecs/rollout/verdict/result.js';
import type { TaskDefinition } from '../../ecs/shapes.js';
import { openEcs } from '../open-ecs.js';
import { proveServed } from './prove-served.js';
import type { PutIn, ServiceOrder, ServiceResult } from './service-order.js';

export interface RollOutOptions {
  readonly definition: TaskDefinition | undefined;
  /** ARNs of revisions that tasks of this release ran. */
  readonly existing: readonly string[];
  readonly dryRun: boolean;
  readonly putIn?: PutIn | undefined;
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
    await options.putIn?.(order, { dryRun: options.dryRun });
    const ecs = await openEcs(context, { region: order.region });
    const existing = options.dryRun || options.putIn ? [] : await readExisting(options.existing, ecs);
    const request = {
      ...order,
      images: order.images.map(({ change }) => change),
      sameImage: new Map(order.images.map(({ digest, accepted }) => [digest, accepted])),
      definition: options.definition,
      existing,
      dryRun: options.dryRun,
      keepsDefinition: options.putIn !== undefined,
    };
    return await proveServed(order, { name, ...(await deployService(request, ecs)) }, { ecs, context });
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    const known = isDeployResult(error.result) ? error.result : undefined;
    const outcome = known?.outcome ?? 'failed';
    throw withResult(error, { name, cluster, service, ...known, outcome, error: errorData(error) });
  }
}

/** Who puts images in has results of its own. */
function isDeployResult(result: unknown): result is DeployResult {
  return typeof result === 'object' && result !== null && 'outcome' in result && 'service' in result;
}

/** It saves a revision, no more. */
async function readExisting(arns: readonly string[], { ecs }: EcsContext): Promise<readonly TaskDefinition[]> {
  const read = await Promise.all([...new Set(arns)].map((arn) => ecs.taskDefinition(arn).catch(() => undefined)));
  return read.flatMap((definition) => definition ?? []);
}
