import { describe, expect, test } from 'vitest';
import { configurationOf, thresholdOf } from './configuration.js';

describe('the threshold of the circuit breaker', () => {
  test.each([
    [undefined, 1, 3],
    [undefined, 6, 3],
    [undefined, 7, 4],
    [undefined, 25, 13],
    [undefined, 400, 200],
    [undefined, 1000, 200],
    [{ type: 'BOUNDED_PERCENT', value: 10 }, 100, 10],
    [{ type: 'BOUNDED_PERCENT', value: 1 }, 100, 3],
    [{ type: 'UNBOUNDED_PERCENT', value: 10 }, 10, 1],
    [{ type: 'UNBOUNDED_PERCENT', value: 50 }, 1000, 500],
    [{ type: 'COUNT', value: 1 }, 50, 1],
    [{ type: 'COUNT', value: 7 }, 1, 7],
  ])('%j of %i tasks is %i', (thresholdConfiguration, desiredCount, threshold) => {
    const breaker = { enable: true, rollback: true, ...(thresholdConfiguration && { thresholdConfiguration }) };
    expect(thresholdOf(breaker, desiredCount)).toBe(threshold);
  });
});

test('a service has the percentages of its scheduling strategy when it names none', () => {
  expect(configurationOf({})).toMatchObject({ minimumHealthyPercent: 100, maximumPercent: 200, strategy: 'ROLLING' });
  expect(configurationOf({ schedulingStrategy: 'DAEMON' })).toMatchObject({
    minimumHealthyPercent: 0,
    maximumPercent: 100,
  });
  const deploymentConfiguration = { minimumHealthyPercent: 50 };
  expect(configurationOf({ deploymentConfiguration })).toMatchObject({
    minimumHealthyPercent: 50,
    maximumPercent: 200,
  });
});
