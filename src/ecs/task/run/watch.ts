import { LadingError, withResult } from '../../../base/errors.js';
import { formatDuration } from '../../../base/duration.js';
import type { RolloutChange } from '../../../base/tell/rollout.js';
import { isExpired } from '../../seen.js';
import type { Task } from '../../shapes.js';
import type { KnownCause } from '../cause.js';
import { lastLines } from '../logs.js';
import { causeOfRun } from './cause.js';
import type { BadEnd } from './conclude.js';
import { conclude, endIn } from './conclude.js';
import { isEssential } from './decide.js';
import { followRun } from './follow.js';
import type { RunResult } from './result.js';
import type { Running } from './running.js';
import { lookAt, resultOfRun } from './running.js';
import type { RunState } from './state.js';
import { beginRunState } from './state.js';
import { tailLogs } from './tail.js';

/** Follows tasks that have begun to their end, with their lines. */
export async function watchRun(run: Running, tasks: readonly Task[], begun: Partial<RunResult>): Promise<RunResult> {
  const { request, context, plan, deadline } = run;
  const { definition, deciding } = plan;
  const { report, clock, logs } = context;
  const onChange = (change: RolloutChange) => report({ type: 'rollout', of: request.name, at: clock.now(), change });
  const tail = tailLogs({
    definition,
    containers: deciding.container === undefined ? essentials(run) : [deciding.container],
    many: tasks.length > 1,
    logs,
    onLine: (source, text) => report({ type: 'line', source, text }),
    onChange,
  });
  const causes = new Map<string, KnownCause>();
  const arns = tasks.map(({ taskArn }) => taskArn);
  try {
    const followed = await followRun(beginRunState({ definition, deciding, arns }, tasks, clock.now()), context, {
      cluster: request.cluster,
      deadline,
      stopReason: `lading: it did not end within ${formatDuration(request.timeoutMs)}`,
      tail,
      onChange,
      causeOf,
    });
    return conclude(run, followed, { begun, causes, unseen: tail.unseen });
  } catch (error) {
    if (!(error instanceof LadingError) || error.result !== undefined) throw error;
    throw withResult(error, resultOfRun(run, 'unknown', begun), await hintAfter(error));
  }

  async function causeOf(task: Task, state: RunState): Promise<RolloutChange | undefined> {
    const end = endIn(state, task);
    if (end.is === 'passed') return undefined;
    const cause = causeOfRun(task, definition, end);
    const told = tail.last(task.taskArn, cause.container ?? deciding.container ?? '');
    const lines = told ?? (await linesOf(task, end, cause.container));
    causes.set(task.taskArn, { ...cause, tasks: 1, logs: lines });
    return {
      kind: 'cause',
      cause: {
        class: cause.class,
        text: cause.text,
        hint: cause.hint,
        tasks: 0,
        of: undefined,
        container: cause.container,
        exitCode: cause.exitCode,
        task: task.taskArn,
        zone: cause.availabilityZone,
        // Those that were told as they came are not told again.
        logs: told ? [] : lines,
      },
    };
  }

  async function linesOf(task: Task, end: BadEnd, container: string | undefined): Promise<readonly string[]> {
    return end.is === 'failed' ? lastLines(logs, definition, container, task.taskArn) : [];
  }

  /** ECS goes on without us, unless it was to be stopped with us. */
  async function hintAfter(error: LadingError): Promise<string> {
    const [first = ''] = arns;
    const id = first.slice(first.lastIndexOf('/') + 1);
    const look = `look with \`${lookAt(run, first)}\``;
    const goesOn = `The task goes on: ${look}, stop it with \`aws ecs stop-task --cluster ${request.cluster} --task ${id}\`.`;
    if (error.kind !== 'cancelled') {
      if (isExpired(error)) return `Get new credentials. ${goesOn}`;
      return `${error.hint ? `${error.hint} ` : ''}${goesOn}`;
    }
    if (request.onCancel === 'leave') return goesOn;
    // The signal of this run has aborted: it ends no call that is to stop the task.
    const { signal } = new AbortController();
    const stopping = arns.map((taskArn) =>
      context.ecs.stopTask({ cluster: request.cluster, taskArn }, 'lading: cancelled', signal),
    );
    const answers = await Promise.allSettled(stopping);
    const isStopped = answers.every(({ status }) => status === 'fulfilled');
    return isStopped ? `ECS was asked to stop the task: ${look}.` : `ECS was asked in vain to stop it. ${goesOn}`;
  }
}

function essentials({ plan: { definition } }: Running): readonly string[] {
  return definition.containerDefinitions.map(({ name }) => name).filter((name) => isEssential(name, definition));
}
