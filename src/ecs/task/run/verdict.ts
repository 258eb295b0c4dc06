import type { ErrorKind } from '../../../base/errors.js';
import { formatDuration } from '../../../base/duration.js';
import type { Cause } from '../cause.js';
import { causeText } from '../cause.js';
import { placementHint } from './failures.js';
import type { FollowedRun } from './follow.js';
import type { RunOutcome } from './result.js';

/** A run that did not end well, in words. */
export interface RunVerdict {
  readonly outcome: RunOutcome;
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

export interface RunCircumstances {
  readonly name: string;
  /** How many tasks were asked for. */
  readonly count: number;
  /** Of tasks that did not end well, the one that weighs most first. */
  readonly bad: readonly { readonly is: 'failed' | 'not-started' | 'stopped'; readonly cause: Cause }[];
  /** Why ECS placed a task nowhere. */
  readonly failures: readonly string[];
  readonly timeoutMs: number;
  /** The command that shows the task. */
  readonly look: string;
}

const ENDS = {
  failed: { code: 'TASK_FAILED', outcome: 'failed', words: 'failed' },
  'not-started': { code: 'TASK_NOT_STARTED', outcome: 'failed', words: 'never started' },
  stopped: { code: 'TASK_STOPPED', outcome: 'stopped', words: 'was stopped before its end' },
} as const;

/** Each ending in words of its own; undefined when all of it went well. Pure. */
export function explainRun(
  followed: Pick<FollowedRun, 'why' | 'stop' | 'detail'>,
  about: RunCircumstances,
): RunVerdict | undefined {
  const { name, count, failures, bad, look } = about;
  const { why } = followed;
  const task = `the task ${name}`;
  if (why === 'denied' || why === 'absent') {
    const allow = 'Allow ecs:DescribeTasks to this role: the task goes on, and nobody sees how it ends.';
    return {
      outcome: 'unknown',
      kind: why === 'denied' ? 'credentials' : 'remote',
      code: why === 'denied' ? 'ACCESS_DENIED' : 'UNKNOWN_OPERATION',
      message: `how ${task} ends cannot be seen: ${followed.detail ?? 'ecs DescribeTasks gives nothing'}`,
      hint: why === 'denied' ? allow : 'Check region and endpoint: the ECS there cannot describe tasks.',
    };
  }
  if (why === 'gone') {
    const message = `ECS no longer knows ${task}: how it ended is not known`;
    return { outcome: 'unknown', kind: 'timeout', code: 'UNPROVEN', message, hint: `Look for its traces: ${look}` };
  }
  const [first] = bad;
  if (why === 'timeout' || (followed.stop === 'asked' && first?.is === 'stopped')) return late(followed, about);
  const all = count > 1 ? `${bad.length} of ${count} tasks of ${name}` : task;
  if (first) {
    const { code, outcome, words } = ENDS[first.is];
    const message = `${all} ${words}: ${causeText(first.cause)}`;
    return { outcome, kind: 'deploy-failed', code, message, hint: first.cause.hint };
  }
  return failures.length > 0 ? explainPlacement(about) : undefined;
}

/** Nothing, or less than was asked for, was started. */
export function explainPlacement({ name, count, failures }: RunCircumstances): RunVerdict {
  const reasons = [...new Set(failures)].join(', ') || 'it gives no reason';
  const some = failures.length < count ? `only ${count - failures.length} of ${count} tasks` : 'no task';
  return {
    outcome: 'not-started',
    kind: 'deploy-failed',
    code: 'TASK_NOT_PLACED',
    message: `ECS started ${some} of ${name}: ${reasons}`,
    hint: placementHint(failures[0] ?? ''),
  };
}

function late({ stop }: Pick<FollowedRun, 'stop'>, { name, timeoutMs, look }: RunCircumstances): RunVerdict {
  const then = {
    asked: 'was stopped',
    denied: 'goes on: this role may not stop it (ecs:StopTask)',
    refused: 'goes on: ECS refused to stop it',
    no: 'goes on',
  }[stop];
  return {
    outcome: 'timeout',
    kind: 'timeout',
    code: 'TIMEOUT',
    message: `the task ${name} did not end within ${formatDuration(timeoutMs)}, and ${then}`,
    hint: `Give it more time with --timeout, or \`timeout\` of the task. What it has done by then is done: ${look}`,
  };
}
