import { advance } from '../engine/engine.js';
import { replay } from './replay.js';
import { isEnded, NOTHING, oursIn, truthOf } from './truth.js';
import type { Truth } from './truth.js';
import type { Beginning, Change } from './replay.js';

/** What a tool does about a deployment, instead of making one. */
const INTERFERING = new Set(['StopServiceDeployment', 'ContinueServiceDeployment', 'StopTask', 'DeleteService']);

/**
 * What would have become of the tool's `which`th deployment had the tool only made it and looked on for so many
 * minutes: whether ECS, its breaker and the other people of the rollout would have let it pass.
 */
export function unattended(
  beginning: Beginning,
  changes: readonly Change[],
  { which, minutes }: { readonly which: number; readonly minutes: number },
): Truth {
  const made = changes.filter((one) => !INTERFERING.has(one.operation) && one.ours <= which + 1);
  const world = replay(beginning, made);
  const ours = oursIn(world)[which];
  if (!ours) return NOTHING;
  const until = ours.deployment.createdAt + minutes * 60_000;
  for (let next = world.queue.nextAt(); next !== undefined && next <= until; next = world.queue.nextAt()) {
    if (isEnded(ours.deployment)) break;
    advance(world, next);
  }
  return truthOf(world, ours.service, ours.deployment);
}
