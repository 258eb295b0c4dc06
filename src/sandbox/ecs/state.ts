import type { World } from '../service.js';
import { AwsFault } from '../service.js';
import type { Scenario } from './scenario-shape.js';

export interface ResolvedImage {
  readonly containerName: string;
  readonly image: string;
  readonly imageDigest: string | undefined;
}

export interface Revision {
  readonly arn: string;
  readonly taskDefinition: string;
  readonly images: readonly ResolvedImage[];
  readonly createdAt: number;
}

/** One service deployment and how far it is. */
export interface Rollout {
  readonly id: string;
  readonly arn: string;
  readonly revision: Revision;
  readonly source: Revision | undefined;
  readonly createdAt: number;
  readonly scenario: Scenario | undefined;
  /** Events of the scenario that have happened. */
  position: number;
  status: string;
  reason: string | undefined;
  stage: string;
  running: number;
  pending: number;
  failures: number;
  weight: number | undefined;
  alarms: string[];
  hooks: { hookId: string; status: string; targetArn?: string }[];
  finishedAt: number | undefined;
  rollbackEndsAt: number | undefined;
  staleReads: number;
}

export interface SandboxTask {
  readonly arn: string;
  readonly taskDefinition: string;
  readonly startedBy: string | undefined;
  readonly service: string | undefined;
  readonly cluster: string;
  /** Of RunTask. */
  readonly group?: string | undefined;
  readonly overrides?: TaskOverrides | undefined;
  readonly createdAt: number;
  readonly containers: SandboxContainer[];
  lastStatus: string;
  startedAt?: number;
  /** From the moment that it is to stop; its last status follows. */
  stopCode?: string;
  stoppedReason?: string;
  stoppingAt?: number;
  stoppedAt?: number;
}

export interface SandboxContainer {
  readonly name: string;
  readonly image: string;
  readonly imageDigest: string | undefined;
  exitCode?: number;
  reason?: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html */
export type TaskOverrides = Readonly<Record<string, unknown>> & {
  readonly containerOverrides?: readonly ContainerOverride[];
};

export type ContainerOverride = Readonly<Record<string, unknown>> & {
  readonly name?: string;
  readonly command?: readonly string[];
  readonly environment?: readonly { readonly name: string; readonly value?: string }[];
};

export interface SandboxService {
  readonly arn: string;
  readonly name: string;
  readonly cluster: string;
  /** What was asked for it, by CreateService and since. */
  input: Readonly<Record<string, unknown>>;
  status: string;
  taskDefinition: string;
  desiredCount: number;
  /** Newest first. */
  readonly rollouts: Rollout[];
  readonly events: { id: string; createdAt: number; message: string }[];
  readonly createdAt: number;
  /** When the last task of a deleted service is gone. */
  drainedAt?: number;
}

export type Definition = Record<string, unknown> & {
  readonly family: string;
  readonly revision: number;
  readonly taskDefinitionArn: string;
  readonly containerDefinitions: readonly Record<string, unknown>[];
};

export interface Tag {
  readonly key: string;
  readonly value?: string;
}

/** All that the emulated ECS remembers. */
export interface EcsState {
  readonly clusters: Map<string, { readonly arn: string; readonly name: string }>;
  readonly definitions: Map<string, { definition: Definition; status: string; registeredAt: number }>;
  /** By ARN. */
  readonly tags: Map<string, readonly Tag[]>;
  readonly services: Map<string, SandboxService>;
  readonly tasks: Map<string, SandboxTask>;
  readonly arn: (kind: string) => string;
  readonly id: () => string;
}

export function createState(world: World): EcsState {
  let count = 0;
  return {
    clusters: new Map(),
    definitions: new Map(),
    tags: new Map(),
    services: new Map(),
    tasks: new Map(),
    arn: (kind) => `arn:aws:ecs:${world.region}:${world.accountId}:${kind}`,
    id: () => (++count).toString(16).padStart(32, '0'),
  };
}

export function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

export function clusterName(value: unknown): string {
  return lastPart(typeof value === 'string' && value !== '' ? value : 'default');
}

export function requireCluster(state: EcsState, value: unknown): string {
  const name = clusterName(value);
  if (!state.clusters.has(name)) throw new AwsFault('ClusterNotFoundException', 'Cluster not found.');
  return name;
}

export function findService(state: EcsState, cluster: string, name: unknown): SandboxService | undefined {
  return state.services.get(`${cluster}/${lastPart(String(name))}`);
}

export function requireService(state: EcsState, input: Readonly<Record<string, unknown>>): SandboxService {
  const service = findService(state, requireCluster(state, input.cluster), input.service);
  if (!service) throw new AwsFault('ServiceNotFoundException', 'Service not found.');
  if (service.status === 'INACTIVE') throw new AwsFault('ServiceNotActiveException', 'Service was not ACTIVE.');
  return service;
}

/** By ARN, `family:revision`, or family for its latest ACTIVE revision. */
export function requireDefinition(
  state: EcsState,
  value: unknown,
): { definition: Definition; status: string; registeredAt: number } {
  const text = String(value);
  const name = text.startsWith('arn:') ? lastPart(text) : text;
  const exact = state.definitions.get(name);
  if (exact) return exact;
  const latest = [...state.definitions.values()]
    .filter((entry) => entry.definition.family === name && entry.status === 'ACTIVE')
    .at(-1);
  if (latest) return latest;
  throw new AwsFault('ClientException', 'Unable to describe task definition.');
}

export function tagsOf(value: unknown): readonly Tag[] {
  return (value as readonly Tag[] | undefined) ?? [];
}

/** By ARN or by the last part of it. */
export function findTask(state: EcsState, cluster: string, text: unknown): SandboxTask | undefined {
  return state.tasks.get(state.arn(`task/${cluster}/${lastPart(String(text))}`));
}

export function seconds(ms: number): number {
  return ms / 1000;
}

/** Without what is undefined: absent members are absent on the wire. */
export function clean(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined));
}
