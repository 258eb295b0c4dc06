import type { AwsFault } from '../../service.js';
import type { Input } from '../state/records.js';
import { listOf } from '../state/state.js';
import { refusal } from './refusal.js';

const ECR = /^\d{12}\.dkr[.-]ecr\./;

/** Limits of a container health check. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const HEALTH: Readonly<Record<string, readonly [number, number]>> = {
  interval: [5, 300],
  timeout: [2, 60],
  retries: [1, 10],
  startPeriod: [0, 300],
};

export function checkContainers(input: Input): void {
  const containers = input.containerDefinitions as readonly Input[];
  for (const container of containers) checkContainer(container, input);
  const names = containers.map((container) => container.name);
  if (new Set(names).size < names.length) throw refusal('Container names must be unique within a Task Definition.');
  if (!containers.some((container) => container.essential !== false))
    throw refusal('At least one container in the task definition must be essential.');
  for (const { name, dependsOn } of containers)
    for (const { containerName } of listOf(dependsOn) as { containerName?: unknown }[])
      if (!names.includes(containerName))
        throw refusal(`Container '${String(name)}' depends on '${String(containerName)}', which is no container.`);
}

function checkContainer(container: Input, definition: Input): void {
  const { name, image } = container;
  if (typeof name !== 'string' || name === '') throw refusal('Container.name should not be null or empty.');
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw refusal('Container.name contains invalid characters.');
  if (typeof image !== 'string' || image === '') throw refusal('Container.image should not be null or empty.');
  if (!/^[\w./:@#\-[\]]{1,255}$/.test(image)) throw refusal('Container.image contains invalid characters.');
  checkMemory(container, definition);
  checkPorts(container, definition);
  checkHealth(container);
  const volumes = (listOf(definition.volumes) as Input[]).map((volume) => volume.name);
  for (const { sourceVolume } of listOf(container.mountPoints) as Input[])
    if (!volumes.includes(sourceVolume)) throw refusal(`Unknown volume '${String(sourceVolume)}'.`);
  const fault = roleFault(container, definition);
  if (fault) throw fault;
  const fargate = listOf(definition.requiresCompatibilities).includes('FARGATE');
  if (!fargate) return;
  if (container.privileged === true) throw refusal('Fargate does not support privileged containers.');
  if (listOf(container.links).length > 0) throw refusal('Links are not supported when networkMode=awsvpc.');
  if (Number(container.stopTimeout ?? 0) > 120)
    throw refusal('The stop timeout of a container can be at most 120 seconds.');
}

function checkMemory(container: Input, definition: Input): void {
  const { memory, memoryReservation, name } = container as {
    memory?: number;
    memoryReservation?: number;
    name?: string;
  };
  const about = `Invalid setting for container '${name ?? ''}'.`;
  if (definition.memory === undefined && memory === undefined && memoryReservation === undefined)
    throw refusal(`${about} At least one of 'memory' or 'memoryReservation' must be specified.`);
  if (definition.memory !== undefined && Math.max(memory ?? 0, memoryReservation ?? 0) > Number(definition.memory))
    throw refusal(`${about} The 'memory' setting for container is greater than for the task.`);
  if (memory !== undefined && memoryReservation !== undefined && memoryReservation > memory)
    throw refusal(`${about} The 'memoryReservation' must be less than or equal to 'memory'.`);
}

function checkPorts(container: Input, definition: Input): void {
  for (const { containerPort, hostPort } of listOf(container.portMappings) as {
    containerPort?: number;
    hostPort?: number;
  }[]) {
    if (containerPort !== undefined && (containerPort < 0 || containerPort > 65_535))
      throw refusal(`Invalid value '${containerPort}' for container port. The value should be between 0 and 65535.`);
    const mode = definition.networkMode;
    if (
      (mode === 'awsvpc' || mode === 'host') &&
      hostPort !== undefined &&
      hostPort !== 0 &&
      hostPort !== containerPort
    )
      throw refusal(`When networkMode=${mode}, the host ports and container ports in port mappings must match.`);
  }
}

function checkHealth(container: Input): void {
  const health = container.healthCheck as Input | undefined;
  if (!health) return;
  if (listOf(health.command).length === 0) throw refusal('Container.healthCheck.command should not be null or empty.');
  for (const [name, [least, most]] of Object.entries(HEALTH)) {
    const value = health[name];
    if (value !== undefined && (Number(value) < least || Number(value) > most))
      throw refusal(`Container.healthCheck.${name} must be between ${least} and ${most}.`);
  }
}

/** What only an execution role can do. */
function roleFault(container: Input, definition: Input): AwsFault | undefined {
  if (definition.executionRoleArn !== undefined) return undefined;
  const logs = container.logConfiguration as Input | undefined;
  if (listOf(container.secrets).length > 0 || listOf(logs?.secretOptions).length > 0)
    return refusal("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");
  if (!listOf(definition.requiresCompatibilities).includes('FARGATE')) return undefined;
  const needs = 'Fargate requires task definition to have execution role ARN to support';
  if (ECR.test(String(container.image))) return refusal(`${needs} ECR images.`);
  if (logs?.logDriver === 'awslogs') return refusal(`${needs} log driver awslogs.`);
  return undefined;
}
