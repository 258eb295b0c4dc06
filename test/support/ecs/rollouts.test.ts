import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../../src/base/clock.js';
import { lookOn } from './look-on.js';
import { openEcs } from './open.js';
import { allRollouts, rollouts } from './rollouts/all.js';
import { CERTAIN } from './rollouts/cause-class.js';
import { OUR_IMAGE } from './rollouts/definition.js';

describe('rollouts', () => {
  test('there are enough of them, each with a name of its own', () => {
    expect(allRollouts.length).toBeGreaterThanOrEqual(110);
    expect(new Set(allRollouts.map((one) => one.name)).size).toBe(allRollouts.length);
  });

  for (const [theme, ones] of Object.entries(rollouts))
    describe(theme, () => {
      test.each(ones.map((one) => [one.name, one] as const))('%s', async (_, rollout) => {
        const clock = virtualClock();
        const ecs = openEcs({ clock, rollout });
        await lookOn(ecs, clock);
        const { expect: expected } = rollout;
        const [truth = ecs.truth()] = rollout.does === 'deploys twice' ? ecs.truths() : [ecs.truth()];
        expect({ outcome: truth.outcome, rolledBack: truth.rolledBack }).toEqual({
          outcome: expected.outcome,
          rolledBack: expected.rolledBack,
        });
        if (expected.earlyStop === 'may') expect(CERTAIN).toContain(expected.cause);
        if (expected.earlyStop !== 'must not') expect(expected.outcome).not.toBe('succeeded');
        if (expected.digest) expect(truth.digests.web).not.toBe(OUR_IMAGE.slice(-71));
        if (expected.cause) expect(truth.firstCause?.class).toBe(expected.cause);
        if (expected.exitCode !== undefined) expect(truth.firstCause?.exitCode).toBe(expected.exitCode);
        if (expected.passing) expect(truth.causes.map((one) => one.class)).toContain(expected.passing);
      });
    });
});
