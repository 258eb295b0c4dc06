import type { Input, SandboxTask } from '../state/records.js';
import type { EcsState } from '../state/state.js';
import { clean, lastPart, listOf, seconds } from '../state/state.js';
import { desiredStatus } from '../state/tasks.js';
import { renderPlace } from './service.js';

/** What DescribeTasks answers. */
export function renderTask(state: EcsState, task: SandboxTask): Record<string, unknown> {
  const family = lastPart(task.taskDefinition).split(':')[0] ?? '';
  const definition = state.definitions.get(lastPart(task.taskDefinition))?.definition;
  const input = task.input ?? state.services.get(`${task.cluster}/${task.service ?? ''}`)?.input ?? {};
  const { capacityProviderStrategy, launchType } = renderPlace(input) as {
    capacityProviderStrategy?: readonly Input[];
    launchType?: string;
  };
  const provider = capacityProviderStrategy?.[0]?.capacityProvider;
  const fargate = provider === undefined ? launchType === 'FARGATE' : /^FARGATE/.test(String(provider));
  const zone = zoneOf(task.arn);
  return clean({
    taskArn: task.arn,
    clusterArn: state.clusters.get(task.cluster)?.arn,
    taskDefinitionArn: task.taskDefinition,
    availabilityZone: `${task.arn.split(':')[3] ?? ''}${zone}`,
    attachments: definition?.networkMode === 'awsvpc' ? [networkInterface(task, input, zone)] : [],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    group: task.group ?? (task.service === undefined ? `family:${family}` : `service:${task.service}`),
    startedBy: task.startedBy,
    launchType: fargate ? 'FARGATE' : 'EC2',
    capacityProviderName: provider,
    containerInstanceArn: fargate ? undefined : state.arn(`container-instance/${task.cluster}/${zone.repeat(32)}`),
    platformVersion: fargate ? '1.4.0' : undefined,
    platformFamily: fargate ? 'Linux' : undefined,
    cpu: definition?.cpu,
    memory: definition?.memory,
    overrides: { containerOverrides: task.containers.map(({ name }) => ({ name })), ...task.overrides },
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    lastStatus: task.lastStatus,
    desiredStatus: desiredStatus(task),
    healthStatus: healthOf(definition?.containerDefinitions ?? [], task),
    connectivity: task.lastStatus === 'PROVISIONING' ? undefined : 'CONNECTED',
    createdAt: seconds(task.createdAt),
    pullStartedAt: time(task.startedAt),
    pullStoppedAt: time(task.startedAt),
    startedAt: time(task.startedAt),
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    stoppingAt: time(task.stoppingAt),
    stoppedAt: time(task.stoppedAt),
    executionStoppedAt: time(task.startedAt === undefined ? undefined : task.stoppedAt),
    version: task.stoppedAt === undefined ? 2 : 4,
    containers: task.containers.map((container) =>
      clean({
        ...container,
        taskArn: task.arn,
        containerArn: `${task.arn}/${container.name}`,
        lastStatus: container.exitCode === undefined ? task.lastStatus : 'STOPPED',
        healthStatus: healthOf(
          (definition?.containerDefinitions ?? []).filter((one) => one.name === container.name),
          task,
        ),
        networkInterfaces: [],
      }),
    ),
  });
}

/** Only a container health check makes it known. */
function healthOf(containers: readonly Input[], task: SandboxTask): string {
  if (!containers.some((one) => one.healthCheck !== undefined) || task.startedAt === undefined) return 'UNKNOWN';
  if (/container health checks/.test(task.stoppedReason ?? '')) return 'UNHEALTHY';
  return task.healthy ? 'HEALTHY' : 'UNKNOWN';
}

/** Spread over three zones by its name. */
function zoneOf(arn: string): string {
  return 'abc'[parseInt(arn.slice(-4), 16) % 3] ?? 'a';
}

function networkInterface(task: SandboxTask, input: Input, zone: string): Record<string, unknown> {
  const network = (input.networkConfiguration as { awsvpcConfiguration?: { subnets?: unknown } } | undefined)
    ?.awsvpcConfiguration;
  const subnets = listOf(network?.subnets).map(String);
  const id = lastPart(task.arn);
  const number = parseInt(id.slice(-4), 16);
  return {
    id: `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`,
    type: 'ElasticNetworkInterface',
    status: task.lastStatus === 'STOPPED' ? 'DELETED' : task.startedAt === undefined ? 'PRECREATED' : 'ATTACHED',
    details: [
      { name: 'subnetId', value: subnets['abc'.indexOf(zone) % Math.max(1, subnets.length)] ?? 'subnet-00000000' },
      { name: 'networkInterfaceId', value: `eni-0${id.slice(0, 16)}` },
      { name: 'privateIPv4Address', value: `10.0.${number >> 8}.${number & 255}` },
    ],
  };
}

function time(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : seconds(ms);
}
