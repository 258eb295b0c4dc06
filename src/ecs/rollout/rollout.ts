import type { Service } from '../shapes.js';
import type { ServiceUpdate } from '../api.js';
import type { Observation, RolloutState } from './watch/state.js';

/**
 * One way of rolling out, as the controller of a service does it. Following it is the same for all: `step` decides by
 * what `look` saw.
 */
export interface Rollout {
  /** Starts it, once: an answer that is lost is looked for before anything is asked again. */
  begin(update: ServiceUpdate, before: Service): Promise<Service>;
  /** Reads what the state wants. Denials and what may pass are part of the answer; anything else is thrown. */
  look(state: RolloutState): Promise<Observation>;
  /** Asks the controller to go back to what ran before. */
  turnBack(arn: string): Promise<NonNullable<Observation['turned']>>;
}
