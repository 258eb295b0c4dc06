import { fail, isRollbackOn, conclude } from './endings.js';
import { record } from '../fields.js';
import { inFlight, runningIn, tell, thresholdOf } from './service-facts.js';
import { eventText, statusText } from '../wording.js';
import type { Deployment, Service, World } from '../state.js';

/** From here on the service is said to be impaired, and waits longer between attempts. */
const PATIENCE = 3;
const LONGEST_WAIT = 27 * 60;

/** A task that never ran, or that its checks have given up: what the circuit breaker counts. */
export function noteFailure(world: World, service: Service, deployment: Deployment, kind: 'launch' | 'health'): void {
  if (kind === 'launch') holdBack(world, service, deployment);
  if (runningIn(deployment) === 0) deployment.failedTasks += 1;
  deployment.updatedAt = world.now;
  const current = inFlight(service);
  if (!current) return;
  const watched = current.status === 'ROLLBACK_IN_PROGRESS' ? current.rollback?.to : current.target;
  if (
    watched !== deployment ||
    current.breaker === 'DISABLED' ||
    deployment.stalled ||
    current.status === 'ROLLBACK_REQUESTED'
  )
    return;
  current.updatedAt = world.now;
  const threshold = thresholdOf(current.configuration, service.desired);
  if (current.status === 'ROLLBACK_IN_PROGRESS') {
    current.rollbackFailures += 1;
    if (current.rollbackFailures < threshold) return;
    deployment.state = 'FAILED';
    return conclude(world, current, 'ROLLBACK_FAILED', statusText.rollbackBreaker);
  }
  current.failures += 1;
  if (current.failures < threshold) return;
  current.breaker = 'TRIGGERED';
  const rollback = isRollbackOn(current.configuration, 'deploymentCircuitBreaker');
  fail(world, service, current, {
    by: 'breaker',
    rollback,
    reason: rollback ? statusText.breakerRolledBack : statusText.breakerStopped,
    told: 'tasks failed to start',
  });
}

/** A task that is healthy sets the count to 0, unless the service says that it does not. */
export function noteHealthy(service: Service, deployment: Deployment): void {
  deployment.failedTasks = 0;
  const current = inFlight(service);
  if (!current) return;
  const watched = current.status === 'ROLLBACK_IN_PROGRESS' ? current.rollback?.to : current.target;
  const { resetOnHealthyTask = true } = record(current.configuration.deploymentCircuitBreaker);
  if (watched !== deployment || resetOnHealthyTask !== true) return;
  if (current.status === 'ROLLBACK_IN_PROGRESS') current.rollbackFailures = 0;
  else current.failures = 0;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html */
function holdBack(world: World, service: Service, deployment: Deployment): void {
  deployment.launchFailuresInARow += 1;
  const beyond = Math.max(0, deployment.launchFailuresInARow - PATIENCE);
  const wait = Math.min(LONGEST_WAIT, world.pace.retry * 2 ** beyond);
  deployment.notBefore = Math.max(deployment.notBefore, world.now + wait * 1000);
  if (deployment.launchFailuresInARow === PATIENCE) tell(world, service, eventText.impaired);
}
