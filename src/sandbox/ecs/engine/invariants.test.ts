import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEcs } from '../../../../test/support/sandbox-ecs.js';
import type { TaskFate } from '../scenario-shape.js';
import { crash, quickCrash, unhealthy, unstartable } from '../scenarios/parts.js';

const fate: fc.Arbitrary<TaskFate> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ runs: fc.integer({ min: 2, max: 20 }) }) },
  fc.constantFrom(
    crash,
    quickCrash,
    unstartable('CannotPullContainerError: not found', 5),
    unhealthy('Task failed container health checks'),
    { unplaced: 'Capacity is unavailable at this time.' },
  ),
);

const rollouts = fc.record({
  tasks: fc.array(fate, { maxLength: 8 }).map((some): TaskFate[] => [...some, {}]),
  desiredCount: fc.integer({ min: 0, max: 6 }),
  minimumHealthyPercent: fc.constantFrom(0, 50, 100),
  maximumPercent: fc.constantFrom(150, 200),
  breaker: fc.option(fc.record({ rollback: fc.boolean(), value: fc.integer({ min: 1, max: 4 }) }), { nil: undefined }),
  scale: fc.option(fc.record({ at: fc.integer({ min: 0, max: 60 }), scale: fc.integer({ min: 0, max: 6 }) }), {
    nil: undefined,
  }),
});

/** Whatever tasks do: never more than the service allows, never fewer healthy ones than it had to keep, and an end that is true. */
test('ECS keeps its own rules over any rollout', () => {
  fc.assert(
    fc.property(rollouts, ({ tasks, desiredCount, minimumHealthyPercent, maximumPercent, breaker, scale }) => {
      const deploymentConfiguration = {
        minimumHealthyPercent,
        maximumPercent,
        ...(breaker && {
          deploymentCircuitBreaker: {
            enable: true,
            rollback: breaker.rollback,
            thresholdConfiguration: { type: 'COUNT', value: breaker.value },
          },
        }),
      };
      const { deploy, rollout, service, pass } = openEcs({
        scenario: { tasks, events: scale ? [scale] : [] },
        service: { desiredCount, deploymentConfiguration },
      });
      const arn = deploy();
      for (let second = 0; second < 600; second += 3) {
        pass(3);
        const { deployments, desiredCount: wanted, runningCount, pendingCount, events } = service();
        const counted = !scale || second > scale.at + 10 || second < scale.at;
        const most = Math.floor((wanted * maximumPercent) / 100);
        // Tasks that are on their way out run a little longer than they count.
        if (counted) expect(pendingCount).toBeLessThanOrEqual(Math.max(0, most));
        if (!scale) expect(runningCount).toBeGreaterThanOrEqual(Math.ceil((wanted * minimumHealthyPercent) / 100));
        expect(deployments.filter((one) => one.status === 'PRIMARY')).toHaveLength(1);
        expect(events.length).toBeLessThanOrEqual(100);
      }
      const { status, deploymentCircuitBreaker } = rollout(arn);
      const now = service();
      const ended = now.deployments.every((one) => one.rolloutState !== 'IN_PROGRESS');
      if (status === 'SUCCESSFUL') {
        expect(now).toMatchObject({ runningCount: now.desiredCount, deployments: [{ rolloutState: 'COMPLETED' }] });
        expect(now.taskDefinition).toMatch(/web:2$/);
      } else if (status === 'ROLLBACK_SUCCESSFUL') {
        expect(now).toMatchObject({ runningCount: now.desiredCount, deployments: [{ rolloutState: 'COMPLETED' }] });
        expect(now.taskDefinition).toMatch(/web:1$/);
        expect(deploymentCircuitBreaker).toMatchObject({ status: 'TRIGGERED' });
      } else if (status === 'STOPPED') {
        expect(breaker?.rollback).toBe(false);
        expect(now.deployments[0]?.rolloutState).toBe('FAILED');
      } else {
        // With percentages that leave no room it waits for ever.
        expect(Math.floor((now.desiredCount * maximumPercent) / 100)).toBe(now.desiredCount);
        expect(ended).toBe(false);
      }
    }),
    { numRuns: 100 },
  );
}, 120_000);
