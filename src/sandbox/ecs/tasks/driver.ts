import type { Definition, SandboxTask } from '../state/records.js';
import type { TaskPlan } from './task-plan.js';

/** What becomes of a task. It has `ended` by itself, or `stopped` because it was told to. */
export type TaskNews = 'running' | 'healthy' | 'ended' | 'stopped';

export type Tell = (task: SandboxTask, news: TaskNews) => void;

/** Lets tasks run: by a plan, or really. */
export interface TaskDriver {
  /** The plan is for those that only play. */
  start(task: SandboxTask, definition: Definition, plan: TaskPlan): void;
  /** From now on it is to stop; it has `drainMs` more, when it runs. */
  stop(task: SandboxTask, stopCode: string, reason: string, drainMs: number): void;
}
