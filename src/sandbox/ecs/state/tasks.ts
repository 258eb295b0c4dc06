import type { LogStore } from '../../logs.js';
import type { Input, ResolvedImage, SandboxTask, TaskOverrides } from './records.js';
import type { EcsState } from './state.js';
import { lastPart } from './state.js';

/** How long ECS still tells of a task that has stopped: at least an hour. */
export const REMEMBERED_MS = 3_600_000;

/** A new task that is known from now on. */
export function addTask(
  state: EcsState,
  from: {
    readonly cluster: string;
    readonly taskDefinition: string;
    readonly images: readonly ResolvedImage[];
    readonly startedBy: string | undefined;
    readonly service?: string;
    readonly group?: string | undefined;
    readonly overrides?: TaskOverrides | undefined;
    readonly input?: Input;
  },
  at: number,
): SandboxTask {
  const { images, service, ...known } = from;
  const task: SandboxTask = {
    arn: state.arn(`task/${from.cluster}/${state.id()}`),
    ...known,
    service,
    createdAt: at,
    containers: images.map(({ containerName, image, imageDigest }) => ({ name: containerName, image, imageDigest })),
    lastStatus: 'PROVISIONING',
  };
  state.tasks.set(task.arn, task);
  return task;
}

/** From now on it is to stop; {@link endTask} says when it has. The first cause stays. */
export function stopTask(task: SandboxTask, stopCode: string, reason: string, at: number): void {
  if (task.stopCode !== undefined) return;
  Object.assign(task, { stopCode, stoppedReason: reason, stoppingAt: at });
}

export function endTask(task: SandboxTask, at: number): void {
  Object.assign(task, { lastStatus: 'STOPPED', stoppedAt: at });
}

/** RUNNING or STOPPED: what ECS wants of it. */
export function desiredStatus(task: SandboxTask): string {
  return task.stopCode === undefined ? 'RUNNING' : 'STOPPED';
}

/** What ECS no longer tells of. */
export function forgetTasks(state: EcsState, now: number): void {
  for (const task of state.tasks.values())
    if (task.stoppedAt !== undefined && now > task.stoppedAt + REMEMBERED_MS) state.tasks.delete(task.arn);
}

/** Where the lines of one of its containers go. */
export function writeLines(
  logs: LogStore,
  task: SandboxTask,
  container: Readonly<Record<string, unknown>>,
  lines: readonly { readonly at: number; readonly text: string }[],
): void {
  logs.writeTask(container, lastPart(task.arn), lines);
}
