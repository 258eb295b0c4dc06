import type { LogStore } from '../logs.js';
import type { World } from '../service.js';
import type { TaskScript } from './scenario-shape.js';
import type { Definition, SandboxTask } from './state.js';
import { endTask, stopTask, writeLines } from './tasks.js';

const USUAL: TaskScript = { runs: 3, stops: 8 };
/** A program that does not heed SIGTERM dies of it. */
const TERMINATED = 143;
const STOP_MS = 2000;

interface Running {
  readonly task: SandboxTask;
  readonly definition: Definition;
  readonly script: TaskScript;
  /** Lines that each container has written. */
  readonly written: number[];
  /** When StopTask takes effect. */
  stopsAt?: number;
}

export interface OneOffScripts {
  begin(task: SandboxTask, definition: Definition, script: TaskScript | undefined): void;
  /** Lets everything happen that is due by the clock. */
  advance(): void;
  /** False when the task is none of these. */
  stop(task: SandboxTask, reason: string): boolean;
}

/** Tasks of RunTask that follow a script by the clock. */
export function createOneOffScripts(world: World, logs: LogStore): OneOffScripts {
  const running = new Map<string, Running>();

  function advanceTask(entry: Running, now: number): void {
    const { task, script, stopsAt } = entry;
    const { createdAt } = task;
    const runsAt = script.runs === undefined ? Infinity : createdAt + script.runs * 1000;
    const endsAt = stopsAt ?? createdAt + script.stops * 1000;
    if (now >= createdAt + 1000 && task.lastStatus === 'PROVISIONING') task.lastStatus = 'PENDING';
    if (task.startedAt === undefined && runsAt <= Math.min(now, endsAt)) {
      task.lastStatus = 'RUNNING';
      task.startedAt = runsAt;
    }
    const untilEnd = stopsAt === undefined && now >= endsAt;
    for (const [at, lines] of (script.containers ?? []).map((one) => one.logs ?? []).entries()) {
      // One line a second, and the rest with its end.
      const due = lines.flatMap((text, line) =>
        task.startedAt !== undefined && (runsAt + line * 1000 <= now || untilEnd)
          ? [{ at: Math.min(runsAt + line * 1000, endsAt), text }]
          : [],
      );
      const container = entry.definition.containerDefinitions[at];
      if (container) writeLines(logs, task, container, due.slice(entry.written[at] ?? 0));
      entry.written[at] = due.length;
    }
    if (now < endsAt) return;
    for (const [at, container] of task.containers.entries()) {
      const scripted = stopsAt === undefined ? script.containers?.[at] : { exitCode: TERMINATED };
      const exitCode = scripted ? scripted.exitCode : 0;
      if (exitCode !== undefined && task.startedAt !== undefined) container.exitCode = exitCode;
      if (scripted && 'reason' in scripted) container.reason = scripted.reason;
    }
    const { stopCode = 'EssentialContainerExited', stoppedReason = 'Essential container in task exited' } = script;
    stopTask(task, stopCode, stoppedReason, endsAt);
    endTask(task, endsAt);
    running.delete(task.arn);
  }

  return {
    begin(task, definition, script = USUAL) {
      running.set(task.arn, { task, definition, script, written: [] });
    },
    advance() {
      for (const entry of [...running.values()]) advanceTask(entry, world.clock.now());
    },
    stop(task, reason) {
      const entry = running.get(task.arn);
      if (!entry) return false;
      stopTask(task, 'UserInitiated', reason, world.clock.now());
      entry.stopsAt = world.clock.now() + STOP_MS;
      return true;
    },
  };
}
