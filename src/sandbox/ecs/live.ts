import type { LogStore } from '../logs.js';
import type { World } from '../service.js';
import type { TaskRunner } from '../runners/task-runner.js';
import type { LiveTask } from './live-task.js';
import { startLiveTask } from './live-task.js';
import { addEvent } from './simulate.js';
import type { Definition, EcsState, Rollout, SandboxService, SandboxTask } from './state.js';
import { requireDefinition } from './state.js';
import { addTask, stopTask } from './tasks.js';

/** How long a container without a health check must run before its task counts. ECS waits 40 s; a rehearsal need not. */
const HEALTHY_MS = 500;
const RESTART_MS = 500;
const SCHEDULER = 'ServiceSchedulerInitiated';
/** Of the circuit breaker for one task. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
const THRESHOLD = 3;

export interface Live {
  start(service: SandboxService, rollout: Rollout): void;
  /** Goes back to what ran before. */
  rollBack(service: SandboxService, rollout: Rollout): void;
  runTask(task: SandboxTask, definition: Definition): void;
  /** As a person would; the task of a service is replaced. */
  stopTask(task: SandboxTask, reason: string): void;
  /** Where healthy tasks of a service answer. */
  urls(service: SandboxService): readonly string[];
  stopService(service: SandboxService): Promise<void>;
  close(): Promise<void>;
}

