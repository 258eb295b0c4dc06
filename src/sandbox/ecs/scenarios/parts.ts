import type { Scenario, TaskEnd, TaskFate } from '../scenario-shape.js';

export const DOC = 'Amazon ECS developer guide, stopped task error messages';
export const BREAKER = 'Amazon ECS developer guide, deployment circuit breaker';
export const API = 'Amazon ECS API reference';

export const exit1: TaskEnd = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  exitCode: 1,
  logs: ['Server is starting', 'Error: DATABASE_URL is not set'],
};

/** RUNNING, and gone before it counts: in neither stage of the circuit breaker. */
export const crash: TaskFate = { runs: 5, stops: 9, end: exit1 };

/** Gone before it was seen RUNNING: a failure for the circuit breaker. */
export const quickCrash: TaskFate = { stops: 5, end: exit1 };

/** One that never starts. */
export function unstartable(stoppedReason: string, seconds = 11): TaskFate {
  return { stops: seconds, end: { stopCode: 'TaskFailedToStart', stoppedReason } };
}

/** One that runs and is found unhealthy. */
export function unhealthy(stoppedReason: string, reason?: string): TaskFate {
  return {
    runs: 5,
    stops: 11,
    end: { stopCode: 'ServiceSchedulerInitiated', stoppedReason, ...(reason !== undefined && { unhealthy: reason }) },
  };
}

/** Every task goes the same way. */
export function always(name: string, claims: string, fate: TaskFate, more: Partial<Scenario> = {}): Scenario {
  return { name, claims, events: [], tasks: [fate], ...more };
}

/** The first task goes this way, and all after it well. */
export function once(name: string, claims: string, fate: TaskFate): Scenario {
  return { name, claims, events: [], tasks: [fate, {}] };
}

export function breaker(
  rollback: boolean,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { deploymentCircuitBreaker: { enable: true, rollback, ...more } };
}
