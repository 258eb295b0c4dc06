import { compact, record, records } from './fields.js';
import type { Json } from './state.js';

/** A definition as ECS gives it back: what it fills in where nothing was said. */
export function backFill(input: Json): Json {
  const networkMode = input.networkMode ?? undefined;
  const { tags: _, ...given } = input;
  return compact({
    ...given,
    cpu: size(input.cpu, /^\s*([\d.]+)\s*vcpu\s*$/i),
    memory: size(input.memory, /^\s*([\d.]+)\s*gb\s*$/i),
    containerDefinitions: records(input.containerDefinitions).map((one) => container(one, networkMode)),
    volumes: records(input.volumes).map(volume),
    placementConstraints: input.placementConstraints ?? [],
    requiresAttributes: attributes(input),
    compatibilities: compatibilities(input),
    requiresCompatibilities: input.requiresCompatibilities ?? undefined,
  });
}

function container(given: Json, networkMode: unknown): Json {
  return compact({
    ...given,
    cpu: given.cpu ?? 0,
    portMappings: records(given.portMappings).map((one) => port(one, networkMode)),
    essential: given.essential ?? true,
    environment: given.environment ?? [],
    mountPoints: given.mountPoints ?? [],
    volumesFrom: given.volumesFrom ?? [],
    systemControls: given.systemControls ?? [],
    healthCheck: given.healthCheck && { interval: 30, timeout: 5, retries: 3, ...record(given.healthCheck) },
  });
}

function port(given: Json, networkMode: unknown): Json {
  const sameAsInside = networkMode === 'awsvpc' || networkMode === 'host';
  return compact({
    ...given,
    hostPort: sameAsInside ? given.containerPort : (given.hostPort ?? 0),
    protocol: given.protocol ?? 'tcp',
  });
}

function volume(given: Json): Json {
  const efs = given.efsVolumeConfiguration;
  if (efs) return compact({ ...given, efsVolumeConfiguration: { rootDirectory: '/', ...record(efs) } });
  const isOfAnotherKind = Object.keys(given).some((key) => key !== 'name' && given[key] !== undefined);
  return isOfAnotherKind ? compact(given) : { ...given, host: {} };
}

/** `1 vCPU` and `2 GB` in units and MiB. */
function size(given: unknown, unit: RegExp): unknown {
  const found = typeof given === 'string' ? unit.exec(given) : null;
  return found ? String(Math.round(Number(found[1]) * 1024)) : (given ?? undefined);
}

function attributes(input: Json): readonly Json[] {
  const containers = records(input.containerDefinitions);
  const has = (test: (one: Json) => unknown) => containers.some((one) => Boolean(test(one)));
  const isEcr = (one: Json) => String(one.image).includes('.dkr.ecr.');
  const names = [
    has((one) => record(one.logConfiguration).logDriver === 'awslogs') &&
      'com.amazonaws.ecs.capability.logging-driver.awslogs',
    has((one) => one.logConfiguration) && input.executionRoleArn && 'ecs.capability.execution-role-awslogs',
    has(isEcr) && 'com.amazonaws.ecs.capability.ecr-auth',
    has(isEcr) && input.executionRoleArn && 'ecs.capability.execution-role-ecr-pull',
    has((one) => one.logConfiguration) && 'com.amazonaws.ecs.capability.docker-remote-api.1.19',
    has((one) => one.healthCheck) && 'ecs.capability.container-health-check',
    has((one) => records(one.secrets).length > 0) && 'ecs.capability.secrets.asm.environment-variables',
    input.taskRoleArn && 'com.amazonaws.ecs.capability.task-iam-role',
    input.networkMode === 'awsvpc' && 'ecs.capability.task-eni',
    records(input.volumes).some((one) => one.efsVolumeConfiguration) && 'ecs.capability.efs',
    'com.amazonaws.ecs.capability.docker-remote-api.1.18',
  ];
  return names.filter((name) => typeof name === 'string' && name !== '').map((name) => ({ name }));
}

function compatibilities(input: Json): readonly string[] {
  const isFargate = input.networkMode === 'awsvpc' && Boolean(input.cpu) && Boolean(input.memory);
  return isFargate ? ['EC2', 'FARGATE', 'MANAGED_INSTANCES'] : ['EXTERNAL', 'EC2'];
}
