import { containersOf, digestOf } from '../engine/definitions.js';
import { compact, secondsOr, seconds } from '../engine/fields.js';
import { lastStatusOf } from '../engine/tasks.js';
import { randomOf } from '../random.js';
import type { Json, Task, World } from '../engine/state.js';

/** A task as DescribeTasks shows it. */
export function showTask(world: World, task: Task): Json {
  const lastStatus = lastStatusOf(world, task);
  const { body } = task.definition;
  return compact({
    attachments: [
      {
        id: attachmentOf(task),
        type: 'ElasticNetworkInterface',
        status: task.stoppedAt === undefined ? 'ATTACHED' : 'DELETED',
        details: [
          { name: 'subnetId', value: task.place.subnet },
          { name: 'networkInterfaceId', value: task.place.eni },
          { name: 'privateIPv4Address', value: task.place.address },
        ],
      },
    ],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    availabilityZone: task.place.zone,
    capacityProviderName: task.capacityProvider,
    clusterArn: world.names.clusterArn(),
    connectivity: task.runningAt === undefined ? undefined : 'CONNECTED',
    connectivityAt: secondsOr(task.runningAt),
    containers: containersOf(task.definition).map((one, at) => showContainer(world, task, one, at)),
    cpu: body.cpu,
    createdAt: seconds(task.createdAt),
    desiredStatus: task.wanted,
    enableExecuteCommand: false,
    executionStoppedAt: task.runningAt === undefined ? undefined : secondsOr(task.stoppingAt),
    group: task.service ? `service:${task.service.name}` : `family:${task.definition.family}`,
    healthStatus: task.health,
    lastStatus,
    launchType: task.capacityProvider ? undefined : 'FARGATE',
    memory: body.memory,
    overrides: { containerOverrides: containersOf(task.definition).map((one) => ({ name: one.name })) },
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    startedAt: secondsOr(task.runningAt),
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedAt: secondsOr(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: secondsOr(task.stoppingAt),
    tags: [],
    taskArn: task.arn,
    taskDefinitionArn: task.definition.arn,
    version: 1 + [task.runningAt, task.stoppingAt, task.stoppedAt].filter((at) => at !== undefined).length,
  });
}

function attachmentOf(task: Task): string {
  return `${task.id.slice(0, 8)}-${task.id.slice(8, 12)}-${task.id.slice(12, 16)}-${task.id.slice(16, 20)}-${task.id.slice(20)}`;
}

function showContainer(world: World, task: Task, container: Json, at: number): Json {
  const exit = task.exits[at] ?? endedAlone(world, task, at);
  const isPulled = task.runningAt !== undefined || exit?.exitCode !== undefined;
  const isOver = task.wanted === 'STOPPED' || exit !== undefined;
  const lastStatus = isOver ? 'STOPPED' : task.runningAt === undefined ? 'PENDING' : 'RUNNING';
  return compact({
    containerArn: world.names.arn(`container/${world.names.cluster}/${task.id}/${at}`),
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    imageDigest: isPulled ? digestOf(world, String(container.image)) : undefined,
    runtimeId: isPulled ? `${task.id}-${randomOf(task.id, at).text(10, '0123456789')}` : undefined,
    lastStatus,
    exitCode: isOver ? exit?.exitCode : undefined,
    reason: exit?.reason,
    networkBindings: [],
    networkInterfaces: [{ attachmentId: attachmentOf(task), privateIpv4Address: task.place.address }],
    healthStatus: container.healthCheck ? task.health : 'UNKNOWN',
    cpu: String(Number(container.cpu ?? 0)),
    memory: container.memory === undefined ? undefined : String(Number(container.memory)),
  });
}

/** A container that is not essential may end while its task goes on. */
function endedAlone(
  world: World,
  task: Task,
  at: number,
): { readonly exitCode: number; readonly reason?: string } | undefined {
  const { sidecarEnds } = task.behaviour;
  if (at !== 1 || !sidecarEnds || task.runningAt === undefined) return undefined;
  return world.now >= task.runningAt + sidecarEnds.after * 1000 ? { exitCode: sidecarEnds.exitCode } : undefined;
}
