import { aliveTasks, isInFlight } from '../state/find.js';
import type { Deployment, Rollout, SandboxService } from '../state/records.js';
import { drain } from './reconcile.js';
import { addEvent } from './service-events.js';
import type { Works } from './works.js';

/** What is said when a service has nothing that it could go back to. */
const NO_CANDIDATE = 'No rollback candidate was found to run the rollback.';

/** Done: what was asked for runs. */
export function complete(works: Works, service: SandboxService, rollout: Rollout): void {
  finish(works, rollout, 'SUCCESSFUL');
  completeDeployment(works, service, rollout.deployment);
}

/** A failure that ECS has seen by itself. Without a rollback the deployment stands still, and its tasks with it. */
export function fail(
  works: Works,
  service: SandboxService,
  rollout: Rollout,
  failure: {
    /** As `the circuit breaker threshold was exceeded.` */
    readonly because: string;
    /** What DescribeServices says of the deployment, and the event. */
    readonly state: string;
    readonly event: string;
    readonly rollback: boolean;
    /** With nothing to go back to, it neither ends nor goes on. */
    readonly stalls?: boolean;
  },
): void {
  if (!isInFlight(rollout) || rollout.rollback) return;
  const { state, timeline } = works;
  const { deployment } = rollout;
  failDeployment(works, deployment, failure.state);
  addEvent(state, service, `(deployment ${deployment.id}) deployment failed: ${failure.event}`, timeline.now());
  const starting = aliveTasks(state, service, deployment).filter((task) => task.startedAt === undefined);
  drain(works, service, starting, `Scaling activity initiated by (deployment ${deployment.id})`);
  if (!failure.rollback) {
    rollout.reason = `Service deployment failed because ${failure.because}`;
    rollout.stoppedAt = timeline.now();
    finish(works, rollout, 'STOPPED');
  } else if (rollout.candidate) {
    rollBack(works, service, rollout, `Service deployment rolled back because ${failure.because}`);
  } else if (!failure.stalls) {
    rollout.reason = NO_CANDIDATE;
    finish(works, rollout, 'ROLLBACK_FAILED');
  }
}

/** StopServiceDeployment, and a hook that is told to roll back. */
export function turnBack(works: Works, service: SandboxService, rollout: Rollout, reason: string): void {
  if (!isInFlight(rollout) || rollout.rollback) return;
  failDeployment(works, rollout.deployment, reason);
  if (rollout.candidate) {
    rollBack(works, service, rollout, reason, 'ROLLBACK_REQUESTED');
    return;
  }
  rollout.reason = NO_CANDIDATE;
  finish(works, rollout, 'ROLLBACK_FAILED');
}

/** The deployment that was COMPLETED becomes PRIMARY again, and is IN_PROGRESS until all of it runs. Only what is asked for is REQUESTED before. */
function rollBack(
  works: Works,
  service: SandboxService,
  rollout: Rollout,
  reason: string,
  status: 'ROLLBACK_REQUESTED' | 'ROLLBACK_IN_PROGRESS' = 'ROLLBACK_IN_PROGRESS',
): void {
  const { state, timeline, pace, pump } = works;
  const now = timeline.now();
  const back = rollout.candidate;
  if (!back) return;
  Object.assign(rollout, { status, reason, rollback: { reason, startedAt: now }, updatedAt: now });
  Object.assign(back, { state: 'IN_PROGRESS', stateReason: `ECS deployment ${back.id} in progress.`, updatedAt: now });
  service.deployments = [back, ...service.deployments.filter((one) => one !== back)];
  service.taskDefinition = back.revision.taskDefinition;
  addEvent(state, service, `rolling back to deployment ${back.id}.`, now);
  timeline.after(pace.begin, () => {
    if (rollout.status === 'ROLLBACK_REQUESTED') rollout.status = 'ROLLBACK_IN_PROGRESS';
    pump(service);
  });
  timeline.at(rollbackEnds(works, rollout), () => pump(service));
}

/** Not before that it ends, however fast its tasks are. */
export function rollbackEnds({ pace }: Works, rollout: Rollout): number {
  const { rollback, events = [] } = rollout.scenario ?? {};
  const said = events.find(({ status }) => status === 'ROLLBACK_SUCCESSFUL' || status === 'ROLLBACK_FAILED');
  if (said) return rollout.createdAt + said.at * 1000;
  const lasts = pace.rollback === 0 || !rollback ? pace.rollback : rollback.seconds * 1000;
  return (rollout.rollback?.startedAt ?? 0) + lasts;
}

export function endRollback(works: Works, service: SandboxService, rollout: Rollout, status: string): void {
  const { candidate } = rollout;
  finish(works, rollout, status);
  if (status === 'ROLLBACK_SUCCESSFUL' && candidate) completeDeployment(works, service, candidate);
  else if (candidate) failDeployment(works, candidate, 'ECS deployment circuit breaker: tasks failed to start.');
}

/** Somebody has asked for another deployment. */
export function supersede(works: Works, rollout: Rollout): void {
  if (!isInFlight(rollout)) return;
  rollout.reason = 'Replaced by a new service deployment.';
  rollout.stoppedAt = works.timeline.now();
  finish(works, rollout, 'STOPPED');
}

/** The service is going. */
export function abandon(works: Works, rollout: Rollout): void {
  if (!isInFlight(rollout)) return;
  rollout.reason = 'Service deployment stopped because the service was deleted.';
  rollout.stoppedAt = works.timeline.now();
  finish(works, rollout, 'STOPPED');
}

export function finish({ timeline }: Works, rollout: Rollout, status: string): void {
  Object.assign(rollout, { status, finishedAt: timeline.now(), updatedAt: timeline.now() });
}

function completeDeployment({ state, timeline }: Works, service: SandboxService, deployment: Deployment): void {
  const now = timeline.now();
  const stateReason = `ECS deployment ${deployment.id} completed.`;
  Object.assign(deployment, { state: 'COMPLETED', stateReason, updatedAt: now, failedTasks: 0, failedInARow: 0 });
  addEvent(state, service, `(deployment ${deployment.id}) deployment completed.`, now);
  addEvent(state, service, 'has reached a steady state.', now);
}

function failDeployment({ timeline }: Works, deployment: Deployment, stateReason: string): void {
  Object.assign(deployment, { state: 'FAILED', stateReason, updatedAt: timeline.now() });
}
