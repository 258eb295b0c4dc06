import type { Context } from '../base/context.js';
import { LadingError, withResult } from '../base/errors.js';
import type { Outcome } from '../ecs/rollout/verdict/result.js';
import { readDefinitions } from './stages/definitions.js';
import type { PutIn, ServiceOrder, ServiceResult } from './stages/service-order.js';
import { rollOutService } from './stages/service.js';
import type { TaskOrder, TaskResult } from './stages/task.js';
import { runOrder } from './stages/task.js';

export type { ServiceOrder, ServiceResult } from './stages/service-order.js';
export type { TaskOrder, TaskResult } from './stages/task.js';

/** What there is to do when the images are delivered. */
export interface Orders {
  /** Each is run as soon as what it waits for is done, and so before any service when it waits for none. */
  readonly tasks: readonly TaskOrder[];
  /** In their order. */
  readonly services: readonly ServiceOrder[];
}

export interface RollOutOptions {
  readonly dryRun: boolean;
  /** Left out: lading registers the revisions and updates the services itself. */
  readonly putIn?: PutIn | undefined;
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
 * One service after the other, and each task as soon as it may run: a migration that fails ends the release before any
 * service moves. What comes after the first that does not end well stays as it is. The failure is thrown with the result of all.
 */
export async function rollOut(orders: Orders, context: Context, options: RollOutOptions): Promise<RollOutResult> {
  const started = context.clock.now();
  const { services, tasks } = orders;
  const definitions = await readDefinitions([
    ...services.map(({ taskDefinition }) => taskDefinition),
    ...tasks.map(({ definition }) => definition.file),
  ]);
  const done = { tasks: [] as TaskResult[], services: [] as ServiceResult[] };
  const several = services.length + tasks.length > 1;
  await runFree();
  for (const service of services) {
    const { taskDefinition: file } = service;
    const definition = file === undefined ? undefined : definitions.get(file);
    const existing = done.tasks.flatMap(({ taskDefinition }) => taskDefinition ?? []);
    await attempt(done.services, () => rollOutService(service, { definition, existing, ...options }, context));
    await runFree();
  }
  return { outcome: outcomeOf(done.services), ...done, ms: context.clock.now() - started };

  /** Tasks that wait for no service that is still to come. */
  async function runFree(): Promise<void> {
    const open = new Set(services.slice(done.services.length).map(({ name }) => name));
    for (const task of tasks) {
      if (task.after.some((name) => open.has(name)) || done.tasks.some(({ name }) => name === task.name)) continue;
      await attempt(done.tasks, () => runOrder(task, { definitions, ...options }, context));
    }
  }

  async function attempt<Result extends TaskResult | ServiceResult>(
    list: Result[],
    work: () => Promise<Result>,
  ): Promise<void> {
    try {
      list.push(await work());
    } catch (error) {
      if (!(error instanceof LadingError)) throw error;
      const failed = error.result as Result;
      const isTask = (list as readonly unknown[]) === done.tasks;
      list.push(failed);
      const told = several ? named(error, failed.name) : error;
      const moved = done.services.map(({ name }) => name);
      throw withResult(isTask && !options.dryRun ? saying(told, moved) : told, resultOf(worstOf(failed.outcome)));
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
  const isSaid = [`the task ${name}`, `task of ${name}`, `tasks of ${name}`].some((words) => message.includes(words));
  if (details?.issues !== undefined || isSaid) return error;
  return new LadingError(kind, `${name}: ${message}`, { code, hint, details, cause: error, result: error.result });
}

/** A task that ends a release: what has moved by then, and what has not. */
function saying(error: LadingError, moved: readonly string[]): LadingError {
  const { kind, code, hint, details, message } = error;
  if (details?.issues !== undefined) return error;
  const state = moved.length === 0 ? 'no service was changed' : `${moved.join(', ')} came before it and stands`;
  return new LadingError(kind, `${message}; ${state}`, { code, hint, details, cause: error, result: error.result });
}

/** A release ends as that of its parts does that did not end well. */
function worstOf(outcome: (TaskResult | ServiceResult)['outcome']): Outcome {
  return outcome === 'skipped' || outcome === 'passed' ? 'failed' : outcome;
}

function outcomeOf(done: readonly ServiceResult[]): Outcome {
  const order: readonly Outcome[] = ['planned', 'started', 'steady', 'scaled', 'unchanged'];
  return order.find((outcome) => done.some((one) => one.outcome === outcome)) ?? 'unchanged';
}
