import { expect, test } from 'vitest';
import { virtualClock } from '../../../src/base/clock.js';
import { lookOn } from './look-on.js';
import { openEcs } from './open.js';
import { randomRollout } from './rollouts/random.js';
import type { Ecs } from './open.js';

const START = Date.UTC(2026, 0, 1);
/** Ten thousand rollouts take ten times as long, and are to take well under 30 s of a processor. */
const ROLLOUTS = 1_000;
const MICROSECONDS = 2_500_000;

test('a thousand of them end in every way, and take little time', async () => {
  const from = process.cpuUsage();
  const outcomes = new Map<string, number>();
  for (let seed = 0; seed < ROLLOUTS; seed++) {
    const { outcome } = (await lookedOn(seed)).truth();
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const { user } = process.cpuUsage(from);
  for (const outcome of ['succeeded', 'failed', 'superseded', 'stopped', 'deleted', 'timed out'])
    expect(outcomes.get(outcome), outcome).toBeGreaterThan(10);
  expect(user).toBeLessThan(MICROSECONDS);
});

test('the same seed and the same calls give the same answers, another seed others', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const [one, other] = [await lookedOn(seed), await lookedOn(seed)];
    expect(await told(one)).toEqual(await told(other));
  }
  expect(await told(await lookedOn(1))).not.toEqual(await told(await lookedOn(2)));
});

test('what a tool that only looks on leaves behind is what happens unattended', async () => {
  for (let seed = 0; seed < 300; seed++) {
    const ecs = await lookedOn(seed);
    const { serves: _, ...truth } = ecs.truth();
    if (truth.endedAt === undefined) continue;
    expect(ecs.unattended(), `seed ${seed}`).toMatchObject(truth);
  }
});

async function lookedOn(seed: number): Promise<Ecs> {
  const clock = virtualClock(START);
  const ecs = openEcs({ clock, rollout: randomRollout(seed) });
  await lookOn(ecs, clock);
  return ecs;
}

async function told(ecs: Ecs): Promise<unknown> {
  await ecs.answer('ecs', 'DescribeServices', { cluster: 'production', services: ['web'] });
  await ecs.answer('ecs', 'ListTasks', { cluster: 'production', desiredStatus: 'STOPPED' });
  return ecs.journal;
}
