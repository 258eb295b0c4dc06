import { imagesOf } from '../operations/service-revisions.js';
import { runningIn, thresholdOf } from '../engine/deployment/service-facts.js';
import { isResolved, containersOf, digestOf } from '../engine/definitions.js';
import type { Cause, Revision, Service, ServiceDeployment, ServiceDeploymentStatus, World } from '../engine/state.js';
import type { Outcome } from '../rollouts/rollout.js';

/** What really happened to a deployment, whatever the API said of it. Times are milliseconds since 1970. */
export interface Truth {
  readonly outcome: Outcome;
  /** Of a failed or stopped one: what ran before runs again. Undefined as long as that is open. */
  readonly rolledBack?: boolean;
  readonly status?: ServiceDeploymentStatus;
  readonly statusReason?: string;
  readonly serviceDeploymentArn?: string;
  /** `ecs-svc/…`, which its tasks name in `startedBy`. */
  readonly deploymentId?: string;
  readonly revisionArn?: string;
  readonly taskDefinition?: string;
  /** By container: what its revision runs, or would. */
  readonly digests: Readonly<Record<string, string>>;
  readonly createdAt?: number;
  /** When ECS gave it up, or was asked to: from then on it cannot succeed. */
  readonly failedAt?: number;
  readonly endedAt?: number;
  readonly endedBy?: ServiceDeployment['endedBy'];
  /** All that went wrong with its tasks until it ended, oldest first. */
  readonly causes: readonly TrueCause[];
  /** The first of those that ECS holds against it. */
  readonly firstCause?: TrueCause;
  readonly breaker?: { readonly status: string; readonly failures: number; readonly threshold: number };
  /** What has running tasks at this moment. */
  readonly serves: readonly {
    readonly taskDefinition: string;
    readonly running: number;
    readonly digests: Readonly<Record<string, string>>;
  }[];
}

export type TrueCause = Omit<Cause, 'deployment'>;

export const NOTHING: Truth = { outcome: 'nothing', digests: {}, causes: [], serves: [] };

/** Deployments made by the tool, oldest first. */
export function oursIn(world: World): readonly { readonly service: Service; readonly deployment: ServiceDeployment }[] {
  return [...world.services.values()].flatMap((service) =>
    service.history.filter((one) => one.by === 'tool').map((deployment) => ({ service, deployment })),
  );
}

export function truthOf(world: World, service: Service, deployment: ServiceDeployment): Truth {
  const { target } = deployment;
  const until = deployment.finishedAt ?? Infinity;
  const causes = world.causes
    .filter((one) => one.deployment === target && one.at <= until)
    .map(({ deployment: _, ...cause }) => cause);
  return {
    ...ending(deployment),
    status: deployment.status,
    statusReason: deployment.statusReason,
    serviceDeploymentArn: deployment.arn,
    deploymentId: target.id,
    revisionArn: target.revision.arn,
    taskDefinition: target.revision.definition.arn,
    digests: digestsOf(world, target.revision),
    createdAt: deployment.createdAt,
    failedAt: deployment.failedAt,
    endedAt: deployment.finishedAt,
    endedBy: deployment.endedBy,
    causes,
    firstCause: causes.find((one) => one.held),
    breaker: {
      status: deployment.breaker,
      failures: deployment.failures,
      threshold: thresholdOf(deployment.configuration, service.desired),
    },
    serves: service.deployments
      .filter((one) => runningIn(one) > 0)
      .map((one) => ({
        taskDefinition: one.revision.definition.arn,
        running: runningIn(one),
        digests: digestsOf(world, one.revision),
      })),
  };
}

function ending({ status, endedBy, stages }: ServiceDeployment): Pick<Truth, 'outcome' | 'rolledBack'> {
  const isBack =
    status === 'ROLLBACK_SUCCESSFUL'
      ? true
      : status.startsWith('ROLLBACK_') && status !== 'ROLLBACK_FAILED'
        ? undefined
        : false;
  if (status === 'SUCCESSFUL') return { outcome: 'succeeded' };
  if (endedBy === 'another') return { outcome: 'superseded' };
  if (endedBy === 'delete') return { outcome: 'deleted' };
  if (endedBy === 'someone') return { outcome: 'stopped', rolledBack: isBack };
  if (endedBy !== undefined) return { outcome: 'failed', rolledBack: isBack };
  const isPaused = stages?.hooks.some((one) => one.status === 'AWAITING_ACTION');
  return { outcome: isPaused ? 'paused' : 'timed out' };
}

/** What ECS runs: tags are resolved for all of them alike, unless the container asks for the opposite. */
function digestsOf(world: World, revision: Revision): Readonly<Record<string, string>> {
  const known = imagesOf(world, revision);
  return Object.fromEntries(
    containersOf(revision.definition).map((container, at) => [
      String(container.name),
      String((isResolved(container) && known[at]?.imageDigest) || digestOf(world, String(container.image))),
    ]),
  );
}

/** Whether a service deployment changes no more by itself. */
export function isEnded(deployment: ServiceDeployment): boolean {
  return deployment.finishedAt !== undefined && deployment.status !== 'STOP_REQUESTED';
}
