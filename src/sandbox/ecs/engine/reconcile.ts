import { aliveTasks, tasksOf } from '../state/find.js';
import type { Deployment, SandboxService, SandboxTask } from '../state/records.js';
import { addTask } from '../state/tasks.js';
import { currentConfiguration, limitsOf, targetGroupsOf } from './configuration.js';
import { addEvent, addEventOnce, nameTasks } from './service-events.js';
import { planOfFate } from '../tasks/task-plan.js';
import { fateOf } from '../script/fate.js';
import type { Works } from './works.js';
import { inFlight } from './works.js';

const RETRY_PLACE_MS = 10_000;
const BLOCKED =
  'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.';

/** Starts and stops tasks, so that the service comes nearer to what it should run. */
export function reconcile(works: Works, service: SandboxService): void {
  const { state, timeline } = works;
  const [primary, ...others] = service.deployments;
  const rollout = inFlight(service);
  if (service.status !== 'ACTIVE' || !primary || (rollout?.scripted && !rollout.rollback)) return;
  const alive = aliveTasks(state, service);
  const mine = alive.filter((task) => task.startedBy === primary.id);
  const old = alive.filter((task) => task.startedBy !== primary.id);
  const { least, most } = limitsOf(service);
  const side = isSideBySide(service);
  const wanted = service.desiredCount - mine.length;
  const room = side ? wanted : Math.max(0, most - alive.length);
  const waits = rollout !== undefined && !rollout.rollback && !hasScaleUpBegun(rollout.stage);
  const mayStart = primary.state !== 'FAILED' && !waits;
  const started =
    mayStart && timeline.now() >= primary.nextStartAt ? start(works, service, primary, Math.min(wanted, room)) : 0;

  // Of the old ones go those that are replaced, and those that take the place of new ones.
  const replaced = mine.length + started >= service.desiredCount ? old.length : Math.max(0, wanted - room);
  const healthy = alive.filter((task) => task.healthy).length;
  if (mayStart && old.length > 0 && (!side || rollout?.stage === 'CLEAN_UP')) {
    const stopped = stopSome(works, service, old, { most: replaced, spare: healthy - least });
    if (wanted > 0 && room === 0 && stopped === 0 && healthy === alive.length)
      addEventOnce(state, service, BLOCKED, timeline.now());
  }
  if (wanted < 0) stopSome(works, service, [...mine].reverse(), { most: -wanted, spare: Infinity });
  service.deployments = [primary, ...others.filter((one) => isListed(works, service, one))];
}

/** Both revisions run in full until the old one is cleaned up. */
function isSideBySide(service: SandboxService): boolean {
  const rollout = inFlight(service);
  return rollout !== undefined && !rollout.rollback && currentConfiguration(service).strategy !== 'ROLLING';
}

function hasScaleUpBegun(stage: string | undefined): boolean {
  return stage !== undefined && stage !== 'RECONCILE_SERVICE' && stage !== 'PRE_SCALE_UP';
}

/** A deployment is listed while it has tasks; the one that is rolled back, until that is over. */
function isListed(works: Works, service: SandboxService, deployment: Deployment): boolean {
  const has = tasksOf(works.state, service).some(
    (task) => task.startedBy === deployment.id && task.lastStatus !== 'STOPPED',
  );
  return has || inFlight(service)?.deployment === deployment;
}

/** How many were started. */
function start(works: Works, service: SandboxService, deployment: Deployment, count: number): number {
  const { state, timeline, driver } = works;
  const now = timeline.now();
  const record = state.definitions.get(deployment.revision.taskDefinition.split('/').at(-1) ?? '');
  if (!record) return 0;
  const started: SandboxTask[] = [];
  while (started.length < count) {
    const fate = fateOf(service, deployment);
    if (fate?.unplaced !== undefined) {
      addEventOnce(state, service, `was unable to place a task. Reason: ${fate.unplaced}`, now);
      deployment.failedTasks++;
      deployment.nextStartAt = now + RETRY_PLACE_MS;
      timeline.after(RETRY_PLACE_MS, () => works.pump(service));
      break;
    }
    const { taskDefinition, images } = deployment.revision;
    const { name, cluster } = service;
    const task = addTask(state, { cluster, taskDefinition, images, startedBy: deployment.id, service: name }, now);
    started.push(task);
    driver.start(task, record.definition, planOfFate(fate));
  }
  if (started.length > 0) addEvent(state, service, `has started ${started.length} tasks: ${nameTasks(started)}.`, now);
  return started.length;
}

/** Those that do not run well go first; none that is protected, and not more healthy ones than can be spared. How many were stopped. */
function stopSome(
  works: Works,
  service: SandboxService,
  tasks: readonly SandboxTask[],
  limits: { readonly most: number; readonly spare: number },
): number {
  const { state, timeline } = works;
  const now = timeline.now();
  const open = tasks.filter((task) => (task.protectedUntil ?? 0) <= now);
  const [primary] = service.deployments;
  if (open.length < Math.min(tasks.length, limits.most)) {
    const kept = `(reason ${tasks.length - open.length} tasks under protection)`;
    const set = `(taskSet ${tasks[0]?.startedBy ?? ''})`;
    const why = `was unable to reach steady state because ${set} was unable to scale in due to ${kept}`;
    addEventOnce(state, service, why, now);
  }
  const order = [...open].sort((a, b) => Number(a.healthy ?? false) - Number(b.healthy ?? false));
  let { spare } = limits;
  const chosen: SandboxTask[] = [];
  for (const task of order) {
    if (chosen.length >= limits.most || (task.healthy && spare < 1)) break;
    if (task.healthy) spare--;
    chosen.push(task);
  }
  drain(works, service, chosen, `Scaling activity initiated by (deployment ${primary?.id ?? ''})`);
  return chosen.length;
}

/** Takes running tasks out of service, as ECS tells of it. */
export function drain(works: Works, service: SandboxService, tasks: readonly SandboxTask[], reason: string): void {
  if (tasks.length === 0) return;
  const { state, timeline, driver, pace } = works;
  const seconds = service.rollouts[0]?.scenario?.drains;
  const drainMs = seconds === undefined || pace.drain === 0 ? 0 : Math.max(0, seconds * 1000 - pace.drain);
  const now = timeline.now();
  const running = tasks.filter((task) => task.startedAt !== undefined);
  const pending = tasks.length - running.length;
  if (running.length > 0) {
    for (const group of targetGroupsOf(service))
      addEvent(state, service, `deregistered ${running.length} targets in (target-group ${group})`, now);
    if (targetGroupsOf(service).length > 0)
      addEvent(state, service, `has begun draining connections on ${running.length} tasks.`, now);
    addEvent(state, service, `has stopped ${running.length} running tasks: ${nameTasks(running)}.`, now);
  }
  if (pending > 0) addEvent(state, service, `stopped ${pending} pending tasks.`, now);
  for (const task of tasks) driver.stop(task, 'ServiceSchedulerInitiated', reason, drainMs);
}
