import type { Json, World } from '../engine/state.js';

/** One operation of the API on the world of this moment. Throws what ECS would answer as an error. */
export interface Operation {
  /** Whether it changes anything. */
  readonly changes: boolean;
  answer(world: World, input: Json, paging: Paging): Json;
}

export interface Paging {
  /** No page has more entries than this, whatever was asked for. */
  readonly limit: number;
}
