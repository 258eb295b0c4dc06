import { countedDeaths, isCountedByEcs, thresholdOf } from './tally.js';
import type { RolloutState } from './state.js';

export type Judgement =
  /** It may yet become well. */
  | { readonly is: 'open' }
  /** Before anything is said, the running tasks must be looked at. */
  | { readonly is: 'look' }
  /** No task of it will run: `certain` by the cause, else by as many failures as ECS itself takes. */
  | { readonly is: 'lost'; readonly certain: boolean };

/**
 * What may yet come up is given more than twice the chances that ECS's own breaker gives: an app that crashes until its database is
 * there comes up at the fifth time, and ECS would have let it.
 */
const PATIENCE = 2;

/**
 * Whether the deployment is lost. A certain cause is enough as long as no task of ours ever came up: one that did
 * shows that it is not certain. Any other counts like ECS's own breaker, and is left to that where it sees it itself.
 */
export function judge(state: RolloutState): Judgement {
  const counted = countedDeaths(state);
  const certain = !state.cameUp && counted.some(({ cause }) => cause.certainty === 'certain');
  if (certain) return state.runningKnown ? { is: 'lost', certain: true } : { is: 'look' };
  const breaker = hasBreaker(state);
  const ours = breaker ? counted.filter((death) => !isCountedByEcs(death)) : counted;
  if (ours.length <= PATIENCE * thresholdOf(state.record, state.service)) return { is: 'open' };
  if (!state.runningKnown) return { is: 'look' };
  return { is: 'lost', certain: false };
}

/** ECS has a breaker of its own on this deployment. */
export function hasBreaker({ record, service }: RolloutState): boolean {
  const status = record?.deploymentCircuitBreaker?.status;
  if (status) return status !== 'DISABLED';
  return service?.deploymentConfiguration?.deploymentCircuitBreaker?.enable === true;
}

/** What ECS would go back to. Undefined while that is not known. */
export function hasSource({ record }: RolloutState): boolean | undefined {
  if (!record?.sourceServiceRevisions) return undefined;
  return record.sourceServiceRevisions.length > 0;
}
