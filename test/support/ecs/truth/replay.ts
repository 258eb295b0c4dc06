import { advance, openWorld } from '../engine/engine.js';
import { EcsFault } from '../engine/fault.js';
import { operations } from '../operations/all.js';
import type { World } from '../engine/state.js';
import type { Rollout } from '../rollouts/rollout.js';
import type { JournalEntry } from './journal.js';

/** A change as it was made. */
export interface Change extends Pick<JournalEntry, 'at' | 'service' | 'operation' | 'input'> {
  /** How many deployments the tool had made after it. */
  readonly ours: number;
}

export interface Beginning {
  readonly rollout: Rollout;
  readonly seed: string;
  readonly start: number;
}

/** The same world once more, with only some of the changes that were made to it. */
export function replay({ rollout, seed, start }: Beginning, changes: readonly Change[]): World {
  const world = openWorld(rollout, seed, start);
  advance(world, start);
  for (const { at, service, operation, input } of changes) {
    advance(world, at);
    try {
      operations[service]?.[operation]?.answer(world, input, { limit: 100 });
    } catch (error) {
      if (!(error instanceof EcsFault)) throw error;
    }
  }
  return world;
}
