import type { Deployment, SandboxService, SandboxTask } from '../state/records.js';
import { lastPart, listOf } from '../state/state.js';
import { breakerOf, targetGroupsOf, thresholdOf } from './configuration.js';
import type { TaskNews } from '../tasks/driver.js';
import { fail } from './endings.js';
import { addEvent, addEventOnce } from './service-events.js';
import type { Works } from './works.js';
import { inFlight } from './works.js';

const UNHEALTHY = /^Task failed (ELB|container) health checks/;
const IMPAIRED =
  'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html */
const PATIENCE = 3;
const MAX_WAIT_MS = 60_000;

/** What a service makes of the fate of one of its tasks. */
export function hear(works: Works, service: SandboxService, task: SandboxTask, news: TaskNews): void {
  const deployment = service.rollouts.find((one) => one.deployment.id === task.startedBy)?.deployment;
  if (!deployment) return;
  if (news === 'running') hearRunning(works, service, deployment);
  else if (news === 'healthy') hearHealthy(service, deployment);
  else if (news === 'ended') hearEnd(works, service, deployment, task);
}

function hearRunning({ state, timeline }: Works, service: SandboxService, deployment: Deployment): void {
  deployment.hasRun = true;
  deployment.failedTasks = 0;
  for (const group of targetGroupsOf(service))
    addEvent(state, service, `registered 1 targets in (target-group ${group})`, timeline.now());
}

function hearHealthy(service: SandboxService, deployment: Deployment): void {
  deployment.failedInARow = 0;
  const rollout = inFlight(service);
  if (rollout?.deployment !== deployment || rollout.tripped || rollout.rollback) return;
  if (breakerOf(rollout.configuration).resetOnHealthyTask !== false) rollout.failures = 0;
}

function hearEnd(works: Works, service: SandboxService, deployment: Deployment, task: SandboxTask): void {
  const { state, timeline, pace, pump } = works;
  const now = timeline.now();
  tellUnhealthy(works, service, task);
  const platform = /^(SpotInterruption|TerminationNotice|UserInitiated)$/.test(task.stopCode ?? '');
  if (platform) return;
  deployment.failedInARow++;
  if (deployment.failedInARow === PATIENCE) addEventOnce(state, service, IMPAIRED, now);
  const patience = Math.max(0, deployment.failedInARow - PATIENCE);
  const wait = Math.min(pace.restart * 2 ** patience, Math.max(pace.restart, MAX_WAIT_MS));
  deployment.nextStartAt = Math.max(deployment.nextStartAt, now + wait);
  timeline.after(wait, () => pump(service));
  if (isCounted(deployment, task)) count(works, service, deployment);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html: first who never runs, then who is not healthy. A container that starts and then exits is in neither stage. */
function isCounted(deployment: Deployment, task: SandboxTask): boolean {
  if (UNHEALTHY.test(task.stoppedReason ?? '')) return true;
  return task.startedAt === undefined && !deployment.hasRun;
}

function count(works: Works, service: SandboxService, deployment: Deployment): void {
  deployment.failedTasks++;
  const rollout = inFlight(service);
  if (!rollout || rollout.deployment !== deployment || rollout.rollback) return;
  rollout.failures++;
  const breaker = breakerOf(rollout.configuration);
  if (!breaker.enable || rollout.configuration.strategy !== 'ROLLING') return;
  if (rollout.failures < thresholdOf(breaker, service.desiredCount)) return;
  rollout.tripped = true;
  fail(works, service, rollout, {
    because: 'the circuit breaker threshold was exceeded.',
    state: 'ECS deployment circuit breaker: tasks failed to start.',
    event: 'tasks failed to start.',
    rollback: breaker.rollback,
    stalls: true,
  });
}

/** What the service says before it stops a task that is not healthy. */
function tellUnhealthy({ state, timeline }: Works, service: SandboxService, task: SandboxTask): void {
  const [, by] = UNHEALTHY.exec(task.stoppedReason ?? '') ?? [];
  if (by === undefined) return;
  const about = `(task ${lastPart(task.arn)})`;
  if (by === 'container') {
    addEvent(state, service, `${about} failed container health checks.`, timeline.now());
    return;
  }
  const group = /\((target-group [^)]+)\)/.exec(task.stoppedReason ?? '')?.[1] ?? '';
  const [balancer] = listOf(service.input.loadBalancers) as { containerPort?: number }[];
  const port = balancer?.containerPort ?? 80;
  const why = task.unhealthy ?? 'Health checks failed with these codes: [502]';
  addEvent(
    state,
    service,
    `${about} (port ${port}) is unhealthy in (${group}) due to (reason ${why}).`,
    timeline.now(),
  );
}
