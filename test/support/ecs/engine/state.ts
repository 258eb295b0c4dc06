import type { CauseClass } from '../rollouts/cause-class.js';
import type { Behaviour, Pace, Rollout, Script } from '../rollouts/rollout.js';
import type { EventQueue } from './event-queue.js';
import type { Names } from './names.js';

export type Json = Readonly<Record<string, unknown>>;

/** Everything there is. Times are milliseconds since 1970; nothing here knows a clock. */
export interface World {
  now: number;
  /** Grows with everything that happens. */
  version: number;
  readonly start: number;
  readonly seed: string;
  readonly rollout: Rollout;
  readonly pace: Pace;
  readonly names: Names;
  readonly queue: EventQueue;
  readonly definitions: Map<string, Definition[]>;
  readonly services: Map<string, Service>;
  readonly tasks: Map<string, Task>;
  readonly causes: Cause[];
  /** What the parts of the engine tell each other of. */
  readonly react: Reactions;
  /** Deployments made through the API so far. */
  oursSoFar: number;
  runsSoFar: number;
  /** Calls of RunTask by their client token. */
  readonly runTokens: Map<string, { readonly asked: string; readonly output: Json; readonly tasks: readonly Task[] }>;
  /** When the tool first changed the service. */
  touchedAt?: number;
}

export interface Reactions {
  ran(task: Task): void;
  counted(task: Task): void;
  sick(task: Task): void;
  ended(task: Task): void;
  gone(task: Task): void;
  /** Something about the service may have become due. */
  wake(service: Service): void;
}

export interface Definition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  /** As ECS gives it back, with all that it filled in. */
  readonly body: Json;
  readonly tags: readonly Json[];
  status: 'ACTIVE' | 'INACTIVE';
  deregisteredAt?: number;
}

export interface Service {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desired: number;
  readonly daemon: boolean;
  /** The other fields of the API, as they were sent last. */
  settings: Json;
  readonly revisions: Revision[];
  /** Entries of `deployments[]`, oldest first: sets of tasks of one revision. */
  readonly deployments: Deployment[];
  primary: Deployment;
  /** Service deployments, oldest first. */
  readonly history: ServiceDeployment[];
  readonly events: { readonly id: string; readonly at: number; readonly message: string }[];
  steady: boolean;
  blockedTold: boolean;
}

export interface Revision {
  readonly arn: string;
  readonly createdAt: number;
  readonly definition: Definition;
  /** Settings of the service that are part of a revision. */
  readonly settings: Json;
  /** When a first image was pulled: from then on tags have digests. */
  pulledAt?: number;
}

export interface Deployment {
  readonly id: string;
  readonly revision: Revision;
  readonly createdAt: number;
  updatedAt: number;
  state: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  reason: string;
  completedAt?: number;
  /** False when all its tasks are gone and another is PRIMARY. */
  listed: boolean;
  readonly ours: boolean;
  script: Script | undefined;
  /** Places taken in the script. */
  launched: number;
  /** Those not yet STOPPED. */
  readonly tasks: Set<Task>;
  /** As `failedTasks`. */
  failedTasks: number;
  launchFailuresInARow: number;
  /** No launch before. */
  notBefore: number;
  /** Launches nothing for ever. */
  stalled: boolean;
}

export type ServiceDeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOP_REQUESTED'
  | 'STOPPED'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

export interface ServiceDeployment {
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  startedAt?: number;
  finishedAt?: number;
  stoppedAt?: number;
  updatedAt: number;
  readonly target: Deployment;
  readonly sources: readonly Deployment[];
  readonly by: 'tool' | 'someone' | 'before';
  status: ServiceDeploymentStatus;
  statusReason?: string;
  readonly configuration: Json;
  breaker: 'TRIGGERED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'DISABLED';
  failures: number;
  /** The same count on the way back. */
  rollbackFailures: number;
  readonly triggeredAlarms: string[];
  readonly ignoresAlarms: boolean;
  rollback?: { readonly reason: string; readonly startedAt: number; readonly to?: Deployment };
  /** What it failed of, or who stopped it. */
  endedBy?: 'breaker' | 'alarm' | 'hook' | 'hook-timeout' | 'networking' | 'someone' | 'tool' | 'delete' | 'another';
  failedAt?: number;
  /** Since when everything runs, for the bake time. */
  bakeSince?: number;
  /** Of the staged strategies. */
  readonly stages: Stages | undefined;
}

export interface Stages {
  readonly plan: readonly StageStep[];
  at: number;
  enteredAt: number;
  hooks: Hook[];
  hooksDone: boolean;
  readonly weights: { production: number; test: number };
}

export interface StageStep {
  readonly shown: string;
  /** The stage that hooks name. */
  readonly hooks?: string;
  readonly work: 'none' | 'scale up' | 'test shift' | 'shift' | 'bake' | 'clean up';
  readonly weight?: number;
  readonly minutes?: number;
}

export interface Hook {
  readonly id: string;
  readonly stage: string;
  readonly targetType: 'AWS_LAMBDA' | 'PAUSE';
  readonly targetArn?: string;
  readonly expiresAt: number;
  readonly timeoutAction: 'ROLLBACK' | 'CONTINUE';
  status: 'AWAITING_ACTION' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
}

export interface Task {
  readonly id: string;
  readonly arn: string;
  /** Undefined for one of RunTask. */
  readonly service?: Service;
  readonly deployment?: Deployment;
  readonly startedBy?: string;
  readonly definition: Definition;
  readonly behaviour: Behaviour;
  readonly createdAt: number;
  readonly place: { readonly zone: string; readonly subnet: string; readonly address: string; readonly eni: string };
  readonly capacityProvider?: string;
  runningAt?: number;
  health: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';
  /** ECS counts it as healthy. */
  counted: boolean;
  wanted: 'RUNNING' | 'STOPPED';
  stoppingAt?: number;
  stoppedAt?: number;
  stopCode?: string;
  stoppedReason?: string;
  /** By position in the definition. */
  exits: readonly { readonly exitCode?: number; readonly reason?: string }[];
}

/** Something that went wrong with a deployment, as it was and when it was. */
export interface Cause {
  readonly at: number;
  readonly class: CauseClass;
  readonly deployment: Deployment | undefined;
  readonly reason: string;
  readonly stopCode?: string;
  readonly taskArn?: string;
  readonly container?: string;
  readonly exitCode?: number;
  /** ECS's circuit breaker counted it, or would have if it were on. */
  readonly held: boolean;
}
