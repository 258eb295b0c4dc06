import type { Task, TaskDefinition } from '../shapes.js';
import type { Cause } from './cause.js';
import { ruleFor } from './stop-rules.js';

/** The platform's business, not the app's: mentioned, never counted. */
const NOT_THE_APP: Readonly<Record<string, string>> = {
  SpotInterruption: 'AWS took a Spot task back: ECS starts another one.',
  TerminationNotice: 'The machine below was ended: ECS starts another task.',
  InfrastructureHealth: 'The machine below was not well: ECS starts another task.',
  UserInitiated: 'Somebody stopped the task by hand.',
};

/** Undefined when the stop is part of normal life, as scaling in. The definition tells which containers are essential. */
export function explainTask(task: Task, definition?: TaskDefinition): Cause | undefined {
  const stopped = task.stoppedReason ?? '';
  if (/Scaling activity initiated by/i.test(stopped)) return undefined;
  const failing = blame(task, definition);
  const words = [...new Set([stopped, failing?.reason ?? ''])].filter((text) => text !== '');
  const text = words.filter((one) => !words.some((other) => other !== one && other.includes(one))).join(': ');
  const exitCode = failing?.exitCode ?? undefined;
  const subnet = task.attachments
    ?.flatMap((attachment) => attachment.details ?? [])
    .find((detail) => detail.name === 'subnetId')?.value;
  const about = {
    container: failing?.name,
    exitCode,
    taskArn: task.taskArn,
    at: milliseconds(task.stoppedAt ?? task.stoppingAt),
    availabilityZone: task.availabilityZone ?? undefined,
    subnet: subnet ?? undefined,
  };
  const platform = task.stopCode ? NOT_THE_APP[task.stopCode] : undefined;
  if (platform)
    return { ...about, class: 'platform', certainty: 'passing', text: text || (task.stopCode ?? ''), hint: platform };
  const rule = ruleFor(text);
  if (rule) {
    const hint =
      rule.class === 'network' && subnet
        ? rule.hint.replace(/\bthe subnets?\b/i, (found) => `${found} (${subnet})`)
        : rule.hint;
    return { ...about, class: rule.class, certainty: rule.certainty, text, hint };
  }
  if ((exitCode ?? 0) !== 0 || task.stopCode === 'EssentialContainerExited') {
    const hint = exitCode === undefined ? 'A container never started: read its reason.' : exitHint(exitCode);
    return { ...about, class: 'exit', certainty: 'likely', text: text || 'Essential container in task exited', hint };
  }
  if (task.stopCode === 'ServiceSchedulerInitiated' && text === '') return undefined;
  const hint = 'Look at the task in the console and at its logs.';
  return { ...about, class: 'unknown', certainty: 'likely', text: text || 'no reason given', hint };
}

/** AWS JSON has seconds. */
function milliseconds(seconds: number | null | undefined): number | undefined {
  return seconds == null ? undefined : Math.round(seconds * 1000);
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
