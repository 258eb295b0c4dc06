import { LadingError } from '../../../base/errors.js';
import type { KnownCause } from '../cause.js';
import type { TaskEnd } from './decide.js';
import { endOfTask, isOver } from './decide.js';
import type { FollowedRun } from './follow.js';
import type { RunResult } from './result.js';
import type { Running } from './running.js';
import { lookAt, ranTask, resultOfRun } from './running.js';
import type { RunState } from './state.js';
import type { Task } from '../../shapes.js';
import type { Tail } from './tail.js';
import type { RunVerdict } from './verdict.js';
import { explainRun } from './verdict.js';

export type BadEnd = Exclude<TaskEnd, { is: 'passed' }>;

const WEIGHT: Readonly<Record<BadEnd['is'], number>> = { failed: 2, 'not-started': 1, stopped: 0 };

/** How a task that is over ended. */
export function endIn({ goal, first }: RunState, task: Task): TaskEnd {
  return endOfTask(task, goal.definition, goal.deciding, first.get(task.taskArn));
}

/** The result of a run that ended well; any other end is thrown, with all that is known of it. */
export function conclude(
  run: Running,
  followed: FollowedRun,
  about: {
    readonly begun: Partial<RunResult>;
    readonly causes: ReadonlyMap<string, KnownCause>;
    readonly unseen: Tail['unseen'];
  },
): RunResult {
  const { state } = followed;
  const { request } = run;
  const tasks = state.goal.arns.flatMap((arn) => state.tasks.get(arn) ?? []);
  const bad = tasks
    .flatMap((task) => {
      const end = isOver(task) ? endIn(state, task) : undefined;
      const cause = about.causes.get(task.taskArn);
      return end && end.is !== 'passed' && cause ? [{ is: end.is, end, cause, task }] : [];
    })
    .sort((a, b) => WEIGHT[b.is] - WEIGHT[a.is]);
  const [worst] = bad;
  const { failures = [] } = about.begun;
  const shown = worst?.task.taskArn ?? state.goal.arns[0] ?? '';
  const verdict = explainRun(followed, {
    name: request.name,
    count: request.count,
    bad,
    failures,
    timeoutMs: request.timeoutMs,
    look: lookAt(run, shown),
  });
  const known: Partial<RunResult> = {
    ...about.begun,
    tasks: tasks.map((task) => ranTask(task, run)),
    unseen: [
      ...(followed.why === 'denied' ? [{ what: 'ecs:DescribeTasks is denied', ...UNSEEN }] : []),
      ...about.unseen,
    ],
    ...(worst && { cause: { ...worst.cause, tasks: bad.length } }),
  };
  if (verdict) throw failureOf(run, verdict, { ...known, exitCode: exitCodeOf(worst?.end), next: lookAt(run, shown) });
  return resultOfRun(run, 'passed', { ...known, exitCode: 0 });
}

const UNSEEN = { lost: 'how the task ends cannot be told', allow: 'ecs:DescribeTasks' };

function exitCodeOf(end: TaskEnd | undefined): number | undefined {
  return end?.is === 'failed' ? end.exitCode : undefined;
}

export function failureOf(run: Running, verdict: RunVerdict, known: Partial<RunResult>): LadingError {
  const { kind, code, hint, message, outcome } = verdict;
  const { exitCode } = known;
  return new LadingError(kind, message, {
    code,
    hint,
    ...(exitCode !== undefined && { details: { exitCode } }),
    result: resultOfRun(run, outcome, known),
  });
}
