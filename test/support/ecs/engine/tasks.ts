import { checksOf, containersOf } from './definitions.js';
import { record } from './fields.js';
import { activeOf, tell, targetGroupOf } from './deployment/service-facts.js';
import { eventText, reasonText } from './wording.js';
import { randomOf } from '../random.js';
import type { Behaviour, End } from '../rollouts/rollout.js';
import type { Definition, Deployment, Service, Task, World } from './state.js';

/** From RUNNING to counted, where there is no check at all: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
const WITHOUT_CHECKS = 40;

interface Start {
  readonly service?: Service;
  readonly deployment?: Deployment;
  readonly definition: Definition;
  readonly behaviour: Behaviour;
  readonly startedBy?: string;
  readonly capacityProvider?: string;
}

/** Starts a task and puts on the queue all that it will do if nobody stops it. */
export function startTask(world: World, start: Start): Task {
  const id = world.names.taskId();
  const random = randomOf(world.seed, 'place', id);
  const zone = random.pick(['a', 'b', 'c']);
  const task: Task = {
    id,
    arn: world.names.taskArn(id),
    ...start,
    createdAt: world.now,
    place: {
      zone: `${world.names.region}${zone}`,
      subnet: `subnet-0${zone.repeat(3)}${random.hex(13)}`,
      address: `10.0.${random.int(0, 255)}.${random.int(4, 254)}`,
      eni: `eni-0${random.hex(16)}`,
    },
    health: 'UNKNOWN',
    counted: false,
    wanted: 'RUNNING',
    exits: [],
  };
  world.tasks.set(task.arn, task);
  start.deployment?.tasks.add(task);
  const { end, runsAfter = 25 } = start.behaviour;
  // No two tasks are ready in the same moment.
  const spread = random.int(0, 20) / 10;
  if (end?.beforeRunning) later(world, task, end.after + spread, () => endTask(world, task, end));
  else later(world, task, runsAfter + spread, () => run(world, task));
  return task;
}

function later(world: World, task: Task, after: number, run: () => void): void {
  world.queue.put(world.now + after * 1000, () => {
    if (task.wanted === 'RUNNING') run();
  });
}

function run(world: World, task: Task): void {
  const { behaviour, deployment, service } = task;
  task.runningAt = world.now;
  if (deployment) deployment.revision.pulledAt ??= world.now;
  const { end } = behaviour;
  if (end) later(world, task, end.after, () => endTask(world, task, end));
  if (deployment && service) watch(world, service, task, deployment);
  world.react.ran(task);
}

/** When the scheduler counts the task, and when it gives it up. */
function watch(world: World, service: Service, task: Task, deployment: Deployment): void {
  const { healthyAfter = 15, sickAfter, sick } = task.behaviour;
  const checks = checksOf(deployment.revision);
  const hasChecks = checks.container || checks.target;
  if (!hasChecks || healthyAfter !== 'never') {
    const after = hasChecks ? Number(healthyAfter) : WITHOUT_CHECKS;
    later(world, task, after, () => {
      if (task.health === 'UNHEALTHY') return;
      task.counted = true;
      if (checks.container) task.health = 'HEALTHY';
      world.react.counted(task);
    });
  }
  if (!hasChecks || (healthyAfter !== 'never' && sickAfter === undefined)) return;
  const grace = Number(service.settings.healthCheckGracePeriodSeconds ?? 0);
  const check = sick?.check ?? (checks.target ? 'load balancer' : 'container');
  later(world, task, Math.max(sickAfter ?? 90, grace), () => {
    task.counted = false;
    if (check === 'container') task.health = 'UNHEALTHY';
    tellSickness(world, service, task, check);
    world.react.sick(task);
  });
}

function tellSickness(world: World, service: Service, task: Task, check: 'container' | 'load balancer'): void {
  const group = targetGroupOf(service);
  if (check === 'container' || !group) return tell(world, service, eventText.containerUnhealthy(task.id));
  const reason = task.behaviour.sick?.reason ?? 'Health checks failed';
  tell(world, service, eventText.targetUnhealthy(task.id, group.port, group.arn, reason));
}

/** The words with which the scheduler stops a task whose checks fail. */
export function sicknessOf(service: Service, task: Task): string {
  const group = targetGroupOf(service);
  const check = task.behaviour.sick?.check ?? (group ? 'load balancer' : 'container');
  return check === 'container' || !group ? reasonText.containerHealth : reasonText.targetHealth(group.arn);
}

/** Ends it as its script says. */
export function endTask(world: World, task: Task, end: End): void {
  stop(world, task, end.stopCode, end.reason);
  task.exits = containersOf(task.definition).map((_, at) => end.containers?.[at] ?? without(task));
  world.react.ended(task);
}

/** Somebody, or the scheduler, stops it: its containers get a signal and end with 0. */
export function stopTask(world: World, task: Task, stopCode: string, reason: string): void {
  stop(world, task, stopCode, reason);
  task.exits = containersOf(task.definition).map(() => without(task));
}

function without(task: Task): { exitCode?: number } {
  return task.runningAt === undefined ? {} : { exitCode: 0 };
}

function stop(world: World, task: Task, stopCode: string, reason: string): void {
  task.wanted = 'STOPPED';
  task.counted = false;
  task.stoppingAt = world.now;
  task.stopCode = stopCode;
  task.stoppedReason = reason;
  const drains = stopCode === 'ServiceSchedulerInitiated' && task.runningAt !== undefined && task.service;
  const drain = drains && targetGroupOf(drains) ? world.pace.drain : 0;
  world.queue.put(world.now + ((task.behaviour.stopsIn ?? drain) + world.pace.stop) * 1000, () => {
    task.stoppedAt = world.now;
    task.deployment?.tasks.delete(task);
    world.react.gone(task);
  });
}

/** Between the stages of its start and of its end a task goes through these. */
export function lastStatusOf(world: World, task: Task): string {
  if (task.stoppedAt !== undefined) return 'STOPPED';
  if (task.stoppingAt !== undefined) {
    const left = world.now - task.stoppingAt;
    if (task.runningAt === undefined) return 'DEPROVISIONING';
    const draining = task.service && targetGroupOf(task.service) ? 'DEACTIVATING' : 'STOPPING';
    return left < (task.behaviour.stopsIn ?? 0) * 1000 + (world.pace.stop * 1000) / 2 ? draining : 'DEPROVISIONING';
  }
  if (task.runningAt !== undefined) return 'RUNNING';
  const waited = (world.now - task.createdAt) / 1000 / (task.behaviour.runsAfter ?? 25);
  return waited < 0.3 ? 'PROVISIONING' : waited < 0.9 ? 'PENDING' : 'ACTIVATING';
}

/** The newest tasks of a deployment first, and of these the ones that are not healthy. */
export function leastMissed(deployment: Deployment): Task[] {
  return activeOf(deployment).sort(
    (one, other) => Number(one.counted) - Number(other.counted) || other.createdAt - one.createdAt,
  );
}

/** Position, name and exit of the container that tells why a task ended. */
export function culprit(task: Task): { readonly name?: string; readonly exitCode?: number; readonly reason?: string } {
  const containers = containersOf(task.definition);
  const isTelling = (exit: { exitCode?: number; reason?: string }) =>
    exit.reason !== undefined || (exit.exitCode ?? 0) !== 0;
  const at = Math.max(0, task.exits.findIndex(isTelling));
  return { name: record(containers[at]).name as string | undefined, ...task.exits[at] };
}
