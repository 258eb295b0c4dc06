import type { Scenario } from '../scenario-shape.js';

export type Input = Readonly<Record<string, unknown>>;

export interface ResolvedImage {
  readonly containerName: string;
  readonly image: string;
  readonly imageDigest: string | undefined;
}

export interface Cluster {
  readonly arn: string;
  readonly name: string;
  status: 'ACTIVE' | 'INACTIVE';
  settings: readonly { readonly name: string; readonly value: string }[];
  configuration: Input | undefined;
  capacityProviders: readonly string[];
  defaultStrategy: readonly Input[];
  serviceConnectDefaults: Input | undefined;
}

export type Definition = Record<string, unknown> & {
  readonly family: string;
  readonly revision: number;
  readonly taskDefinitionArn: string;
  readonly networkMode?: string;
  readonly containerDefinitions: readonly Record<string, unknown>[];
};

export interface DefinitionRecord {
  readonly definition: Definition;
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  readonly registeredAt: number;
  deregisteredAt?: number;
  deleteRequestedAt?: number;
}

/** What a service runs, or is to run. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html */
export interface Revision {
  readonly arn: string;
  readonly taskDefinition: string;
  readonly images: readonly ResolvedImage[];
  readonly createdAt: number;
  /** What the service asked for besides: network, load balancers. */
  readonly input: Input;
}

/** The tasks of one revision; `deployments[]` of DescribeServices. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html */
export interface Deployment {
  /** `ecs-svc/…`: what its tasks are started by. */
  readonly id: string;
  readonly revision: Revision;
  readonly createdAt: number;
  updatedAt: number;
  state: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  stateReason: string;
  failedTasks: number;
  /** A task of it has been RUNNING: from then on only health checks count as failures. */
  hasRun: boolean;
  /** Tasks that ECS has started for it so far. */
  started: number;
  /** Failures in a row, which make ECS wait before it tries again. */
  failedInARow: number;
  /** Not before that it tries again. */
  nextStartAt: number;
}

export interface HookDetail {
  readonly hookId: string;
  readonly targetArn: string | undefined;
  status: string;
  readonly expiresAt?: number;
  readonly timeoutAction?: string;
}

/** A piece of the way of a deployment. */
export interface Step {
  readonly stage: string;
  /** The stage whose hooks it has. */
  readonly hook?: string;
  /** Percent of production traffic from then on. */
  readonly weight?: number;
  readonly lasts?: number;
  /** Until enough new tasks are healthy, or until no old one is left. */
  readonly until?: 'scaled' | 'clean';
}

/** A service deployment and how far it is. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
export interface Rollout {
  readonly arn: string;
  readonly deployment: Deployment;
  /** What ran before it, whole or in part. */
  readonly sources: readonly Deployment[];
  /** The last one that was COMPLETED: where a rollback goes. */
  readonly candidate: Deployment | undefined;
  readonly createdAt: number;
  readonly scenario: Scenario | undefined;
  /** The script says what runs, not ECS's rules. */
  readonly scripted: boolean;
  /** What it has said last. */
  counts?: { readonly running: number; readonly pending: number };
  /** Of its deployment, with what the scenario presumes. */
  readonly configuration: Input;
  startedAt?: number;
  updatedAt: number;
  finishedAt?: number;
  stoppedAt?: number;
  status: string;
  reason?: string;
  stage?: string;
  readonly steps: readonly Step[];
  /** Which of them it is in; -1 before the first. */
  step: number;
  stepSince: number;
  /** Failures that the circuit breaker has counted, and whether they were too many. */
  failures: number;
  tripped?: boolean;
  /** Percent of production traffic. */
  weight?: number;
  readonly alarms: string[];
  readonly hooks: HookDetail[];
  rollback?: { readonly reason: string; readonly startedAt: number };
  /** Reads that will not know it yet. */
  staleReads: number;
  /** ECS remembers nothing of it. */
  forgotten?: boolean;
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
  readonly input?: Input;
  readonly createdAt: number;
  readonly containers: SandboxContainer[];
  lastStatus: string;
  startedAt?: number;
  /** ECS counts it for the service. */
  healthy?: boolean;
  /** What its load balancer says of it. */
  unhealthy?: string;
  /** From the moment that it is to stop; its last status follows. */
  stopCode?: string;
  stoppedReason?: string;
  stoppingAt?: number;
  stoppedAt?: number;
  protectedUntil?: number;
}

export interface SandboxContainer {
  readonly name: string;
  readonly image: string;
  readonly imageDigest: string | undefined;
  exitCode?: number;
  reason?: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html */
export type TaskOverrides = Input & { readonly containerOverrides?: readonly ContainerOverride[] };

export type ContainerOverride = Input & {
  readonly name?: string;
  readonly command?: readonly string[];
  readonly environment?: readonly { readonly name: string; readonly value?: string }[];
};

export interface SandboxService {
  readonly arn: string;
  readonly name: string;
  readonly cluster: string;
  /** What was asked for it, by CreateService and since. */
  input: Input;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  taskDefinition: string;
  desiredCount: number;
  /** Newest first. */
  readonly rollouts: Rollout[];
  /** PRIMARY first, then those that still have tasks. */
  deployments: Deployment[];
  readonly events: { id: string; createdAt: number; message: string }[];
  readonly createdAt: number;
  /** Of a deleted one: how long it takes at least. */
  drainsUntil?: number;
  /** What reads still show, and until when. */
  stale?: { readonly view: Record<string, unknown> | undefined; readonly until: number };
}

export interface Tag {
  readonly key: string;
  readonly value?: string;
}
