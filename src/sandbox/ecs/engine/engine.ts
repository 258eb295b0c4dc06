import type { LogStore } from '../../logs.js';
import { aliveTasks, tasksOf } from '../state/find.js';
import type { Rollout, SandboxService, SandboxTask } from '../state/records.js';
import type { EcsState } from '../state/state.js';
import { begin, getGoing } from './begin.js';
import type { TaskDriver, Tell } from '../tasks/driver.js';
import { abandon, complete, turnBack } from './endings.js';
import { hear } from './failures.js';
import { progress } from './progress.js';
import { drain, reconcile } from './reconcile.js';
import { follow } from '../script/script.js';
import { setStatus } from '../script/scripted.js';
import { addTask } from '../state/tasks.js';
import type { Timeline } from '../tasks/timeline.js';
import type { Beginning, Pace, Works } from './works.js';

/** As long as ECS gives a task to stop by itself, when its definition says nothing. */
const DELETE_MS = 30_000;

/** What ECS does with services by itself. */
export interface Engine {
  /** What the tasks' driver tells. */
  readonly tell: Tell;
  deploy(service: SandboxService, beginning: Beginning): Rollout;
  /** The same, in the past: all of it runs already. */
  establish(service: SandboxService, beginning: Beginning): Rollout;
  /** After a change of what the service should be. */
  settle(service: SandboxService): void;
  /** StopServiceDeployment. */
  turnBack(service: SandboxService, rollout: Rollout, reason: string): void;
  /** A hook that waited has been told to go on. */
  goOn(service: SandboxService, rollout: Rollout): void;
  stopTask(task: SandboxTask, reason: string): void;
  remove(service: SandboxService): void;
}

export function createEngine(parts: {
  readonly state: EcsState;
  readonly timeline: Timeline;
  readonly pace: Pace;
  readonly logs: LogStore;
  readonly driver: (tell: Tell) => TaskDriver;
  readonly deployAgain: (service: SandboxService) => void;
}): Engine {
  const { state, timeline, pace, logs, deployAgain } = parts;
  const heard = new Set<SandboxService>();
  const tell: Tell = (task, news) => {
    const service = state.services.get(`${task.cluster}/${task.service ?? ''}`);
    if (!service) return;
    hear(works, service, task, news);
    // What is told at the same time is acted on at once.
    if (heard.has(service)) return;
    heard.add(service);
    timeline.after(0, () => {
      heard.delete(service);
      pump(service);
    });
  };
  const works: Works = { state, timeline, pace, logs, deployAgain, driver: parts.driver(tell), pump };

  function pump(service: SandboxService): void {
    do reconcile(works, service);
    while (progress(works, service));
    const gone = tasksOf(state, service).every((task) => task.lastStatus === 'STOPPED');
    if (service.status !== 'DRAINING' || !gone || timeline.now() < (service.drainsUntil ?? 0)) return;
    service.status = 'INACTIVE';
    service.deployments = [];
  }

  function remove(service: SandboxService): void {
    service.desiredCount = 0;
    for (const rollout of service.rollouts) abandon(works, rollout);
    const tasks = aliveTasks(state, service);
    drain(works, service, tasks, `Scaling activity initiated by (deployment ${service.deployments[0]?.id ?? ''})`);
    service.status = 'DRAINING';
    service.drainsUntil = timeline.now() + (tasks.length === 0 || pace.drain === 0 ? 0 : DELETE_MS);
    timeline.at(service.drainsUntil, () => pump(service));
    pump(service);
  }

  return {
    tell,
    deploy(service, beginning) {
      const rollout = begin(works, service, beginning);
      follow(works, service, rollout, () => remove(service));
      getGoing(works, service, rollout);
      return rollout;
    },
    establish(service, beginning) {
      const rollout = begin(works, service, { ...beginning, scenario: undefined });
      const now = timeline.now();
      const { taskDefinition, images } = rollout.deployment.revision;
      const { name, cluster } = service;
      for (let count = 0; count < service.desiredCount; count++) {
        const from = { cluster, taskDefinition, images, startedBy: rollout.deployment.id, service: name };
        Object.assign(addTask(state, from, now), { lastStatus: 'RUNNING', startedAt: now, healthy: true });
      }
      Object.assign(rollout, { startedAt: now, stage: 'CLEAN_UP' });
      rollout.deployment.hasRun = true;
      complete(works, service, rollout);
      return rollout;
    },
    settle: pump,
    turnBack(service, rollout, reason) {
      turnBack(works, service, rollout, reason);
      pump(service);
    },
    goOn(service, rollout) {
      if (rollout.scripted) setStatus(works, service, rollout, 'SUCCESSFUL');
      pump(service);
    },
    stopTask(task, reason) {
      works.driver.stop(task, 'UserInitiated', reason, 0);
      const service = state.services.get(`${task.cluster}/${task.service ?? ''}`);
      if (service) pump(service);
    },
    remove,
  };
}
