import { noteFailure } from './breaker.js';
import { progressRolling } from './rolling.js';
import { activeOf, bounds, healthyIn, inFlight, targetGroupOf, tell } from './service-facts.js';
import { keepsFormer, mayScaleUp, progressStaged } from '../stages/progress.js';
import { leastMissed, startTask, stopTask } from '../tasks.js';
import { eventText, reasonText } from '../wording.js';
import { randomOf } from '../../random.js';
import { record, records } from '../fields.js';
import type { Behaviour } from '../../rollouts/rollout.js';
import type { Deployment, Service, ServiceDeployment, Task, World } from '../state.js';

/**
 * Makes of what runs what is wanted, as far as minimumHealthyPercent and maximumPercent let it, and ends what has come
 * to its end. May be called at any time; called twice it does nothing more.
 */
export function reconcile(world: World, service: Service): void {
  if (service.status !== 'ACTIVE') return wind(world, service);
  for (let round = 0; round < 50; round++) {
    const current = inFlight(service);
    const before = [current?.status, service.primary.id, service.primary.launched, current?.stages?.at].join();
    if (current?.status !== 'ROLLBACK_REQUESTED') launch(world, service, current);
    thin(world, service, current);
    if (current?.stages) progressStaged(world, service, current);
    else if (current) progressRolling(world, service, current);
    const after = [current?.status, service.primary.id, service.primary.launched, current?.stages?.at].join();
    if (before === after) break;
  }
  for (const one of service.deployments) one.listed = isListed(service, one);
  tellSteady(world, service);
}

/** One that has failed stays listed until ECS is back where it was. */
function isListed(service: Service, deployment: Deployment): boolean {
  if (deployment === service.primary || activeOf(deployment).length > 0) return true;
  const last = service.history.at(-1);
  return last?.target === deployment && last.finishedAt === undefined;
}

function launch(world: World, service: Service, current: ServiceDeployment | undefined): void {
  const { primary } = service;
  const isWaiting = current?.status === 'PENDING' || primary.state === 'FAILED' || primary.stalled;
  if (isWaiting || world.now < primary.notBefore || !mayScaleUp(current)) return;
  const active = service.deployments.reduce((sum, one) => sum + activeOf(one).length, 0);
  const room = keepsFormer(current) ? Infinity : bounds(service).most - active;
  const wanted = service.desired - activeOf(primary).length;
  const started: Task[] = [];
  for (let count = Math.min(wanted, room); count > 0; count--) {
    const behaviour = behaviourOf(world, primary);
    if (behaviour.unplaced) {
      refuse(world, service, primary, behaviour);
      break;
    }
    started.push(start(world, service, primary, behaviour));
  }
  if (started.length > 0)
    tell(
      world,
      service,
      eventText.started(
        started.map((one) => one.id),
        0,
      ),
    );
}

function behaviourOf(world: World, deployment: Deployment): Behaviour {
  const n = deployment.launched++;
  const { script } = deployment;
  if (script === undefined) return {};
  if (typeof script === 'function') return script(n, randomOf(world.seed, deployment.id, n));
  return script[Math.min(n, script.length - 1)] ?? {};
}

function start(world: World, service: Service, deployment: Deployment, behaviour: Behaviour): Task {
  const providers = records(service.settings.capacityProviderStrategy);
  const capacityProvider = providers[0] && String(record(providers[0]).capacityProvider);
  const { definition } = deployment.revision;
  return startTask(world, { service, deployment, definition, behaviour, startedBy: deployment.id, capacityProvider });
}

/** No place: the service says so, and tries again later. */
function refuse(world: World, service: Service, deployment: Deployment, behaviour: Behaviour): void {
  const reason = behaviour.unplaced!.reason;
  tell(world, service, eventText.unplaced(reason));
  const { cause = 'capacity' } = behaviour;
  world.causes.push({
    at: world.now,
    class: cause,
    deployment,
    reason: `was unable to place a task${reason}`,
    held: true,
  });
  noteFailure(world, service, deployment, 'launch');
  deployment.notBefore = Math.max(deployment.notBefore, world.now + 30_000);
  world.queue.put(deployment.notBefore, () => world.react.wake(service));
}

/** Stops what is too much: of the former deployments what the new one makes up for, and of the new one a surplus. */
function thin(world: World, service: Service, current: ServiceDeployment | undefined): void {
  const { primary } = service;
  const surplus = activeOf(primary).length - service.desired;
  if (surplus > 0) retire(world, service, leastMissed(primary).slice(0, surplus));
  if (keepsFormer(current)) return;
  const former = service.deployments.filter((one) => one !== primary).flatMap(leastMissed);
  if (former.length === 0) return;
  const { least, most } = bounds(service);
  const grows = most > service.desired;
  const keep = Math.max(0, (grows ? service.desired : least) - healthyIn(primary));
  const isFailed = primary.state === 'FAILED' || primary.stalled;
  const unneeded = Math.max(0, former.length - keep);
  if (unneeded > 0 && !(isFailed && former.length <= service.desired))
    retire(world, service, former.slice(0, unneeded));
  else if (!isFailed && isBlocked(service, former.length, most)) tellBlocked(world, service);
}

function retire(world: World, service: Service, tasks: readonly Task[]): void {
  const group = targetGroupOf(service);
  for (const task of tasks) stopTask(world, task, 'ServiceSchedulerInitiated', reasonText.scaling(service.primary.id));
  const running = tasks.filter((task) => task.runningAt !== undefined);
  if (running.length > 0) tell(world, service, eventText.stopped(running.map((one) => one.id)));
  if (!group || running.length === 0) return;
  const prefix = `(service ${service.name}, taskSet ${running[0]!.deployment?.id}) `;
  tell(world, service, `has begun draining connections on ${running.length} tasks.`, prefix);
  tell(world, service, eventText.deregistered(running.length, group.arn));
}

/** Nothing may be stopped and nothing started, and nothing is going to change that. */
function isBlocked(service: Service, former: number, most: number): boolean {
  const active = activeOf(service.primary).length;
  return active === 0 && service.desired > 0 && former >= most;
}

function tellBlocked(world: World, service: Service): void {
  if (service.blockedTold) return;
  service.blockedTold = true;
  const { primary } = service;
  const reason = eventText.blocked;
  world.causes.push({ at: world.now, class: 'configuration', deployment: primary, reason, held: true });
  tell(world, service, reason);
}

function tellSteady(world: World, service: Service): void {
  const isSteady =
    service.primary.state === 'COMPLETED' &&
    healthyIn(service.primary) >= service.desired &&
    service.deployments.every((one) => one === service.primary || activeOf(one).length === 0);
  if (isSteady && !service.steady) tell(world, service, eventText.steady);
  service.steady = isSteady;
}

/** A deleted service stops its tasks, and is INACTIVE when none is left. */
function wind(world: World, service: Service): void {
  const left = service.deployments.flatMap((one) => [...one.tasks]);
  const { id } = service.primary;
  for (const task of left)
    if (task.wanted === 'RUNNING') stopTask(world, task, 'ServiceSchedulerInitiated', reasonText.scaling(id));
  if (left.length === 0) service.status = 'INACTIVE';
}
