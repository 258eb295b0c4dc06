import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sceneOf } from '../../../../test/support/doctor-scene.js';
import type { RolloutFacts } from './predict.js';
import { predictRollout } from './predict.js';
import { readRolloutFacts } from './read-facts.js';
import { countWaves } from './waves.js';

const usual: RolloutFacts = {
  launch: 'FARGATE',
  strategy: 'ROLLING',
  desired: 2,
  daemon: false,
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  imageBytes: 80_000_000,
  target: { name: 'shop', interval: 30, threshold: 5, drain: 300, slowStart: 0 },
  containerCheck: undefined,
  stop: 30,
  bakeMinutes: undefined,
  shift: undefined,
};

describe('a prediction', () => {
  test('of the defaults of AWS, with what each setting costs and saves', () => {
    const told = predictRollout(usual);
    expect(told).toMatchObject({ seconds: 20 + 2 + 150, drainedSeconds: 20 + 2 + 150 + 300 + 30, waves: 1 });
    expect(
      [...(told?.parts ?? []), ...(told?.drain ?? [])].map(({ setting, seconds, better }) => [
        setting,
        seconds,
        better?.saves,
      ]),
    ).toEqual([
      [undefined, 20, undefined],
      ['image of 80 MB', 2, undefined],
      ['HealthCheckIntervalSeconds 30 × HealthyThresholdCount 5', 150, 140],
      ['deregistration_delay.timeout_seconds 300', 300, 270],
      ['stopTimeout 30', 30, undefined],
    ]);
  });

  // prettier-ignore
  const cases: readonly (readonly [string, Partial<RolloutFacts>, number | undefined])[] = [
    ['good health checks', { target: { name: 'x', interval: 5, threshold: 2, drain: 30, slowStart: 0 } }, 32],
    ['without a load balancer and health check: forty seconds', { target: undefined }, 62],
    ['a container health check alone', { target: undefined, containerCheck: { container: 'web', interval: 5 } }, 27],
    ['the slower of two checks', { target: { name: 'x', interval: 5, threshold: 2, drain: 30, slowStart: 0 }, containerCheck: { container: 'web', interval: 60 } }, 82],
    ['two waves', { maximumPercent: 150 }, 344],
    ['half of it at a time', { minimumHealthyPercent: 50, maximumPercent: 100 }, 344],
    ['no room', { maximumPercent: 100 }, undefined],
    ['no tasks', { desired: 0 }, undefined],
    ['an image of unknown size', { imageBytes: undefined }, 170],
    ['instances that have the image', { launch: 'EC2' }, 155],
    ['blue/green with ten minutes', { strategy: 'BLUE_GREEN', bakeMinutes: 10 }, 772],
    ['canary', { strategy: 'CANARY', bakeMinutes: 0, shift: { steps: 1, minutes: 10 } }, 772],
    ['linear', { strategy: 'LINEAR', bakeMinutes: 0, shift: { steps: 9, minutes: 6 } }, 172 + 54 * 60],
  ];
  test.each(cases)('%s', (_, more, seconds) => {
    expect(predictRollout({ ...usual, ...more })?.seconds).toBe(seconds);
  });

  test('what it says to set is faster, by what it says', () => {
    const told = predictRollout({ ...usual, maximumPercent: 150 });
    const saved = told?.parts.find(({ better }) => better?.set.startsWith('a maximum percent'))?.better?.saves ?? 0;
    expect((told?.seconds ?? 0) - saved).toBe(predictRollout(usual)?.seconds);
    const check = predictRollout(usual)?.parts.find(({ better }) => better)?.better?.saves ?? 0;
    const good = { name: 'shop', interval: 5, threshold: 2, drain: 300, slowStart: 0 };
    expect((predictRollout(usual)?.seconds ?? 0) - check).toBe(predictRollout({ ...usual, target: good })?.seconds);
  });

  test('is read from the service', async () => {
    expect(await readRolloutFacts(sceneOf())).toEqual(usual);
    const healthCheck = { command: ['CMD', 'true'] };
    expect(await readRolloutFacts(sceneOf({ container: { healthCheck, stopTimeout: 120 } }))).toMatchObject({
      stop: 120,
      containerCheck: { container: 'web', interval: 30 },
    });
  });
});

describe('waves', () => {
  // prettier-ignore
  const cases = [
    [1, 100, 200, 1], [1, 0, 100, 1], [1, 100, 150, undefined], [1, 100, 100, undefined], [4, 50, 100, 2], [4, 100, 125, 4],
    [4, 75, 100, 4], [10, 90, 110, 5], [3, 66, 100, 3], [2, 50, 200, 1], [0, 100, 200, 0],
  ] as const;
  test.each(cases)('%d tasks, %d %% to %d %%: %s', (desired, minimumHealthyPercent, maximumPercent, waves) => {
    expect(countWaves({ desired, minimumHealthyPercent, maximumPercent, daemon: false })).toBe(waves);
  });

  test('a daemon: a wave for as many as may be missing', () => {
    expect(countWaves({ desired: 5, minimumHealthyPercent: 60, maximumPercent: 100, daemon: true })).toBe(3);
  });

  test('end, and never with more of them than tasks', () => {
    const percents = {
      minimumHealthyPercent: fc.integer({ min: 0, max: 100 }),
      maximumPercent: fc.integer({ min: 100, max: 200 }),
    };
    fc.assert(
      fc.property(fc.record({ desired: fc.integer({ min: 1, max: 300 }), ...percents }), (bounds) => {
        const waves = countWaves({ ...bounds, daemon: false });
        const floor = Math.ceil((bounds.desired * bounds.minimumHealthyPercent) / 100);
        const ceiling = Math.floor((bounds.desired * bounds.maximumPercent) / 100);
        expect(waves === undefined).toBe(floor >= bounds.desired && ceiling <= bounds.desired);
        if (waves !== undefined) expect(waves).toBeLessThanOrEqual(bounds.desired);
      }),
    );
  });
});
