import type { TaskEnd, TaskFate, TaskScript } from '../scenario-shape.js';

/** How a played task goes, in milliseconds after it was started. */
export interface TaskPlan {
  /** Never, when left out. */
  readonly runs?: number | undefined;
  readonly healthy?: number | undefined;
  readonly stops?: number | undefined;
  readonly stopCode: string;
  readonly stoppedReason: string;
  /** By position in the task definition. */
  readonly containers: readonly (Pick<TaskEnd, 'exitCode' | 'reason' | 'logs'> | undefined)[];
  /** How those end that the list leaves out, when they ran. */
  readonly usualExit: number;
  /** What its load balancer says of it. */
  readonly unhealthy?: string | undefined;
}

/** A program that does not heed SIGTERM dies of it. */
export const TERMINATED = 143;
const RUNS_S = 7;
const HEALTHY_S = 4;
const USUAL: TaskScript = { runs: 3, stops: 8 };

/** Of a task of a service. */
export function planOfFate(fate: TaskFate = { runs: RUNS_S }): TaskPlan {
  const { runs = fate.stops === undefined ? RUNS_S : undefined, stops, end } = fate;
  const usual = runs === undefined || stops !== undefined ? undefined : runs + HEALTHY_S;
  return {
    runs: ms(runs),
    healthy: ms(fate.healthy ?? usual),
    stops: ms(stops),
    stopCode: end?.stopCode ?? 'EssentialContainerExited',
    stoppedReason: end?.stoppedReason ?? 'Essential container in task exited',
    containers: [end ?? { exitCode: 0 }],
    usualExit: TERMINATED,
    unhealthy: end?.unhealthy,
  };
}

/** Of a one-off task. */
export function planOfScript(script: TaskScript = USUAL): TaskPlan {
  return {
    runs: ms(script.runs),
    stops: script.stops * 1000,
    stopCode: script.stopCode ?? 'EssentialContainerExited',
    stoppedReason: script.stoppedReason ?? 'Essential container in task exited',
    containers: script.containers ?? [],
    usualExit: 0,
  };
}

function ms(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
