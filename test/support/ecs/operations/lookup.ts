import { findDefinition } from '../engine/definitions.js';
import { clientError, EcsFault } from '../engine/fault.js';
import { text } from '../engine/fields.js';
import type { Definition, Json, Service, ServiceDeployment, World } from '../engine/state.js';

/** Fails as ECS does when the cluster of the input, `default` if it names none, is not there. */
export function needCluster(world: World, input: Json): void {
  const given = text(input, 'cluster') ?? 'default';
  const name = given.startsWith('arn:') ? given.slice(given.lastIndexOf('/') + 1) : given;
  if (!hasCluster(world, name)) throw new EcsFault('ClusterNotFoundException', 'Cluster not found.');
}

export function hasCluster(world: World, name: string): boolean {
  return name === world.names.cluster && world.rollout.service?.before !== 'no cluster';
}

export function findService(world: World, reference: string): Service | undefined {
  return world.services.get(reference.slice(reference.lastIndexOf('/') + 1));
}

export function needService(world: World, input: Json, field: string): Service {
  needCluster(world, input);
  const service = findService(world, text(input, field) ?? '');
  if (!service) throw new EcsFault('ServiceNotFoundException', 'Service not found.');
  return service;
}

export function needDefinition(world: World, reference: string): Definition {
  const definition = findDefinition(world, reference);
  if (!definition) throw clientError('Unable to describe task definition.');
  return definition;
}

/** One that a service or a task may start with. */
export function needUsableDefinition(world: World, reference: string): Definition {
  const definition = findDefinition(world, reference);
  if (!definition) throw clientError('TaskDefinition not found.');
  if (definition.status === 'INACTIVE') throw clientError('TaskDefinition is inactive');
  return definition;
}

export function findServiceDeployment(
  world: World,
  arn: string,
): { readonly service: Service; readonly deployment: ServiceDeployment } | undefined {
  for (const service of world.services.values()) {
    const deployment = service.history.find((one) => one.arn === arn);
    if (deployment) return { service, deployment };
  }
  return undefined;
}
