import type { LogStore } from '../../logs.js';
import type { Scenario } from '../scenario-shape.js';
import type { DefinitionRecord, ResolvedImage, Rollout, SandboxService } from '../state/records.js';
import type { EcsState } from '../state/state.js';
import type { TaskDriver } from '../tasks/driver.js';
import type { Timeline } from '../tasks/timeline.js';

/** How long ECS takes over things, in milliseconds. A rehearsal that really runs need not wait. */
export interface Pace {
  /** From the call to the first task. */
  readonly begin: number;
  /** Before a task that failed is replaced. */
  readonly restart: number;
  readonly drain: number;
  readonly rollback: number;
}

export const PLAYED: Pace = { begin: 1000, restart: 5000, drain: 2000, rollback: 10_000 };
export const LIVE: Pace = { begin: 0, restart: 500, drain: 0, rollback: 0 };

/** What the parts of the engine share. */
export interface Works {
  readonly state: EcsState;
  readonly timeline: Timeline;
  readonly driver: TaskDriver;
  readonly logs: LogStore;
  readonly pace: Pace;
  /** Lets ECS act on a service as it now is. */
  readonly pump: (service: SandboxService) => void;
  /** Another deployment of the same definition, as if somebody else had asked for it. */
  readonly deployAgain: (service: SandboxService) => void;
}

export interface Beginning {
  readonly definition: DefinitionRecord;
  readonly images: readonly ResolvedImage[];
  readonly scenario: Scenario | undefined;
}

/** The newest one, as long as it has not ended. */
export function inFlight(service: SandboxService): Rollout | undefined {
  const [newest] = service.rollouts;
  return newest?.finishedAt === undefined ? newest : undefined;
}
