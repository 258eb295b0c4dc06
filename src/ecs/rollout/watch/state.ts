import type { Read, Seen } from '../../seen.js';
import type { Service, ServiceDeployment, Task, TaskDefinition } from '../../shapes.js';
import type { Cause } from '../../task/cause.js';

/** Our deployment, as the answer to UpdateService named it. */
export interface Ours {
  /** `ecs-svc/…`: what its tasks are started by. */
  readonly id: string;
  /** ARN of the revision that it runs. */
  readonly taskDefinition: string;
  /** Milliseconds since 1970 by AWS's clock. */
  readonly createdAt: number;
}

/** A service deployment that may be ours. */
export interface Candidate {
  readonly arn: string;
  readonly createdAt: number | undefined;
  /** What its target revision runs; undefined while that is not known. */
  readonly taskDefinition: string | undefined;
}

/** What one look saw. A part that was not asked for is `skipped`. */
export interface Observation {
  /** The record of our service deployment; undefined while there is none. */
  readonly record: Seen<ServiceDeployment | undefined>;
  /** Service deployments, while it is not known which is ours. */
  readonly candidates: Seen<readonly Candidate[]>;
  /** Undefined: there is no such service any more. */
  readonly service: Seen<Service | undefined>;
  /** Tasks that stopped and were not described before. */
  readonly stopped: Seen<readonly Task[]>;
  /** Tasks of this service that run now. */
  readonly running: Seen<readonly Task[]>;
  /** What came of asking ECS to go back, when that was asked since the last look. */
  readonly turned?: 'asked' | 'refused' | 'denied' | undefined;
  /** Every read of this look, by its operation. */
  readonly reads: readonly Read[];
}

/** What the next look shall read. */
export interface Wanted {
  readonly record: boolean;
  readonly service: boolean;
  readonly stopped: boolean;
  readonly running: boolean;
}

/** A task of ours that died, and whether it had come up before. */
export interface Death {
  readonly cause: Cause;
  readonly cameUp: boolean;
}

export interface Goal {
  /** Go back as soon as the failure is certain, instead of waiting for ECS to see it. */
  readonly failFast: boolean;
  /** Tells which containers are essential. */
  readonly definition: TaskDefinition;
  /** `count`: no deployment was begun, only another number of tasks is wanted. */
  readonly of: 'deployment' | 'count';
  /** With `count`: the number that was asked for. */
  readonly desired?: number | undefined;
}

export interface RolloutState {
  readonly goal: Goal;
  readonly ours: Ours;
  /** By our clock, when the watch began. */
  readonly since: number;
  /** AWS's clock minus ours, in milliseconds. */
  readonly skew: number;
  /** ARN of our service deployment, once it is known which one that is. */
  readonly arn: string | undefined;
  readonly record: ServiceDeployment | undefined;
  readonly service: Service | undefined;
  /** When the service was last read, by our clock. */
  readonly serviceAt: number | undefined;
  /** Looks in a row that found no service, or one that is being deleted. */
  readonly goneLooks: number;
  /** Why the records of service deployments cannot be read; then the service alone is judged by. */
  readonly blind: 'denied' | 'absent' | undefined;
  /** Operations that are denied, or that this ECS does not know. */
  readonly closed: ReadonlyMap<string, 'denied' | 'absent'>;
  /** Tasks that were described. */
  readonly described: ReadonlySet<string>;
  readonly deaths: readonly Death[];
  /** Some task of ours was seen running. */
  readonly cameUp: boolean;
  /** AWS's time when a task of ours was last known to run well. */
  readonly wellAt: number | undefined;
  /** A look at the running tasks that is younger than the last death. */
  readonly runningKnown: boolean;
  readonly turning: 'no' | 'asked' | 'refused' | 'denied';
  /** Somebody else asked ECS to stop it. */
  readonly stoppedByOthers: boolean;
  /** Operations that do not come through: since when by our clock, and why. */
  readonly unread: ReadonlyMap<string, { readonly since: number; readonly why: string }>;
  /** What was told, so that it is told once. */
  readonly told: ReadonlySet<string>;
  /** Counts and stage as they were last told. */
  readonly line: string | undefined;
  /** Since when ECS says FAILED of ours without anything that follows, by our clock. */
  readonly failedSince: number | undefined;
  /** When ECS first said COMPLETED of ours, by our clock. */
  readonly completedSince: number | undefined;
  /** ECS said at some time that ours failed, or that it goes back. */
  readonly wentBack: boolean;
  /** With `count`: a read has shown the number that was asked for, and is no older one. */
  readonly desiredSeen: boolean;
  /** What ECS says now of a task that it finds no place for. */
  readonly unplaced: string | undefined;
  /** What it last said of one, at any time. */
  readonly wasUnplaced: string | undefined;
  readonly wanted: Wanted;
  /** Steps so far. */
  readonly steps: number;
}

/** How far ECS has gone back. `going-on`: it is at it, and was not waited for. */
export type Back = 'done' | 'failed' | 'none' | 'going-on';

export type End =
  | { readonly is: 'succeeded' }
  | { readonly is: 'scaled' }
  | {
      readonly is: 'failed';
      readonly back: Back;
      readonly by: 'ecs' | 'us';
      readonly reason: string;
    }
  | { readonly is: 'superseded' }
  /** Somebody else stopped it. */
  | { readonly is: 'stopped'; readonly back: Back; readonly reason: string }
  | { readonly is: 'paused'; readonly hook: Hook }
  | { readonly is: 'deleted' }
  /** The failure is certain, and there is nothing to go back to, or ECS was not to be asked. */
  | { readonly is: 'stuck'; readonly why: 'no-source' | 'refused' | 'denied' }
  /** ECS says COMPLETED, and keeps no record that says so of this deployment. */
  | { readonly is: 'unproven'; readonly deleted?: boolean }
  | { readonly is: 'timeout' };

export interface Hook {
  readonly id: string;
  /** Seconds since 1970. */
  readonly expiresAt: number | undefined;
  readonly timeoutAction: string | undefined;
}

export function beginState(
  ours: Ours,
  options: { readonly goal: Goal; readonly now: number; readonly arn?: string | undefined; readonly skew?: number },
): RolloutState {
  return {
    goal: options.goal,
    ours,
    since: options.now,
    skew: options.skew ?? 0,
    arn: options.arn,
    record: undefined,
    service: undefined,
    serviceAt: undefined,
    goneLooks: 0,
    blind: undefined,
    closed: new Map(),
    described: new Set(),
    deaths: [],
    cameUp: false,
    wellAt: undefined,
    runningKnown: false,
    turning: 'no',
    stoppedByOthers: false,
    unread: new Map(),
    told: new Set(),
    line: undefined,
    failedSince: undefined,
    completedSince: undefined,
    wentBack: false,
    desiredSeen: false,
    unplaced: undefined,
    wasUnplaced: undefined,
    wanted: { record: options.goal.of === 'deployment', service: true, stopped: true, running: false },
    steps: 0,
  };
}
