import type { RolloutChange } from '../../../base/tell/rollout.js';
import type { Seen } from '../../seen.js';
import type { Task, TaskDefinition } from '../../shapes.js';
import type { Deciding } from './decide.js';

/** What one look saw of the tasks that are not over yet. One that it does not know is left out. */
export interface RunObservation {
  readonly tasks: Seen<readonly Task[]>;
}

export interface RunGoal {
  readonly definition: TaskDefinition;
  readonly deciding: Deciding;
  readonly arns: readonly string[];
}

export interface RunState {
  readonly goal: RunGoal;
  /** By our clock, when the watch began. */
  readonly since: number;
  /** The newest that is known of each task. */
  readonly tasks: ReadonlyMap<string, Task>;
  /** Essential containers that were seen to end while the one that decides still ran, by the task. */
  readonly first: ReadonlyMap<string, string>;
  /** How often in a row a look did not know a task. */
  readonly misses: ReadonlyMap<string, number>;
  /** Tasks that a look has seen, beside the answer that began them. */
  readonly seen: ReadonlySet<string>;
  /** Since when a task that is STOPPED has not told how, by our clock. */
  readonly silentSince: ReadonlyMap<string, number>;
  /** Looks do not come through: since when by our clock, and why. */
  readonly unread: { readonly since: number; readonly why: string } | undefined;
  readonly told: ReadonlySet<string>;
  /** Counts and stage as they were last told. */
  readonly line: string | undefined;
}

export type RunAct =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'end'; readonly why: RunEnding; readonly detail?: string };

export type RunEnding =
  /** All tasks are over. */
  | 'over'
  /** ECS does not know a task any more that is not known to be over. */
  | 'gone'
  /** Tasks may not be looked at. */
  | 'denied'
  /** This ECS does not know how to describe tasks. */
  | 'absent';

/** A task that is over is told by its cause, which the loop finds with its lines; everything else as it is. */
export type RunEvent = RolloutChange | { readonly kind: 'ended'; readonly task: Task };

export function beginRunState(goal: RunGoal, tasks: readonly Task[], now: number): RunState {
  return {
    goal,
    since: now,
    tasks: new Map(tasks.map((task) => [task.taskArn, task])),
    first: new Map(),
    misses: new Map(),
    seen: new Set(),
    silentSince: new Map(),
    unread: undefined,
    told: new Set(),
    line: undefined,
  };
}
