import { readFile } from 'node:fs/promises';
import type { Context } from '../base/context.js';
import type { ErrorData } from '../base/errors.js';
import { errorData, InputError, LadingError, withResult } from '../base/errors.js';
import type { ContainerVariable } from '../ecs/definition/change.js';
import { parseTaskDefinition } from '../ecs/definition/read.js';
import type { IfUnchanged } from '../ecs/rollout/plan/plan.js';
import type { DeployResult, Outcome } from '../ecs/rollout/verdict/result.js';
import type { TaskDefinition } from '../ecs/shapes.js';
import { openEcs } from './open-ecs.js';
import type { ResolvedImage } from './resolve-image.js';

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
  readonly commit: string | undefined;
}

/** How one service of a release ended. */
export type ServiceResult = Partial<Omit<DeployResult, 'outcome' | 'cluster' | 'service'>> & {
  readonly name: string;
  readonly cluster: string;
  readonly service: string;
  /** `skipped`: a service before it did not end well, so it was not touched. */
  readonly outcome: Outcome | 'skipped';
  /** Why this one did not end well. */
  readonly error?: ErrorData;
};

/** How all services of a release ended, in their order. */
export interface RollOutResult {
  /** The one word for all: that of the first that did not end well, else the most telling of those that did. */
  readonly outcome: Outcome;
  readonly services: readonly ServiceResult[];
  readonly ms: number;
}

/**
 * One service after the other; the first that does not end well ends the release, and those after it stay as they are.
 * The failure is thrown with the result of all.
 */
export async function rollOut(
  orders: readonly ServiceOrder[],
  context: Context,
  options: { readonly dryRun: boolean },
): Promise<RollOutResult> {
  const started = context.clock.now();
  const definitions = await readDefinitions(orders);
  const { deployService } = await import('../ecs/rollout/deploy.js');
  const done: ServiceResult[] = [];
  const result = (outcome: Outcome, failed?: ServiceResult): RollOutResult => {
    const left = orders.slice(done.length + (failed ? 1 : 0));
    const skipped = left.map(({ name, cluster, service }) => ({ name, cluster, service, outcome: 'skipped' as const }));
    return { outcome, services: [...done, ...(failed ? [failed] : []), ...skipped], ms: context.clock.now() - started };
  };
  for (const [at, order] of orders.entries()) {
    const { name, cluster, service } = order;
    try {
      const ecs = await openEcs(context, { region: order.region });
      const request = {
        cluster,
        service,
        images: order.images.map(({ change }) => change),
        sameImage: new Map(order.images.map(({ digest, accepted }) => [digest, accepted])),
        env: order.env,
        definition: definitions[at],
        force: order.force,
        desiredCount: order.desiredCount,
        ifUnchanged: order.ifUnchanged,
        wait: order.wait,
        timeoutMs: order.timeoutMs,
        failFast: order.failFast,
        dryRun: options.dryRun,
        commit: order.commit,
      };
      done.push({ name, ...(await deployService(request, ecs)) });
    } catch (error) {
      if (!(error instanceof LadingError)) throw error;
      const known = error.result as DeployResult | undefined;
      const failed = { name, ...(known ?? { cluster, service, outcome: 'failed' as const }), error: errorData(error) };
      throw withResult(named(error, name, orders.length), result(known?.outcome ?? 'failed', failed));
    }
  }
  return result(outcomeOf(done));
}

/** Every file is read before anything is changed, and every mistake in them is told. */
async function readDefinitions(orders: readonly ServiceOrder[]): Promise<readonly (TaskDefinition | undefined)[]> {
  const issues: InputError['issues'][number][] = [];
  const found: (TaskDefinition | undefined)[] = [];
  for (const { taskDefinition: file } of orders) {
    try {
      found.push(file === undefined ? undefined : parseTaskDefinition(await readText(file), file));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      issues.push(...error.issues);
    }
  }
  if (issues.length > 0) throw new InputError(issues);
  return found;
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new InputError({ where: '--task-definition', message: `${file} cannot be read: ${error.message}` });
  });
}

/** Among several, the failure says whose it is. */
function named(error: LadingError, name: string, of: number): LadingError {
  if (of === 1 || error instanceof InputError) return error;
  const { kind, code, hint, details, message } = error;
  return new LadingError(kind, `${name}: ${message}`, { code, hint, details, cause: error, result: error.result });
}

function outcomeOf(done: readonly ServiceResult[]): Outcome {
  const order: readonly Outcome[] = ['planned', 'started', 'steady', 'scaled', 'unchanged'];
  return order.find((outcome) => done.some((one) => one.outcome === outcome)) ?? 'unchanged';
}
