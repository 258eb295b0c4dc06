import { AwsError, isTransient } from '../../../aws/failure.js';
import { LadingError } from '../../../base/errors.js';
import type { RolloutChange } from '../../../base/tell/rollout.js';
import type { EcsContext } from '../../rollout/run.js';
import { createReader, isDenied } from '../../seen.js';
import type { Task } from '../../shapes.js';
import type { RunEnding, RunState } from './state.js';
import { pending, runStep } from './step.js';
import type { Tail } from './tail.js';

export interface FollowedRun {
  readonly why: RunEnding | 'timeout';
  /** Why tasks may not be looked at. */
  readonly detail: string | undefined;
  readonly state: RunState;
  /** What came of asking ECS to stop what had not ended in time. */
  readonly stop: 'no' | 'asked' | 'denied' | 'refused';
}

export interface FollowRunOptions {
  readonly cluster: string;
  /** By our clock; then what has not ended is stopped. */
  readonly deadline: number;
  /** Why ECS is asked to stop it, in words that stand with the task. */
  readonly stopReason: string;
  readonly tail: Tail;
  readonly onChange: (change: RolloutChange) => void;
  /** The cause of a task that ended badly; undefined of one that ended well. */
  readonly causeOf: (task: Task, state: RunState) => Promise<RolloutChange | undefined>;
}

/** How long ECS is asked again to stop what it was asked in vain. */
const ASKING_MS = 20_000;
/** How long a task that was told to stop is waited for: ECS gives it half a minute, unless its definition says more. */
const STOP_MS = 45_000;
/**
 * Lines come to CloudWatch some seconds after they were printed: the last have come when none came for a while, and those
 * of a task that has shown none are waited for longer.
 */
const QUIET_MS = 2000;
const SILENT_MS = 6000;
const LAST_LINES_MS = 15_000;
const LINES_TICK_MS = 1000;

/** Looks, steps and tells until all tasks are over; after the deadline they are stopped, and their end is waited for. */
export async function followRun(
  begun: RunState,
  { ecs, clock, signal }: EcsContext,
  options: FollowRunOptions,
): Promise<FollowedRun> {
  const { cluster, tail } = options;
  const reader = createReader();
  let state = begun;
  let deadline = options.deadline;
  let stop: FollowedRun['stop'] = 'no';
  for (;;) {
    const open = pending(state, clock.now());
    const tasks = await reader.read('DescribeTasks', () => ecs.describeTasks(cluster, open));
    const stepped = runStep(state, { tasks }, clock.now());
    state = stepped.state;
    await tail.read(state.tasks.values());
    const { act, events } = stepped;
    if (act.do === 'end' && act.why === 'over') await lastLines();
    for (const event of events) {
      const change = event.kind === 'ended' ? await options.causeOf(event.task, state) : event;
      if (change) options.onChange(change);
    }
    if (act.do === 'end') return { why: act.why, detail: act.detail, state, stop };
    const left = deadline - clock.now();
    if (left > 0) {
      await clock.sleep(Math.min(act.ms, left), signal);
      continue;
    }
    if (stop !== 'no') return { why: 'timeout', detail: undefined, state, stop };
    const answer = await stopAll();
    const again = answer === 'again' && clock.now() < options.deadline + ASKING_MS;
    if (!again) stop = answer === 'again' ? 'refused' : answer;
    deadline = clock.now() + (again ? act.ms : stop === 'asked' ? STOP_MS : 0);
  }

  /** The tasks are over, and how is known: nothing that goes wrong here changes it. */
  async function lastLines(): Promise<void> {
    const tasks = [...state.tasks.values()].filter(hasRun);
    const began = clock.now();
    let newest = began;
    while (tasks.length > 0 && tail.told !== undefined && clock.now() - began < LAST_LINES_MS) {
      if (clock.now() - newest >= (tail.told > 0 ? QUIET_MS : SILENT_MS)) return;
      await clock.sleep(LINES_TICK_MS, signal);
      try {
        if ((await tail.read(tasks)) > 0) newest = clock.now();
      } catch (error) {
        if (signal.aborted || !(error instanceof LadingError)) throw error;
        return;
      }
    }
  }

  async function stopAll(): Promise<Stopping> {
    const open = pending(state, clock.now());
    const answers = await Promise.all(open.map((taskArn) => stopOne(taskArn)));
    return answers.find((answer) => answer !== 'asked') ?? 'asked';
  }

  async function stopOne(taskArn: string): Promise<Stopping> {
    try {
      await ecs.stopTask({ cluster, taskArn }, options.stopReason);
      return 'asked';
    } catch (error) {
      if (isTransient(error)) return 'again';
      if (isDenied(error)) return 'denied';
      if (error instanceof AwsError && error.kind !== 'credentials') return 'refused';
      throw error;
    }
  }
}

/** One that never started has printed nothing. */
function hasRun({ startedAt, containers }: Task): boolean {
  return startedAt != null || containers.some(({ exitCode }) => exitCode != null);
}

type Stopping = 'asked' | 'denied' | 'refused' | 'again';
