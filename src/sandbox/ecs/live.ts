import type { LogStore } from '../logs.js';
import type { World } from '../service.js';
import type { ContainerSpec, RunningContainer, TaskRunner } from '../task-runner.js';
import { addEvent } from './simulate.js';
import type { EcsState, Rollout, SandboxService, SandboxTask } from './state.js';
import { requireDefinition } from './state.js';

/** How long a container without a health check must run before its task counts. ECS waits 40 s; a rehearsal need not. */
const HEALTHY_MS = 500;
const RESTART_MS = 500;
/** Of the circuit breaker for one task. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
const THRESHOLD = 3;

export interface Live {
  start(service: SandboxService, rollout: Rollout): void;
  /** Goes back to what ran before. */
  rollBack(service: SandboxService, rollout: Rollout): void;
  /** Where healthy tasks of a service answer. */
  urls(service: SandboxService): readonly string[];
  stopService(service: SandboxService): Promise<void>;
  close(): Promise<void>;
}

/** Rollouts that really run: tasks are started, watched and replaced; the old ones end when the new are healthy. */
export function createLive(state: EcsState, world: World, logs: LogStore, runner: TaskRunner): Live {
  const running = new Map<
    string,
    { readonly task: SandboxTask; readonly containers: RunningContainer[]; healthy: boolean }
  >();
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
      [...running.values()]
        .filter(({ task }) => isOf(service, task) && task.startedBy !== rollout.id)
        .map(({ task }) => stopTask(task, `Scaling activity initiated by (deployment ${rollout.id})`)),
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
    const id = state.id();
    const task: SandboxTask = {
      arn: state.arn(`task/${service.cluster}/${id}`),
      taskDefinition: rollout.revision.taskDefinition,
      startedBy: rollout.id,
      service: service.name,
      cluster: service.cluster,
      createdAt: world.clock.now(),
      containers: rollout.revision.images.map((image) => ({
        name: image.containerName,
        image: image.image,
        imageDigest: image.imageDigest,
      })),
      lastStatus: 'PENDING',
    };
    state.tasks.set(task.arn, task);
    const containers: RunningContainer[] = [];
    for (const [at, container] of definition.containerDefinitions.entries()) {
      const spec = specOf(container, rollout.revision.images[at]?.imageDigest);
      const started = await runner.start(spec, (text) =>
        logs.writeTask(container, id, [{ at: world.clock.now(), text }]),
      );
      if ('reason' in started) {
        await Promise.all(containers.map((one) => one.stop()));
        return end(task, 'TaskFailedToStart', started.reason);
      }
      containers.push(started);
      void started.exited.then(({ exitCode, reason }) => {
        const own = task.containers[at];
        if (own) {
          own.exitCode = exitCode;
          if (reason !== undefined) own.reason = reason;
        }
      });
    }
    const entry = { task, containers, healthy: false };
    running.set(task.arn, entry);
    const ended = await Promise.race([Promise.race(containers.map((one) => one.exited)), pause(HEALTHY_MS)]);
    if (ended !== undefined) return died(entry);
    if (!alive(rollout)) {
      await stopTask(task, 'Scaling activity initiated');
      return undefined;
    }
    task.lastStatus = 'RUNNING';
    entry.healthy = true;
    // What dies later is replaced, as ECS would.
    void Promise.race(containers.map((one) => one.exited)).then(async () => {
      if (task.lastStatus === 'STOPPED' || closing) return;
      await died(entry);
      if (service.rollouts[0] === rollout || service.taskDefinition === task.taskDefinition)
        await startTask(service, rollout);
    });
    return undefined;
  }

  async function died(entry: {
    readonly task: SandboxTask;
    readonly containers: readonly RunningContainer[];
  }): Promise<SandboxTask> {
    running.delete(entry.task.arn);
    await Promise.all(entry.containers.map((one) => one.stop()));
    return end(entry.task, 'EssentialContainerExited', 'Essential container in task exited');
  }

  function end(task: SandboxTask, stopCode: string, reason: string): SandboxTask {
    return Object.assign(task, {
      lastStatus: 'STOPPED',
      stopCode,
      stoppedReason: reason,
      stoppedAt: world.clock.now(),
    });
  }

  async function stopTask(task: SandboxTask, reason: string): Promise<void> {
    const entry = running.get(task.arn);
    running.delete(task.arn);
    end(task, 'ServiceSchedulerInitiated', reason);
    await Promise.all(entry?.containers.map((one) => one.stop()) ?? []);
  }

  function rollBack(service: SandboxService, rollout: Rollout): void {
    rollout.status = 'ROLLBACK_IN_PROGRESS';
    const mine = [...running.values()].filter(({ task }) => task.startedBy === rollout.id);
    void Promise.all(
      mine.map(({ task }) => stopTask(task, `Scaling activity initiated by (deployment ${rollout.id})`)),
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
    urls: (service) =>
      [...running.values()]
        .filter(({ task, healthy }) => healthy && isOf(service, task))
        .flatMap(({ containers }) => containers.flatMap((one) => one.url ?? [])),
    async stopService(service) {
      await Promise.all(
        [...running.values()]
          .filter(({ task }) => isOf(service, task))
          .map(({ task }) => stopTask(task, 'Service was deleted')),
      );
    },
    async close() {
      closing = true;
      await Promise.all([...running.values()].map(({ task }) => stopTask(task, 'The sandbox ends')));
    },
  };
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

export function specOf(container: Readonly<Record<string, unknown>>, digest: string | undefined): ContainerSpec {
  const image = String(container.image);
  const environment = (container.environment as { name: string; value?: string }[] | undefined) ?? [];
  const mappings = (container.portMappings as { containerPort: number }[] | undefined) ?? [];
  return {
    name: String(container.name),
    image: digest && !image.includes('@') ? `${image.replace(/:[^:/]+$/, '')}@${digest}` : image,
    env: Object.fromEntries(environment.map(({ name, value }) => [name, value ?? ''])),
    entryPoint: container.entryPoint as string[] | undefined,
    command: container.command as string[] | undefined,
    workingDirectory: container.workingDirectory as string | undefined,
    user: container.user as string | undefined,
    ports: mappings.map((mapping) => mapping.containerPort),
    stopTimeoutMs: Number(container.stopTimeout ?? 30) * 1000,
  };
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
