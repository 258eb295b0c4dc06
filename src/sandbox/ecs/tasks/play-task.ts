import type { LogStore } from '../../logs.js';
import type { Definition, SandboxTask } from '../state/records.js';
import { endTask, stopTask, writeLines } from '../state/tasks.js';
import type { TaskDriver, Tell } from './driver.js';
import type { TaskPlan } from './task-plan.js';
import { TERMINATED } from './task-plan.js';
import type { Timeline } from './timeline.js';

const PENDING_MS = 1000;
const LINE_MS = 1000;
/** What a program takes to end when it is told to. */
const STOP_MS = 2000;

/** Tasks that only play: each follows its plan by the clock. */
export function createPlayer(timeline: Timeline, logs: LogStore, tell: Tell): TaskDriver {
  const alive = (task: SandboxTask) => task.stopCode === undefined;

  function run(task: SandboxTask, plan: TaskPlan, definition: Definition): void {
    if (!alive(task)) return;
    Object.assign(task, { lastStatus: 'RUNNING', startedAt: timeline.now() });
    for (const [position, lines] of plan.containers.map((one) => one?.logs ?? []).entries())
      for (const [line, text] of lines.entries())
        timeline.after(line * LINE_MS, () => {
          if (alive(task)) write(task, definition, position, [text], { logs, at: timeline.now() });
        });
    tell(task, 'running');
  }

  function end(task: SandboxTask, plan: TaskPlan, definition: Definition): void {
    if (!alive(task)) return;
    endByPlan(task, plan, definition, { logs, at: timeline.now() });
    tell(task, 'ended');
  }

  return {
    start(task, definition, plan) {
      timeline.after(PENDING_MS, () => {
        if (alive(task) && task.lastStatus === 'PROVISIONING') task.lastStatus = 'PENDING';
      });
      if (plan.runs !== undefined) timeline.after(plan.runs, () => run(task, plan, definition));
      if (plan.healthy !== undefined)
        timeline.after(plan.healthy, () => {
          if (!alive(task)) return;
          task.healthy = true;
          tell(task, 'healthy');
        });
      if (plan.stops !== undefined) timeline.after(plan.stops, () => end(task, plan, definition));
    },
    stop(task, stopCode, reason, drainMs) {
      if (!alive(task)) return;
      const ran = task.startedAt !== undefined;
      stopTask(task, stopCode, reason, timeline.now());
      if (ran && drainMs > 0) task.lastStatus = 'DEACTIVATING';
      timeline.after((ran ? drainMs : 0) + STOP_MS, () => {
        if (task.lastStatus === 'STOPPED') return;
        for (const container of task.containers) if (ran) container.exitCode ??= TERMINATED;
        endTask(task, timeline.now());
        tell(task, 'stopped');
      });
    },
  };
}

/** The end that a plan has for a task. The lines that it had no time for come with it. */
export function endByPlan(task: SandboxTask, plan: TaskPlan, definition: Definition, about: Writing): void {
  const { at } = about;
  const ran = task.startedAt;
  const written = ran === undefined ? 0 : Math.ceil((at - ran) / LINE_MS);
  for (const [position, container] of task.containers.entries()) {
    const own = plan.containers[position];
    const exitCode = own ? own.exitCode : ran === undefined ? undefined : plan.usualExit;
    if (exitCode !== undefined) container.exitCode = exitCode;
    if (own?.reason !== undefined) container.reason = own.reason;
    write(task, definition, position, (own?.logs ?? []).slice(plan.runs === undefined ? 0 : written), about);
  }
  if (plan.unhealthy !== undefined) task.unhealthy = plan.unhealthy;
  stopTask(task, plan.stopCode, plan.stoppedReason, at);
  endTask(task, at);
}

interface Writing {
  readonly logs: LogStore;
  readonly at: number;
}

function write(
  task: SandboxTask,
  definition: Definition,
  position: number,
  lines: readonly string[],
  { logs, at }: Writing,
): void {
  const container = definition.containerDefinitions[position];
  if (container && lines.length > 0)
    writeLines(
      logs,
      task,
      container,
      lines.map((text) => ({ at, text })),
    );
}
