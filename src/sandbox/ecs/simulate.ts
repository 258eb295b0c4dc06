import type { LogStore } from '../logs.js';
import type { World } from '../service.js';
import type { ScenarioEvent, TaskEnd } from './scenario-shape.js';
import type { EcsState, Rollout, SandboxService, SandboxTask } from './state.js';
import { requireDefinition } from './state.js';
import { addTask, endTask, stopTask, writeLines } from './tasks.js';

const DEFAULT_ROLLBACK = { seconds: 10, fails: false };
const MAX_EVENTS = 100;

export interface Simulation {
  /** Lets everything happen that is due by the clock. Called before each answer: the view is a function of script and time. */
  advance(): void;
}

export function createSimulation(
  state: EcsState,
  world: World,
  logs: LogStore,
  deployOther: (service: SandboxService) => void,
): Simulation {
  function advance(): void {
    const now = world.clock.now();
    for (const service of state.services.values()) {
      if (service.status === 'DRAINING' && now >= (service.drainedAt ?? now)) service.status = 'INACTIVE';
      if (service.status !== 'ACTIVE') continue;
      for (const rollout of [...service.rollouts]) advanceRollout(service, rollout, now);
    }
  }

  function advanceRollout(service: SandboxService, rollout: Rollout, now: number): void {
    const events = rollout.scenario?.events ?? [];
    while (rollout.finishedAt === undefined && rollout.rollbackEndsAt === undefined) {
      const event = events[rollout.position];
      if (!event || rollout.createdAt + event.at * 1000 > now) break;
      rollout.position++;
      apply(service, rollout, event, rollout.createdAt + event.at * 1000);
    }
    if (
      rollout.scenario &&
      rollout.rollbackEndsAt !== undefined &&
      now >= rollout.rollbackEndsAt &&
      rollout.finishedAt === undefined
    ) {
      const { fails } = rollout.scenario.rollback ?? DEFAULT_ROLLBACK;
      finish(service, rollout, fails ? 'ROLLBACK_FAILED' : 'ROLLBACK_SUCCESSFUL', rollout.rollbackEndsAt);
    }
  }

  function apply(service: SandboxService, rollout: Rollout, event: ScenarioEvent, at: number): void {
    if (event.stage !== undefined) rollout.stage = event.stage;
    if (event.running !== undefined) rollout.running = event.running;
    if (event.pending !== undefined) rollout.pending = event.pending;
    if (event.failures !== undefined) rollout.failures = event.failures;
    if (event.weight !== undefined) rollout.weight = event.weight;
    if (event.alarm !== undefined) rollout.alarms.push(event.alarm);
    if (event.hook !== undefined) rollout.hooks.push({ ...event.hook });
    if (event.reason !== undefined) rollout.reason = event.reason;
    if (event.event !== undefined) addEvent(state, service, event.event, at);
    for (let count = 0; count < (event.manyEvents ?? 0); count++)
      addEvent(state, service, `(service ${service.name}) has started 1 tasks: (task ${count}).`, at);
    for (let count = 0; event.stop && count < (event.times ?? 1); count++) failTask(service, rollout, event.stop, at);
    if (event.supersede) deployOther(service);
    if (event.status !== undefined && rollout.finishedAt === undefined) {
      if (/^(SUCCESSFUL|STOPPED|ROLLBACK_SUCCESSFUL|ROLLBACK_FAILED)$/.test(event.status))
        finish(service, rollout, event.status, at);
      else rollout.status = event.status;
    }
  }

  function finish(service: SandboxService, rollout: Rollout, status: string, at: number): void {
    rollout.status = status;
    rollout.finishedAt = at;
    if (status === 'SUCCESSFUL') {
      rollout.running = service.desiredCount;
      rollout.pending = 0;
      startTasks(state, service, rollout, at);
      addEvent(state, service, `(service ${service.name}) has reached a steady state.`, at);
    } else if (status.startsWith('ROLLBACK') && rollout.source) {
      service.taskDefinition = rollout.source.taskDefinition;
      rollout.running = 0;
      rollout.pending = 0;
    }
  }

  function failTask(service: SandboxService, rollout: Rollout, end: TaskEnd, at: number): void {
    const task = addServiceTask(state, service, rollout, at - 5000);
    const { definition } = requireDefinition(state, rollout.revision.taskDefinition);
    const [container] = task.containers;
    if (container && end.exitCode !== undefined) container.exitCode = end.exitCode;
    if (container && end.reason !== undefined) container.reason = end.reason;
    stopTask(task, end.stopCode, end.stoppedReason, at);
    endTask(task, at);
    const [first] = definition.containerDefinitions;
    if (first && end.logs)
      writeLines(
        logs,
        task,
        first,
        end.logs.map((text) => ({ at, text })),
      );
  }

  return { advance };
}

/** The tasks that a service runs after a deployment, in place of those it ran before. */
export function startTasks(state: EcsState, service: SandboxService, rollout: Rollout, at: number): void {
  stopTasks(state, service, rollout, at);
  for (let count = 0; count < service.desiredCount; count++) addServiceTask(state, service, rollout, at);
}

/** One task more of a service. */
export function addServiceTask(state: EcsState, service: SandboxService, rollout: Rollout, at: number): SandboxTask {
  const { taskDefinition, images } = rollout.revision;
  const { name, cluster } = service;
  return addTask(state, { cluster, taskDefinition, images, startedBy: rollout.id, service: name }, at, 'RUNNING');
}

/** All tasks of a service but those of one deployment. */
export function stopTasks(state: EcsState, service: SandboxService, keep: Rollout | undefined, at: number): void {
  for (const task of state.tasks.values()) {
    const isOf = task.service === service.name && task.cluster === service.cluster;
    if (!isOf || task.lastStatus === 'STOPPED' || task.startedBy === keep?.id) continue;
    const why = `Scaling activity initiated by (deployment ${(keep ?? service.rollouts[0])?.id ?? ''})`;
    stopTask(task, 'ServiceSchedulerInitiated', why, at);
    endTask(task, at);
  }
}

/** A task that somebody stops; its service starts another. */
export function stopServiceTask(state: EcsState, task: SandboxTask, reason: string, at: number): void {
  stopTask(task, 'UserInitiated', reason, at);
  endTask(task, at);
  const service = state.services.get(`${task.cluster}/${task.service ?? ''}`);
  const rollout = service?.rollouts.find((one) => one.id === task.startedBy);
  if (service && rollout) addServiceTask(state, service, rollout, at);
}

/** ECS keeps a hundred events, newest first. */
export function addEvent(state: EcsState, service: SandboxService, message: string, at: number): void {
  service.events.unshift({ id: state.id(), createdAt: at, message });
  service.events.length = Math.min(service.events.length, MAX_EVENTS);
}
