import type { EcsState, SandboxTask } from './state.js';
import { clean, lastPart, seconds } from './state.js';
import { desiredStatus } from './tasks.js';

/** What DescribeTasks answers. */
export function renderTask(state: EcsState, task: SandboxTask): Record<string, unknown> {
  const time = (ms: number | undefined) => (ms === undefined ? undefined : seconds(ms));
  const family = lastPart(task.taskDefinition).split(':')[0] ?? '';
  const definition = state.definitions.get(lastPart(task.taskDefinition))?.definition;
  return clean({
    taskArn: task.arn,
    clusterArn: state.clusters.get(task.cluster)?.arn,
    taskDefinitionArn: task.taskDefinition,
    group: task.group ?? (task.service === undefined ? `family:${family}` : `service:${task.service}`),
    startedBy: task.startedBy,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    cpu: definition?.cpu,
    memory: definition?.memory,
    overrides: { containerOverrides: task.containers.map(({ name }) => ({ name })), ...task.overrides },
    lastStatus: task.lastStatus,
    desiredStatus: desiredStatus(task),
    createdAt: seconds(task.createdAt),
    startedAt: time(task.startedAt),
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    stoppingAt: time(task.stoppingAt),
    stoppedAt: time(task.stoppedAt),
    executionStoppedAt: time(task.stoppedAt),
    containers: task.containers.map((container) =>
      clean({
        ...container,
        taskArn: task.arn,
        containerArn: `${task.arn}/${container.name}`,
        lastStatus: container.exitCode === undefined ? task.lastStatus : 'STOPPED',
        networkInterfaces: [],
      }),
    ),
  });
}
