import type { LogStore } from '../../logs.js';
import type { TaskRunner } from '../../runners/task-runner.js';
import type { Setting } from '../../service.js';
import type { TaskDriver, Tell } from './driver.js';
import type { Definition, SandboxService, SandboxTask } from '../state/records.js';
import { stopTask } from '../state/tasks.js';
import type { LiveTask } from './live-task.js';
import { startLiveTask } from './live-task.js';

/** How long the task of a service must be up before it counts. ECS waits 40 s; a rehearsal need not. */
const HEALTHY_MS = 500;

export interface LiveDriver extends TaskDriver {
  /** Where healthy tasks of a service answer. */
  urls(service: SandboxService): readonly string[];
  close(): Promise<void>;
}

/** Tasks whose containers really run. */
export function createLiveDriver(
  parts: { readonly setting: Setting; readonly logs: LogStore; readonly runner: TaskRunner },
  tell: Tell,
): LiveDriver {
  const { clock } = parts.setting;
  const begun = new Set<Promise<LiveTask>>();
  const running = new Map<SandboxTask, LiveTask>();
  const healthy = new Set<SandboxTask>();
  /** Those that were asked to stop. */
  const told = new WeakSet<SandboxTask>();
  let closing = false;

  async function watch(task: SandboxTask, starting: Promise<LiveTask>): Promise<void> {
    begun.add(starting);
    const entry = await starting.finally(() => begun.delete(starting));
    running.set(task, entry);
    const ended = entry.stopped.then(() => {
      running.delete(task);
      healthy.delete(task);
    });
    // The task of a service counts when it has stayed up; one that dies before that never ran.
    if (task.service !== undefined) await Promise.race([ended, pause(HEALTHY_MS)]);
    if (task.stopCode === undefined) {
      Object.assign(task, { lastStatus: 'RUNNING', startedAt: clock.now(), healthy: true });
      healthy.add(task);
      if (!closing) tell(task, 'running');
      if (!closing) tell(task, 'healthy');
    }
    await ended;
    if (!closing) tell(task, told.has(task) ? 'stopped' : 'ended');
  }

  return {
    start(task, definition: Definition) {
      void watch(task, startLiveTask(task, definition, parts));
    },
    stop(task, stopCode, reason) {
      if (task.stopCode !== undefined) return;
      told.add(task);
      healthy.delete(task);
      const entry = running.get(task);
      // One that is still being started ends as soon as it sees that it is to stop.
      if (entry) void entry.stop(stopCode, reason);
      else stopTask(task, stopCode, reason, clock.now());
    },
    urls: (service) =>
      [...healthy]
        .filter((task) => task.service === service.name && task.cluster === service.cluster)
        .flatMap((task) => running.get(task)?.urls ?? []),
    async close() {
      closing = true;
      healthy.clear();
      const late = await Promise.all(begun);
      const all = new Set([...running.values(), ...late]);
      await Promise.all([...all].map((entry) => entry.stop('ServiceSchedulerInitiated', 'The sandbox ends')));
    },
  };
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
