import { describe, expect, test } from 'vitest';
import type { Told } from '../support/deploy-at-another-ecs.js';
import { deployAtAnotherEcs } from '../support/deploy-at-another-ecs.js';
import { rollouts } from '../support/ecs/rollouts/all.js';
import type { Rollout } from '../support/ecs/rollouts/rollout.js';
import { CLASSES, wrongsOf } from '../support/judge-verdict.js';

/** Nothing is late or refused: what happens can be seen at once. */
function isSeenAtOnce({ errs = {} }: Rollout): boolean {
  return Object.keys(errs).every((name) => name === 'latency' || name === 'pageSize');
}

/** lading creates no services. */
function isAsked({ does }: Rollout): boolean {
  return does !== 'creates';
}

describe.each(Object.entries(rollouts))('on the ECS of another author: %s', (_theme, list) => {
  test.each(list.filter(isAsked).map((rollout) => [rollout.name, rollout] as const))('%s', async (_name, rollout) => {
    const told = await deployAtAnotherEcs(rollout);
    const asksImage = rollout.does === undefined || rollout.does === 'deploys';
    expect(wrongsOf(told, { asksImage })).toEqual([]);
    expect(
      told.ecs.journal.filter(({ operation, output }) => operation === 'UpdateService' && output).length,
    ).toBeLessThanOrEqual(1);
    expectCause(told, rollout);
    if (isSeenAtOnce(rollout)) expectInTime(told);
    if (told.error) expect(told.error.hint, told.error.message).toBeTruthy();
  });
});

function expectCause({ result, error }: Told, { expect: { cause } }: Rollout): void {
  if (cause === undefined || !error || result?.cause === undefined) return;
  expect(CLASSES[cause], result.cause.text).toContain(result.cause.class);
}

/** The cause within three seconds of the event, the end within three seconds of the end. */
function expectInTime({ events, ecs, at, result }: Told): void {
  const truth = ecs.truth();
  const first = events.find((event) => event.type === 'rollout' && event.change.kind === 'cause');
  if (first?.type === 'rollout' && truth.firstCause) expect(first.at - truth.firstCause.at).toBeLessThanOrEqual(3000);
  if (truth.endedAt !== undefined && result?.outcome !== 'paused' && result?.outcome !== 'unknown')
    expect(at - truth.endedAt).toBeLessThanOrEqual(3000);
}
