import type { Scenario, ScenarioEvent, TaskEnd } from '../scenario-shape.js';

export const done = (at: number): ScenarioEvent[] => [
  { at, stage: 'CLEAN_UP' },
  { at, status: 'SUCCESSFUL' },
];

/** A deployment that has begun. */
export const start: ScenarioEvent[] = [
  { at: 0, status: 'PENDING' },
  { at: 1, status: 'IN_PROGRESS', stage: 'SCALE_UP', pending: 1 },
];

/** Tasks that end the same way again and again. */
export function failing(
  name: string,
  claims: string,
  stop: TaskEnd,
  options: { first?: number; every?: number; count?: number } = {},
): Scenario {
  const { first = 12, every = 15, count = 20 } = options;
  const events = Array.from({ length: count }, (_, at): ScenarioEvent => ({
    at: first + at * every,
    stop,
    failures: at + 1,
    pending: 1,
  }));
  return { name, claims, events: [...start, ...events] };
}

export const DOC = 'Amazon ECS developer guide, stopped task error messages';
export const BREAKER = 'Amazon ECS developer guide, deployment circuit breaker';
export const exit1: TaskEnd = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  exitCode: 1,
  logs: ['Server is starting', 'Error: DATABASE_URL is not set'],
};
