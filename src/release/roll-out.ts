import type { Context } from '../base/context.js';
import { LadingError, withResult } from '../base/errors.js';
import type { Outcome } from '../ecs/rollout/verdict/result.js';
import { readDefinitions } from './stages/definitions.js';
import type { ServiceOrder, ServiceResult } from './stages/service.js';
import { rollOutService } from './stages/service.js';
import type { TaskOrder, TaskResult } from './stages/task.js';
import { runOrder } from './stages/task.js';

export type { ServiceOrder, ServiceResult } from './stages/service.js';
export type { TaskOrder, TaskResult } from './stages/task.js';

/** What there is to do when the images are delivered. */
export interface Orders {
  /** Each is run before the first service that waits for it. */
  readonly tasks: readonly TaskOrder[];
  /** In their order. */
  readonly services: readonly ServiceOrder[];
}

/** How all tasks and services of a release ended, in their order. */
export interface RollOutResult {
  /** The one word for all: that of the first that did not end well, else the most telling of the services. */
  readonly outcome: Outcome;
  readonly tasks: readonly TaskResult[];
  readonly services: readonly ServiceResult[];
  readonly ms: number;
}

/**
 * One service after the other, each after the tasks that it waits for; the first that does not end well ends the release,
 * and what comes after it stays as it is. The failure is thrown with the result of all.
 */
export async function rollOut(
  orders: Orders,
  context: Context,
  options: { readonly dryRun: boolean },
): Promise<RollOutResult> {
  const started = context.clock.now();
  const { services, tasks } = orders;
  const definitions = await readDefinitions([
    ...services.map(({ taskDefinition }) => taskDefinition),
    ...tasks.map(({ definition }) => definition.file),
  ]);
  const done = { tasks: [] as TaskResult[], services: [] as ServiceResult[] };
  const several = services.length + tasks.length > 1;
  for (const service of services) {
    for (const task of tasks) {
      if (!task.before.includes(service.name) || done.tasks.some(({ name }) => name === task.name)) continue;
      await attempt(done.tasks, () => runOrder(task, { definitions, ...options }, context));
    }
    const { taskDefinition: file } = service;
    const definition = file === undefined ? undefined : definitions.get(file);
    const existing = done.tasks.flatMap(({ taskDefinition }) => taskDefinition ?? []);
    await attempt(done.services, () => rollOutService(service, { definition, existing, ...options }, context));
  }
  return { outcome: outcomeOf(done.services), ...done, ms: context.clock.now() - started };

  async function attempt<Result extends TaskResult | ServiceResult>(
    list: Result[],
    work: () => Promise<Result>,
  ): Promise<void> {
    try {
      list.push(await work());
    } catch (error) {
      if (!(error instanceof LadingError)) throw error;
      const failed = error.result as Result;
      list.push(failed);
      const { outcome } = failed;
      const told = several ? named(error, failed.name) : error;
      throw withResult(told, resultOf(outcome === 'skipped' ? 'failed' : (outcome as Outcome)));
    }
  }

  function resultOf(outcome: Outcome): RollOutResult {
    const untouched = services.slice(done.services.length);
    const unrun = tasks.filter((task) => !done.tasks.some(({ name }) => name === task.name));
    return {
      outcome,
      tasks: [...done.tasks, ...unrun.map(({ name, cluster }) => ({ name, cluster, outcome: 'skipped' as const }))],
      services: [
        ...done.services,
        ...untouched.map(({ name, cluster, service }) => ({ name, cluster, service, outcome: 'skipped' as const })),
      ],
      ms: context.clock.now() - started,
    };
  }
}

/** Among several, the failure says whose it is. */
function named(error: LadingError, name: string): LadingError {
  const { kind, code, hint, details, message } = error;
  if (details?.issues !== undefined || message.includes(`the task ${name}`)) return error;
  return new LadingError(kind, `${name}: ${message}`, { code, hint, details, cause: error, result: error.result });
}

function outcomeOf(done: readonly ServiceResult[]): Outcome {
  const order: readonly Outcome[] = ['planned', 'started', 'steady', 'scaled', 'unchanged'];
  return order.find((outcome) => done.some((one) => one.outcome === outcome)) ?? 'unchanged';
}
