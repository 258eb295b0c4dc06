import { record } from '../fields.js';
import { activeOf, tell } from './service-facts.js';
import { stopTask } from '../tasks.js';
import { eventText, reasonText, statusText } from '../wording.js';
import type { Deployment, Service, ServiceDeployment, World } from '../state.js';

/** What makes ECS give a deployment up, and whether it then goes back. */
export interface Failure {
  readonly by: NonNullable<ServiceDeployment['endedBy']>;
  readonly rollback: boolean;
  readonly reason: string;
  /** Of the event. */
  readonly told?: string;
}

/** The deployment has failed: ECS starts no more of its tasks, and goes back if it is told to and can. */
export function fail(world: World, service: Service, deployment: ServiceDeployment, failure: Failure): void {
  const { target } = deployment;
  deployment.endedBy = failure.by;
  deployment.failedAt = world.now;
  target.state = 'FAILED';
  target.reason =
    failure.by === 'alarm' ? reasonText.alarm : failure.by === 'breaker' ? reasonText.breaker : reasonText.failed;
  target.updatedAt = world.now;
  if (failure.told) tell(world, service, eventText.failed(target.id, failure.told));
  if (failure.rollback) return rollBack(world, service, deployment, failure.reason);
  conclude(world, deployment, 'STOPPED', failure.reason);
  deployment.stoppedAt = world.now;
}

/**
 * Back to the latest deployment in the state COMPLETED, which thereby is IN_PROGRESS under its old id; where there is
 * none the rollback fails.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function rollBack(world: World, service: Service, deployment: ServiceDeployment, reason: string): void {
  const { target } = deployment;
  const to = candidate(service, target);
  deployment.rollback = { reason, startedAt: world.now, to };
  deployment.bakeSince = undefined;
  if (deployment.stages) Object.assign(deployment.stages.weights, { production: 0, test: 0 });
  if (!to && world.rollout.withoutCandidate === 'stalls') {
    target.stalled = true;
    deployment.updatedAt = world.now;
    return;
  }
  if (!to) {
    if (target.state === 'IN_PROGRESS') target.state = 'FAILED';
    return conclude(world, deployment, 'ROLLBACK_FAILED', statusText.noCandidate);
  }
  deployment.status = 'ROLLBACK_IN_PROGRESS';
  deployment.statusReason = reason;
  deployment.updatedAt = world.now;
  if (target.state === 'IN_PROGRESS') Object.assign(target, { state: 'FAILED', reason: reasonText.failed });
  Object.assign(to, {
    state: 'IN_PROGRESS',
    reason: reasonText.rollingBack(to.id),
    listed: true,
    updatedAt: world.now,
  });
  to.notBefore = world.now + world.pace.launch * 1000;
  to.launchFailuresInARow = 0;
  world.queue.put(to.notBefore, () => world.react.wake(service));
  service.primary = to;
  service.steady = false;
  tell(world, service, eventText.rollingBack(to.id));
  for (const task of activeOf(target))
    if (!task.counted) stopTask(world, task, 'ServiceSchedulerInitiated', reasonText.scaling(to.id));
}

function candidate(service: Service, failed: Deployment): Deployment | undefined {
  return service.deployments
    .filter((one) => one !== failed && one.state === 'COMPLETED')
    .sort((one, other) => (other.completedAt ?? 0) - (one.completedAt ?? 0))[0];
}

export function conclude(
  world: World,
  deployment: ServiceDeployment,
  status: ServiceDeployment['status'],
  reason: string | undefined,
): void {
  deployment.status = status;
  deployment.statusReason = reason;
  deployment.finishedAt = world.now;
  deployment.updatedAt = world.now;
  if (deployment.breaker === 'MONITORING') deployment.breaker = 'MONITORING_COMPLETE';
}

/** All is as it should be: a deployment is done, or the way back is. */
export function complete(world: World, service: Service, deployment: ServiceDeployment): void {
  const { rollback } = deployment;
  const served = rollback?.to ?? deployment.target;
  served.state = 'COMPLETED';
  served.reason = reasonText.completed(served.id);
  served.completedAt = world.now;
  served.updatedAt = world.now;
  tell(world, service, eventText.completed(served.id));
  if (rollback) conclude(world, deployment, 'ROLLBACK_SUCCESSFUL', deployment.statusReason);
  else conclude(world, deployment, 'SUCCESSFUL', undefined);
  if (!rollback && deployment.stages) deployment.stages.weights.production = 100;
}

/** Another one takes over. One that was on its way back stays what it is until then: failed. */
export function supersede(world: World, deployment: ServiceDeployment): void {
  deployment.status = 'STOP_REQUESTED';
  deployment.endedBy ??= 'another';
  deployment.updatedAt = world.now;
  if (deployment.breaker === 'MONITORING') deployment.breaker = 'MONITORING_COMPLETE';
  world.queue.put(world.now + world.pace.requested * 1000, () => {
    conclude(world, deployment, 'STOPPED', statusText.replaced);
    deployment.stoppedAt = world.now;
  });
}

/** What `StopServiceDeployment` asks for. */
export function requestRollback(
  world: World,
  service: Service,
  deployment: ServiceDeployment,
  by: 'tool' | 'someone',
): void {
  deployment.status = 'ROLLBACK_REQUESTED';
  deployment.endedBy = by;
  deployment.failedAt = world.now;
  deployment.updatedAt = world.now;
  world.queue.put(world.now + world.pace.requested * 1000, () => {
    if (deployment.status !== 'ROLLBACK_REQUESTED') return;
    rollBack(world, service, deployment, statusText.userRolledBack);
    world.react.wake(service);
  });
}

export function isRollbackOn(configuration: unknown, what: 'deploymentCircuitBreaker' | 'alarms'): boolean {
  return record(record(configuration)[what]).rollback === true;
}
