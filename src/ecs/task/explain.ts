import type { Task, TaskDefinition } from '../shapes.js';
import { ruleFor } from './stop-rules.js';

/** Why a task died, in a form that people and programs can act on. */
export interface Cause {
  readonly class:
    | 'image'
    | 'secrets'
    | 'start'
    | 'exit'
    | 'memory'
    | 'health'
    | 'network'
    | 'capacity'
    | 'alarm'
    | 'hook'
    | 'stopped'
    | 'unknown';
  /** ECS's own words. */
  readonly text: string;
  readonly container?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly hint: string;
  /** So many tasks must die of it before the deployment is called failed; undefined: never by itself. */
  readonly failAfter: number | undefined;
  /** Tasks that run well speak against it. */
  readonly refutable?: boolean | undefined;
  readonly taskArn?: string | undefined;
}

/** The platform's business, not the app's: mentioned, never counted. */
const NOT_THE_APP = new Set(['SpotInterruption', 'TerminationNotice', 'InfrastructureHealth', 'UserInitiated']);

/** Undefined when the stop is part of normal life, as scaling in. The definition tells which containers are essential. */
export function explainTask(task: Task, definition?: TaskDefinition): Cause | undefined {
  const stopped = task.stoppedReason ?? '';
  if (/Scaling activity initiated by/i.test(stopped)) return undefined;
  const failing = blame(task, definition);
  const words = [...new Set([stopped, failing?.reason ?? ''])].filter((text) => text !== '');
  const text = words.filter((one) => !words.some((other) => other !== one && other.includes(one))).join(': ');
  const about = { container: failing?.name, exitCode: failing?.exitCode ?? undefined, taskArn: task.taskArn };
  if (task.stopCode && NOT_THE_APP.has(task.stopCode)) {
    const hint = 'This was not the app: nothing to do.';
    return { ...about, class: 'stopped', text: text || task.stopCode, hint, failAfter: undefined };
  }
  const rule = ruleFor(text);
  if (rule) {
    const { hint, failAfter, refutable } = rule;
    return { ...about, class: rule.class, text, hint, failAfter, ...(refutable && { refutable }) };
  }
  if ((failing?.exitCode ?? 0) !== 0 || task.stopCode === 'EssentialContainerExited') {
    const exitCode = failing?.exitCode ?? undefined;
    const hint = exitCode === undefined ? 'A container never started: read its reason.' : exitHint(exitCode);
    const said = text || 'Essential container in task exited';
    return { ...about, class: 'exit', text: said, hint, failAfter: 2, refutable: true };
  }
  if (task.stopCode === 'ServiceSchedulerInitiated' && text === '') return undefined;
  const hint = 'Look at the task in the console and at its logs.';
  return { ...about, class: 'unknown', text: text || 'no reason given', hint, failAfter: 3, refutable: true };
}

type Container = Task['containers'][number];

/** The container that ended the task. When one ends, ECS stops the others: they end by 137 or 143 and are not to blame. */
function blame(task: Task, definition: TaskDefinition | undefined): Container | undefined {
  const isEssential = ({ name }: Container) =>
    definition?.containerDefinitions.find((one) => one.name === name)?.essential !== false;
  const essentials = task.containers.filter(isEssential);
  const code = (container: Container) => container.exitCode ?? 0;
  const wasStopped = (container: Container) => code(container) === 137 || code(container) === 143;
  const bySelf = task.stopCode === 'EssentialContainerExited';
  return (
    essentials.find((container) => container.reason) ??
    essentials.find((container) => code(container) !== 0 && !wasStopped(container)) ??
    (bySelf ? essentials.find((container) => container.exitCode === 0) : undefined) ??
    essentials.find((container) => code(container) !== 0) ??
    task.containers.find((container) => container.reason)
  );
}

function exitHint(code: number): string {
  switch (code) {
    case 0:
      return 'The program ended by itself with 0: a service must keep running.';
    case 137:
      return 'SIGKILL: either it did not stop within stopTimeout, or it ran out of memory.';
    case 139:
      return 'It crashed (SIGSEGV): check native modules against the platform and the C library of the base image.';
    case 126:
    case 127:
      return 'The program was not found or may not be run: check entrypoint and command.';
    case 143:
      return 'SIGTERM ended it: somebody stopped it.';
    default:
      return 'Read its last log lines; run the same image with the same variables on your computer.';
  }
}
