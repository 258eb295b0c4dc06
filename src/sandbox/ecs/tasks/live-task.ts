import type { LogStore } from '../../logs.js';
import type { ContainerSpec, RunningContainer, TaskRunner } from '../../runners/task-runner.js';
import type { Setting } from '../../service.js';
import type { ContainerOverride, Definition, SandboxTask } from '../state/records.js';
import { endTask, stopTask, writeLines } from '../state/tasks.js';

/** A task whose containers really run. */
export interface LiveTask {
  readonly task: SandboxTask;
  /** Loopback addresses of its mapped ports. */
  readonly urls: readonly string[];
  /** Resolves when all its containers have ended, by themselves or not. */
  readonly stopped: Promise<void>;
  stop(stopCode: string, reason: string): Promise<void>;
}

/** Starts the containers of a task: they all run when it resolves. It ends with the first essential one, or with the last. */
export async function startLiveTask(
  task: SandboxTask,
  definition: Definition,
  parts: { readonly setting: Setting; readonly logs: LogStore; readonly runner: TaskRunner },
): Promise<LiveTask> {
  const { setting, logs, runner } = parts;
  const running: RunningContainer[] = [];
  const exits: Promise<void>[] = [];
  let stopping: Promise<void> | undefined;
  let resolveStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (resolveStopped = resolve));

  async function endAll(): Promise<void> {
    await Promise.all(running.map((one) => one.stop()));
    await launched;
    // One more may have been on its way.
    await Promise.all(running.map((one) => one.stop()));
    await Promise.all(exits);
    endTask(task, setting.clock.now());
    resolveStopped();
  }
  function stop(stopCode: string, reason: string): Promise<void> {
    stopTask(task, stopCode, reason, setting.clock.now());
    return (stopping ??= endAll());
  }

  async function watch(container: RunningContainer, at: number, essential: boolean): Promise<void> {
    const { exitCode, reason } = await container.exited;
    const own = task.containers[at];
    if (own) Object.assign(own, { exitCode, ...(reason !== undefined && { reason }) });
    const last = task.containers.every((one) => one.exitCode !== undefined);
    if (essential || last) void stop('EssentialContainerExited', 'Essential container in task exited');
  }

  async function launch(at: number, container: Definition['containerDefinitions'][number]): Promise<void> {
    const override = task.overrides?.containerOverrides?.find((one) => one.name === container.name);
    const spec = specOf(container, task.containers[at]?.imageDigest, override);
    const started = await runner.start(spec, (text) =>
      writeLines(logs, task, container, [{ at: setting.clock.now(), text }]),
    );
    if ('reason' in started) {
      void stop('TaskFailedToStart', started.reason);
      return;
    }
    running.push(started);
    exits.push(watch(started, at, container.essential !== false));
  }

  task.lastStatus = 'PENDING';
  const launched = (async () => {
    for (const [at, container] of definition.containerDefinitions.entries()) {
      // An earlier one has ended, or somebody has stopped the task.
      if (task.stopCode === undefined) await launch(at, container);
    }
  })();
  await launched;
  if (task.stopCode !== undefined) void stop(task.stopCode, '');
  return { task, urls: running.flatMap((one) => one.url ?? []), stopped, stop };
}

/** What is run of a container definition, with what RunTask says otherwise. */
function specOf(
  container: Readonly<Record<string, unknown>>,
  digest: string | undefined,
  override: ContainerOverride | undefined,
): ContainerSpec {
  const image = String(container.image);
  const environment = [
    ...((container.environment as { name: string; value?: string }[] | undefined) ?? []),
    ...(override?.environment ?? []),
  ];
  const mappings = (container.portMappings as { containerPort: number }[] | undefined) ?? [];
  return {
    name: String(container.name),
    image: digest && !image.includes('@') ? `${image.replace(/:[^:/]+$/, '')}@${digest}` : image,
    env: Object.fromEntries(environment.map(({ name, value }) => [name, value ?? ''])),
    entryPoint: container.entryPoint as string[] | undefined,
    command: override?.command ?? (container.command as string[] | undefined),
    workingDirectory: container.workingDirectory as string | undefined,
    user: container.user as string | undefined,
    ports: mappings.map((mapping) => mapping.containerPort),
    stopTimeoutMs: Number(container.stopTimeout ?? 30) * 1000,
  };
}
