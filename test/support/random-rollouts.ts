// Bundled and run on its own by the test beside it: ten thousand rollouts are too many for a test runner's own loader.
import { deployAtAnotherEcs } from './deploy-at-another-ecs.js';
import { randomRollout } from './ecs/rollouts/random.js';
import { wrongsOf } from './judge-verdict.js';

/** Longer than ECS needs to end most of them; what is still going on then is told as such. */
const PATIENCE_MIN = 10;

const [from = 1, to = 1] = process.argv.slice(2).map(Number);
const wrong: { readonly seed: number; readonly wrongs: readonly string[] }[] = [];
const ends: Record<string, number> = {};
for (let seed = from; seed <= to; seed++) {
  const random = randomRollout(seed);
  const rollout = { ...random, expect: { ...random.expect, patience: PATIENCE_MIN } };
  const told = await deployAtAnotherEcs(rollout, { seed });
  const wrongs = wrongsOf(told, { asksImage: rollout.does === 'deploys' });
  if (wrongs.length > 0) wrong.push({ seed, wrongs });
  const end = `${told.result?.outcome ?? told.error?.kind} ${told.exitCode}`;
  ends[end] = (ends[end] ?? 0) + 1;
}
console.log(JSON.stringify({ wrong, ends }));
