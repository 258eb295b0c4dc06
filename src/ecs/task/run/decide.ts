import type { Task, TaskDefinition } from '../../shapes.js';

/** Whose exit code is the verdict. */
export interface Deciding {
  /** Undefined: all essential containers. */
  readonly container: string | undefined;
  /** The user named it: what others end with, when ECS stops them after it, is nobody's business. */
  readonly named: boolean;
}

/** How one task ended. */
export type TaskEnd =
  | { readonly is: 'passed' }
  /** A container ended by itself, and otherwise than it should have. */
  | { readonly is: 'failed'; readonly container: string; readonly exitCode: number; readonly early: boolean }
  /** What should have run never did. */
  | { readonly is: 'not-started'; readonly container: string | undefined }
  /** From outside: by hand, or because AWS took the machine. What its programs end with then tells nothing. */
  | { readonly is: 'stopped' };

/** What a program ends with that was told to stop: SIGINT, SIGKILL, SIGTERM. */
const BY_SIGNAL: ReadonlySet<number> = new Set([130, 137, 143]);

type Container = Task['containers'][number];

/**
 * Of a task that is over. Passed only when the container that decides ended with 0 by itself. `first` is an essential
 * container that was seen to end while the deciding one still ran: then that one was stopped, whatever it ended with.
 */
export function endOfTask(
  task: Task,
  definition: TaskDefinition,
  deciding: Deciding,
  first: string | undefined,
): TaskEnd {
  const decider = task.containers.find(({ name }) => name === deciding.container);
  if (task.stopCode != null && task.stopCode !== 'EssentialContainerExited') {
    const failing = [decider, ...task.containers].find((one) => (one?.exitCode ?? 0) !== 0);
    if (task.stopCode !== 'TaskFailedToStart') return { is: 'stopped' };
    return failing ? failed(failing) : { is: 'not-started', container: deciding.container };
  }
  const essentials = task.containers.filter(({ name }) => isEssential(name, definition));
  const early = essentials.find(({ name }) => name === first && name !== deciding.container);
  if (early) return failed(early, true);
  if (deciding.container === undefined) return endOfAll(essentials);
  if (decider?.exitCode == null) return { is: 'not-started', container: deciding.container };
  if (decider.exitCode !== 0) return failed(decider);
  const other = deciding.named ? undefined : essentials.find((one) => one !== decider && endedBadly(one));
  return other ? failed(other) : { is: 'passed' };
}

function endOfAll(essentials: readonly Container[]): TaskEnd {
  const bad = essentials.find(endedBadly);
  if (bad) return failed(bad);
  const [unstarted] = essentials.filter(({ exitCode }) => exitCode == null);
  if (unstarted) return { is: 'not-started', container: unstarted.name };
  const [one] = essentials;
  if (essentials.some(({ exitCode }) => exitCode === 0) || !one) return { is: 'passed' };
  return failed(one);
}

/** By itself: one that ECS told to stop has a code that says so, and no reason. */
function endedBadly({ exitCode, reason }: Container): boolean {
  return exitCode != null && exitCode !== 0 && (Boolean(reason) || !BY_SIGNAL.has(exitCode));
}

function failed({ name, exitCode }: Container, early = false): TaskEnd {
  return { is: 'failed', container: name, exitCode: exitCode ?? 0, early };
}

export function isEssential(name: string, definition: TaskDefinition): boolean {
  return definition.containerDefinitions.find((one) => one.name === name)?.essential !== false;
}

/** Nothing that decides can change any more; the rest of its end may take ECS half a minute. */
export function isOver(task: Task): boolean {
  if (task.lastStatus === 'STOPPED' || task.lastStatus === 'DELETED') return true;
  const { containers } = task;
  return task.stopCode != null && containers.length > 0 && containers.every(hasEnded);
}

function hasEnded({ exitCode, lastStatus }: Container): boolean {
  return exitCode != null && lastStatus === 'STOPPED';
}

/** An essential container that has ended while the one that decides runs on. */
export function endedFirst(task: Task, definition: TaskDefinition, { container }: Deciding): string | undefined {
  const decider = task.containers.find(({ name }) => name === container);
  if (!decider || decider.lastStatus !== 'RUNNING' || decider.exitCode != null) return undefined;
  return task.containers.find(
    (one) =>
      one !== decider && isEssential(one.name, definition) && one.exitCode != null && one.lastStatus === 'STOPPED',
  )?.name;
}