/** Rollouts that really run: tasks are started, watched and replaced; the old ones end when the new are healthy. */
export function createLive(state: EcsState, world: World, logs: LogStore, runner: TaskRunner): Live {
  const begun = new Set<Promise<LiveTask>>();
  const running = new Set<LiveTask>();
  /** Those of services that answer. */
  const healthy = new Set<LiveTask>();
  let closing = false;

  const alive = (rollout: Rollout) =>
    !closing && rollout.finishedAt === undefined && !rollout.status.startsWith('ROLLBACK');

  async function roll(service: SandboxService, rollout: Rollout): Promise<void> {
    rollout.status = 'IN_PROGRESS';
    rollout.stage = 'SCALE_UP';
    await Promise.all(Array.from({ length: service.desiredCount }, () => keepTask(service, rollout)));
    if (!alive(rollout)) return;
    rollout.status = 'SUCCESSFUL';
    rollout.stage = 'CLEAN_UP';
    rollout.finishedAt = world.clock.now();
    addEvent(state, service, `(service ${service.name}) has reached a steady state.`, world.clock.now());
    await Promise.all(
      [...running]
        .filter(({ task }) => isOf(service, task) && task.startedBy !== rollout.id)
        .map((entry) => scaleIn(entry, `Scaling activity initiated by (deployment ${rollout.id})`)),
    );
  }

  /** Resolves when one task is healthy, or when the rollout has ended otherwise. */
  async function keepTask(service: SandboxService, rollout: Rollout): Promise<void> {
    while (alive(rollout)) {
      rollout.pending++;
      const failed = await startTask(service, rollout);
      rollout.pending--;
      if (!failed) {
        rollout.running++;
        return;
      }
      rollout.failures++;
      addEvent(
        state,
        service,
        `(service ${service.name}) (task ${failed.arn.split('/').at(-1) ?? ''}) stopped: ${failed.stoppedReason ?? ''}`,
        world.clock.now(),
      );
      if (
        rollout.failures >= Math.max(THRESHOLD, Math.ceil(service.desiredCount / 2)) &&
        breakerOf(service).enable &&
        alive(rollout)
      ) {
        rollout.reason = 'ECS deployment circuit breaker: tasks failed to start.';
        if (breakerOf(service).rollback) rollBack(service, rollout);
        else {
          rollout.status = 'STOPPED';
          rollout.finishedAt = world.clock.now();
        }
        return;
      }
      await pause(RESTART_MS);
    }
  }

  /** The task when it died before it was healthy. */
  async function startTask(service: SandboxService, rollout: Rollout): Promise<SandboxTask | undefined> {
    const { definition } = requireDefinition(state, rollout.revision.taskDefinition);
    const { taskDefinition, images } = rollout.revision;
    const { name, cluster } = service;
    const from = { cluster, taskDefinition, images, startedBy: rollout.id, service: name };
    const entry = await begin(addTask(state, from, world.clock.now(), 'PROVISIONING'), definition);
    const { task, stopped } = entry;
    await Promise.race([stopped, pause(HEALTHY_MS)]);
    if (task.stopCode !== undefined) {
      await stopped;
      return task;
    }
    if (!alive(rollout)) {
      await entry.stop(SCHEDULER, 'Scaling activity initiated');
      return undefined;
    }
    healthy.add(entry);
    // What dies later is replaced, as ECS would.
    void stopped.then(async () => {
      if (task.stopCode === SCHEDULER || closing) return;
      if (service.rollouts[0] === rollout || service.taskDefinition === task.taskDefinition)
        await startTask(service, rollout);
    });
    return undefined;
  }

  async function begin(task: SandboxTask, definition: Definition): Promise<LiveTask> {
    const starting = startLiveTask(task, definition, { world, logs, runner });
    begun.add(starting);
    const entry = await starting.finally(() => begun.delete(starting));
    running.add(entry);
    void entry.stopped.then(() => {
      running.delete(entry);
      healthy.delete(entry);
    });
    return entry;
  }

  function rollBack(service: SandboxService, rollout: Rollout): void {
    rollout.status = 'ROLLBACK_IN_PROGRESS';
    const mine = [...running].filter(({ task }) => task.startedBy === rollout.id);
    void Promise.all(
      mine.map((entry) => scaleIn(entry, `Scaling activity initiated by (deployment ${rollout.id})`)),
    ).then(() => {
      rollout.running = 0;
      rollout.pending = 0;
      rollout.status = rollout.source ? 'ROLLBACK_SUCCESSFUL' : 'ROLLBACK_FAILED';
      rollout.finishedAt = world.clock.now();
      if (rollout.source) service.taskDefinition = rollout.source.taskDefinition;
    });
  }

  return {
    start(service, rollout) {
      void roll(service, rollout);
    },
    rollBack,
    runTask(task, definition) {
      void begin(task, definition);
    },
    stopTask(task, reason) {
      const entry = [...running].find((one) => one.task === task);
      // One that is still being started ends as soon as it sees that it is to stop.
      if (entry) void entry.stop('UserInitiated', reason);
      else stopTask(task, 'UserInitiated', reason, world.clock.now());
    },
    urls: (service) => [...healthy].filter(({ task }) => isOf(service, task)).flatMap(({ urls }) => urls),
    async stopService(service) {
      for (const rollout of service.rollouts)
        if (alive(rollout)) Object.assign(rollout, { status: 'STOPPED', finishedAt: world.clock.now() });
      const own = [...running].filter(({ task }) => isOf(service, task));
      await Promise.all(own.map((entry) => scaleIn(entry, 'Service was deleted')));
    },
    async close() {
      closing = true;
      const late = await Promise.all(begun);
      await Promise.all([...running, ...late].map((entry) => scaleIn(entry, 'The sandbox ends')));
    },
  };

  function scaleIn(entry: LiveTask, reason: string): Promise<void> {
    healthy.delete(entry);
    return entry.stop(SCHEDULER, reason);
  }
}

function isOf(service: SandboxService, task: SandboxTask): boolean {
  return task.service === service.name && task.cluster === service.cluster;
}

function breakerOf(service: SandboxService): { readonly enable: boolean; readonly rollback: boolean } {
  const { deploymentConfiguration } = service.input as {
    deploymentConfiguration?: { deploymentCircuitBreaker?: { enable: boolean; rollback: boolean } };
  };
  return deploymentConfiguration?.deploymentCircuitBreaker ?? { enable: false, rollback: false };
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
