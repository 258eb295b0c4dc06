import type { Clock } from '../../base/clock.js';
import type { Report } from '../../base/tell/report.js';
import type { AwsApi } from '../../aws/api.js';
import type { EcsApi, Place } from '../api.js';
import type { OpenLogs } from '../task/logs.js';
import type { Patience } from './patience.js';
import type { Plan, PlanRequest } from './plan/plan.js';
import type { DeployResult, Outcome } from './verdict/result.js';
import type { Rollout } from './rollout.js';
import type { Ours } from './watch/state.js';

export interface DeployRequest extends PlanRequest, Place {
  readonly wait: 'deployed' | 'stable' | 'drained' | 'none';
  readonly timeoutMs: number;
  readonly failFast: boolean;
  readonly dryRun: boolean;
  /** Somebody else puts the task definition into the service: one that is not there is refused. */
  readonly keepsDefinition?: boolean | undefined;
  /** The commit that the images were made from: a new revision is tagged with it. */
  readonly commit?: string | undefined;
}

export interface EcsContext {
  readonly ecs: EcsApi;
  readonly logs: OpenLogs;
  /** Undefined: why alarms went off is not asked. */
  readonly cloudwatch?: AwsApi | undefined;
  readonly clock: Clock;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** One service being deployed: what was asked, what was planned, and by when. */
export interface DeployRun {
  readonly request: DeployRequest;
  readonly context: EcsContext;
  readonly place: Place;
  readonly plan: Plan;
  readonly rollout: Rollout;
  readonly patience: Patience;
  /** By our clock. */
  readonly started: number;
  readonly deadline: number;
}

/** What there is to follow, and what is known of it. */
export interface Begun {
  readonly ours: Ours;
  /** ARN of the service deployment, where it is known. */
  readonly arn: string | undefined;
  readonly registered: boolean;
  /** AWS's clock minus ours, in milliseconds. */
  readonly skew: number;
}

/** The result as it is known by now. */
export function resultOf(run: DeployRun, outcome: Outcome, more: Partial<DeployResult> = {}): DeployResult {
  const { plan, place, context } = run;
  return {
    ...place,
    region: context.ecs.region,
    taskDefinition: plan.current,
    previousTaskDefinition: plan.current,
    registered: false,
    images: plan.images,
    changes: plan.changes,
    unseen: [],
    ...more,
    outcome,
    ms: context.clock.now() - run.started,
  };
}
