import type { LogStore } from '../logs.js';
import type { ResolvedImage, SandboxTask, EcsState, TaskOverrides } from './state.js';
import { lastPart } from './state.js';

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
  },
  at: number,
  lastStatus: string,
): SandboxTask {
  const arn = state.arn(`task/${from.cluster}/${state.id()}`);
  const task: SandboxTask = {
    arn,
    taskDefinition: from.taskDefinition,
    startedBy: from.startedBy,
    service: from.service,
    cluster: from.cluster,
    group: from.group,
    overrides: from.overrides,
    createdAt: at,
    containers: from.images.map(({ containerName, image, imageDigest }) => ({
      name: containerName,
      image,
      imageDigest,
    })),
    lastStatus,
    ...(lastStatus === 'RUNNING' && { startedAt: at }),
  };
  state.tasks.set(arn, task);
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

/** Where the lines of one of its containers go. */
export function writeLines(
  logs: LogStore,
  task: SandboxTask,
  container: Readonly<Record<string, unknown>>,
  lines: readonly { readonly at: number; readonly text: string }[],
): void {
  logs.writeTask(container, lastPart(task.arn), lines);
}
