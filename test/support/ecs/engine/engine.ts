import { noteFailure, noteHealthy } from './deployment/breaker.js';
import { eventQueue } from './event-queue.js';
import { namesOf } from './names.js';
import { reconcile } from './deployment/scheduler.js';
import { setUp } from './set-up.js';
import { targetGroupOf, tell } from './deployment/service-facts.js';
import { culprit, sicknessOf, stopTask } from './tasks.js';
import { eventText } from './wording.js';
import type { Pace, Rollout } from '../rollouts/rollout.js';
import type { CauseClass } from '../rollouts/cause-class.js';
import type { Service, Task, World } from './state.js';

const PACE: Pace = {
  pending: 0.1,
  launch: 3,
  retry: 8,
  stop: 6,
  drain: 20,
  requested: 1.5,
  settle: 4,
  rollback: 20,
  shift: 10,
  alarmBake: 120,
};

/** What takes a running task away that is not its own doing; ECS does not hold it against the deployment. */
const OUTSIDE: Readonly<Record<string, CauseClass>> = {
  SpotInterruption: 'spot',
  TerminationNotice: 'host',
  InfrastructureHealth: 'host',
  UserInitiated: 'stopped-by-hand',
};

/** ECS without an API: a world that is taken to a time and then is what it would be. */
export function openWorld(rollout: Rollout, seed: string, start: number): World {
  const world: World = {
    now: start,
    version: 0,
    start,
    seed,
    rollout,
    pace: { ...PACE, ...rollout.pace },
    names: namesOf(seed, 'production'),
    queue: eventQueue(),
    definitions: new Map(),
    services: new Map(),
    tasks: new Map(),
    causes: [],
    oursSoFar: 0,
    runsSoFar: 0,
    runTokens: new Map(),
    react: {
      ran: (task) => onRunning(world, task),
      counted(task) {
        if (task.deployment && task.service) noteHealthy(task.service, task.deployment);
        wake(world, task.service);
      },
      sick: (task) => onSick(world, task),
      ended: (task) => onEnded(world, task),
      gone: (task) => wake(world, task.service),
      wake: (service) => wake(world, service),
    },
  };
  setUp(world);
  return world;
}

/** Lets everything happen that is due until then. */
export function advance(world: World, to: number): void {
  for (let next = world.queue.nextAt(); next !== undefined && next <= to; next = world.queue.nextAt()) {
    const event = world.queue.take()!;
    world.now = Math.max(world.now, event.at);
    world.version += 1;
    event.run();
  }
  world.now = Math.max(world.now, to);
}

function wake(world: World, service: Service | undefined): void {
  if (service) reconcile(world, service);
}

function onRunning(world: World, task: Task): void {
  const { service, deployment } = task;
  if (!service || !deployment) return;
  deployment.launchFailuresInARow = 0;
  deployment.updatedAt = world.now;
  const group = targetGroupOf(service);
  if (group) tell(world, service, eventText.registered(1, group.arn));
  wake(world, service);
}

function onSick(world: World, task: Task): void {
  const { service, deployment } = task;
  if (!service || !deployment) return;
  const reason = sicknessOf(service, task);
  stopTask(world, task, 'ServiceSchedulerInitiated', reason);
  tell(world, service, eventText.stopped([task.id]));
  const fallback = reason.includes('ELB') ? 'target-health' : 'container-health';
  note(world, task, task.behaviour.cause ?? fallback, true);
  noteFailure(world, service, deployment, 'health');
  wake(world, service);
}

function onEnded(world: World, task: Task): void {
  const { service, deployment } = task;
  const neverRan = task.runningAt === undefined;
  const outside = OUTSIDE[task.stopCode ?? ''];
  note(world, task, outside ?? task.behaviour.cause ?? 'exited', outside === undefined);
  if (!service || !deployment) return;
  if (neverRan && task.behaviour.cause !== undefined) tellUnplaced(world, service, task);
  if (neverRan) noteFailure(world, service, deployment, 'launch');
  deployment.notBefore = Math.max(deployment.notBefore, world.now + 2_000);
  world.queue.put(deployment.notBefore, () => wake(world, service));
  wake(world, service);
}

/** A task that could not be made ready is told in the words of one for which there was no place. */
function tellUnplaced(world: World, service: Service, task: Task): void {
  if (task.stopCode !== 'TaskFailedToStart') return;
  tell(world, service, eventText.unplaced(`. Reason: ${task.stoppedReason}.`));
}

function note(world: World, task: Task, found: CauseClass, held: boolean): void {
  const { name, exitCode, reason } = culprit(task);
  world.causes.push({
    at: world.now,
    class: found,
    deployment: task.deployment,
    reason: reason ?? task.stoppedReason ?? '',
    stopCode: task.stopCode,
    taskArn: task.arn,
    container: name,
    exitCode,
    held,
  });
}
