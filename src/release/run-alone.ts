import type { Context } from '../base/context.js';
import { LadingError, withResult } from '../base/errors.js';
import type { RunOutcome } from '../ecs/task/run/result.js';
import { readDefinitions } from './stages/definitions.js';
import type { TaskOrder, TaskResult } from './stages/task.js';
import { runOrder } from './stages/task.js';
import { failedTasks, lastTaskBlock, runPage } from './paper/task-blocks.js';

/** How tasks that ran outside of a release ended, in their order. */
export interface RunReleaseResult {
  /** That of the first that did not end well, else of the last. */
  readonly outcome: RunOutcome;
  /** Of the first that did not end well, else 0; undefined while it is open. */
  readonly exitCode: number | undefined;
  readonly tasks: readonly TaskResult[];
  readonly ms: number;
}

/** One task after the other, with their page; the first that does not end well ends it, and the failure has the result of all. */
export async function runAlone(
  orders: readonly TaskOrder[],
  context: Context,
  options: { readonly dryRun: boolean },
): Promise<RunReleaseResult> {
  const started = context.clock.now();
  const definitions = await readDefinitions(orders.map(({ definition }) => definition.file));
  const done: TaskResult[] = [];
  for (const order of orders) {
    try {
      done.push(await runOrder(order, { definitions, ...options }, context));
    } catch (error) {
      if (!(error instanceof LadingError)) throw error;
      done.push(error.result as TaskResult);
      throw withResult(error, told());
    }
  }
  return told();

  function told(): RunReleaseResult {
    const skipped = orders
      .slice(done.length)
      .map(({ name, cluster }): TaskResult => ({ name, cluster, outcome: 'skipped' }));
    const decides = failedTasks(done)[0] ?? done.at(-1);
    const result: RunReleaseResult = {
      outcome: (decides?.outcome ?? 'passed') as RunOutcome,
      exitCode: decides?.exitCode,
      tasks: [...done, ...skipped],
      ms: context.clock.now() - started,
    };
    const bad = failedTasks(done).map(lastTaskBlock);
    const brief = bad.length > 0 ? { title: '', blocks: bad } : undefined;
    context.report({ type: 'page', page: runPage(result), brief });
    return result;
  }
}
