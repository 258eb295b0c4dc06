import { AwsFault } from '../../service.js';
import type { Cluster, DefinitionRecord, Deployment, Input, Rollout, SandboxService, SandboxTask } from './records.js';
import type { EcsState } from './state.js';
import { lastPart } from './state.js';

export function clusterName(value: unknown): string {
  return lastPart(typeof value === 'string' && value !== '' ? value : 'default');
}

/** One that is ACTIVE. */
export function findCluster(state: EcsState, value: unknown): Cluster | undefined {
  const cluster = state.clusters.get(clusterName(value));
  return cluster?.status === 'ACTIVE' ? cluster : undefined;
}

export function requireCluster(state: EcsState, value: unknown): string {
  return requireClusterRecord(state, value).name;
}

export function requireClusterRecord(state: EcsState, value: unknown): Cluster {
  const cluster = findCluster(state, value);
  if (!cluster) throw new AwsFault('ClusterNotFoundException', 'Cluster not found.');
  return cluster;
}

export function findService(state: EcsState, cluster: string, name: unknown): SandboxService | undefined {
  return state.services.get(`${cluster}/${lastPart(String(name))}`);
}

/** Also one that is no longer ACTIVE. */
export function requireService(state: EcsState, input: Input): SandboxService {
  const service = findService(state, requireCluster(state, input.cluster), input.service);
  if (!service) throw new AwsFault('ServiceNotFoundException', 'Service not found.');
  return service;
}

/** By ARN, `family:revision`, or family for its latest ACTIVE revision. */
export function findDefinition(state: EcsState, value: unknown): DefinitionRecord | undefined {
  const text = String(value);
  const name = text.startsWith('arn:') ? lastPart(text) : text;
  const exact = state.definitions.get(name);
  if (exact) return exact;
  return [...state.definitions.values()]
    .filter(({ definition, status }) => definition.family === name && status === 'ACTIVE')
    .at(-1);
}

/** What DescribeTaskDefinition and DeregisterTaskDefinition say of one that is not there. */
export function requireDefinition(state: EcsState, value: unknown): DefinitionRecord {
  const found = findDefinition(state, value);
  if (!found) throw new AwsFault('ClientException', 'Unable to describe task definition.');
  return found;
}

/** One that may be run: CreateService, UpdateService and RunTask use other words. */
export function requireRunnable(state: EcsState, value: unknown): DefinitionRecord {
  const found = findDefinition(state, value);
  if (!found) throw new AwsFault('ClientException', 'TaskDefinition not found.');
  if (found.status !== 'ACTIVE') throw new AwsFault('ClientException', 'TaskDefinition is inactive');
  return found;
}

/** By ARN or by the last part of it. */
export function findTask(state: EcsState, cluster: string, text: unknown): SandboxTask | undefined {
  return state.tasks.get(state.arn(`task/${cluster}/${lastPart(String(text))}`));
}

/** Those that ECS wants to run, and those that are on their way out. */
export function tasksOf(state: EcsState, service: SandboxService): SandboxTask[] {
  return [...state.tasks.values()].filter(
    (task) => task.service === service.name && task.cluster === service.cluster && task.createdAt >= service.createdAt,
  );
}

/** The tasks of a service that ECS wants to run, of one deployment or of all. */
export function aliveTasks(state: EcsState, service: SandboxService, deployment?: Deployment): SandboxTask[] {
  return tasksOf(state, service).filter(
    (task) => task.stopCode === undefined && (deployment === undefined || task.startedBy === deployment.id),
  );
}

/** By ARN. */
export function findRollout(
  state: EcsState,
  arn: unknown,
): { readonly service: SandboxService; readonly rollout: Rollout } | undefined {
  for (const service of state.services.values()) {
    const rollout = service.rollouts.find((one) => one.arn === arn && !one.forgotten);
    if (rollout) return { service, rollout };
  }
  return undefined;
}

export function isInFlight(rollout: Rollout): boolean {
  return rollout.finishedAt === undefined;
}
