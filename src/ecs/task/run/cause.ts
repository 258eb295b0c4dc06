import type { Task, TaskDefinition } from '../../shapes.js';
import type { Cause } from '../cause.js';
import { explainTask } from '../explain.js';
import type { TaskEnd } from './decide.js';

/** Why a one-off task did not end well: as of a service's task, but nobody starts another one. */
export function causeOfRun(task: Task, definition: TaskDefinition, end: Exclude<TaskEnd, { is: 'passed' }>): Cause {
  const known = explainTask(task, definition) ?? {
    class: 'unknown',
    certainty: 'likely',
    text: task.stoppedReason ?? 'ECS gives no reason',
    hint: '',
    taskArn: task.taskArn,
  };
  switch (end.is) {
    case 'failed':
      if (end.early) return ofContainer(known, end, `${end.container} ended first, and so ECS stopped the others`);
      return known.container === end.container ? withOwnHint(known) : withOwnHint(ofContainer(known, end, undefined));
    case 'not-started': {
      const hint = known.class === 'exit' || known.hint === '' ? NEVER_STARTED : known.hint;
      return { ...known, container: known.container ?? end.container, exitCode: undefined, hint };
    }
    case 'stopped':
      return { ...known, container: undefined, exitCode: undefined, hint: STOPPED[task.stopCode ?? ''] ?? RUN_AGAIN };
  }
}

const RUN_AGAIN = 'Run it again: what it has done by then is done.';
const NEVER_STARTED = 'The container never started: look at the task in the console, and at what it depends on.';

const STOPPED: Readonly<Record<string, string>> = {
  UserInitiated: 'Somebody called StopTask: CloudTrail names them. What the task has done by then is done.',
  SpotInterruption: 'AWS took the Spot task back: run it again, on Fargate without Spot with --launch-type FARGATE.',
};

type Failed = Extract<TaskEnd, { is: 'failed' }>;

function ofContainer(cause: Cause, { container, exitCode }: Failed, text: string | undefined): Cause {
  const words = text ?? 'The container exited';
  return { ...cause, class: 'exit', certainty: 'likely', text: words, container, exitCode, hint: HINT };
}

const HINT = 'Read its last log lines; run the same image with the same variables on your computer.';

/** What is said of a service that ends by itself is not said of a task. */
function withOwnHint(cause: Cause): Cause {
  return cause.exitCode === 0 ? { ...cause, hint: HINT } : cause;
}
