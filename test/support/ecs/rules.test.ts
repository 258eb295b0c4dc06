import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../../src/base/clock.js';
import { exitsAfter, failsContainerCheck, fine, first, imageNotFound } from './rollouts/behaviours.js';
import { definitionFor } from './rollouts/definition.js';
import { thresholdOf } from './engine/deployment/service-facts.js';
import { openEcs } from './open.js';
import type { VirtualClock } from '../../../src/base/clock.js';
import type { Json } from './engine/state.js';
import type { Ecs } from './open.js';
import type { Rollout } from './rollouts/rollout.js';

const NAMES = { cluster: 'production', service: 'web' };

interface Begun {
  readonly ecs: Ecs;
  readonly clock: VirtualClock;
  /** Seconds since UpdateService. */
  to(seconds: number): void;
}

/** A rollout whose UpdateService has just been answered. */
async function begin(rollout: Omit<Rollout, 'name' | 'expect'>, update: Json = {}): Promise<Begun> {
  const clock = virtualClock();
  const expected = { outcome: 'succeeded', earlyStop: 'must not' } as const;
  const ecs = openEcs({
    clock,
    rollout: { name: 'rules', expect: expected, ...rollout },
    errs: { latency: 0, ...rollout.errs },
  });
  await ecs.call('ecs', 'RegisterTaskDefinition', definitionFor(rollout));
  await ecs.call('ecs', 'UpdateService', { ...NAMES, taskDefinition: 'web', ...update });
  const start = clock.now();
  return { ecs, clock, to: (seconds) => clock.advance(Math.max(0, start + seconds * 1000 - clock.now())) };
}

async function service(ecs: Ecs): Promise<Record<string, unknown> & { deployments: Record<string, unknown>[] }> {
  const { services } = await ecs.call('ecs', 'DescribeServices', { cluster: 'production', services: ['web'] });
  return (services as never[])[0]!;
}

describe('the circuit breaker', () => {
  test.each([
    [1, {}, 3],
    [6, {}, 3],
    [7, {}, 4],
    [25, {}, 13],
    [400, {}, 200],
    [800, {}, 200],
    [800, { type: 'UNBOUNDED_PERCENT', value: 50 }, 400],
    [1, { type: 'UNBOUNDED_PERCENT', value: 50 }, 1],
    [10, { type: 'BOUNDED_PERCENT', value: 100 }, 10],
    [10, { type: 'COUNT', value: 1 }, 1],
  ])('of %i tasks with %o bears fewer than %i failures', (desired, thresholdConfiguration, threshold) => {
    const deploymentCircuitBreaker = { enable: true, rollback: true, thresholdConfiguration };
    expect(thresholdOf({ deploymentCircuitBreaker }, desired)).toBe(threshold);
  });

  test('trips with the third failure in a row and not before', async () => {
    const bears = await begin({ service: { desired: 1 }, tasks: first(2, imageNotFound) });
    bears.to(600);
    expect(bears.ecs.truth().outcome).toBe('succeeded');
    const trips = await begin({ service: { desired: 1 }, tasks: first(3, imageNotFound) });
    trips.to(600);
    expect(trips.ecs.truth()).toMatchObject({
      outcome: 'failed',
      rolledBack: true,
      breaker: { status: 'TRIGGERED', failures: 3 },
    });
  });

  test('does not see a container that ends after it has run', async () => {
    const { ecs, to } = await begin({ service: { desired: 1 }, tasks: [exitsAfter(20)] });
    to(1800);
    expect(ecs.truth()).toMatchObject({ outcome: 'timed out', breaker: { failures: 0 } });
    expect(ecs.truth().causes.length).toBeGreaterThan(20);
    expect((await service(ecs)).deployments[0]).toMatchObject({ failedTasks: 0, rolloutState: 'IN_PROGRESS' });
  });

  test('counts tasks whose checks fail', async () => {
    const { ecs, to } = await begin({
      service: { desired: 1, checks: ['container'] },
      tasks: [failsContainerCheck(60)],
    });
    to(900);
    expect(ecs.truth()).toMatchObject({ outcome: 'failed', firstCause: { class: 'container-health' } });
  });

  test('follows the desired count of the moment', async () => {
    const { ecs, to } = await begin({
      service: { desired: 2 },
      tasks: [imageNotFound],
      others: [{ at: 5, does: 'scale', to: 30 }],
    });
    to(20);
    expect(ecs.truth().breaker?.threshold).toBe(15);
  });

  test('starts no task of a deployment that has failed, and leaves the former as it is', async () => {
    const { ecs, to } = await begin({ service: { breaker: 'fail' }, tasks: [imageNotFound] });
    to(600);
    const before = ecs.truth().causes.length;
    to(3600);
    expect(ecs.truth()).toMatchObject({ status: 'STOPPED', outcome: 'failed', rolledBack: false });
    expect(ecs.truth().causes.length).toBe(before);
    expect((await service(ecs)).deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'FAILED', runningCount: 0 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2 },
    ]);
  });
});

describe('a way back', () => {
  test('makes the former deployment PRIMARY again under its old id', async () => {
    const { ecs, to } = await begin({ tasks: [imageNotFound] });
    const former = (await service(ecs)).deployments[1]!.id;
    to(60);
    expect((await service(ecs)).deployments).toMatchObject([
      {
        id: former,
        status: 'PRIMARY',
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: expect.stringContaining('rolling back to') as unknown,
      },
      { status: 'DRAINING', rolloutState: 'FAILED' },
    ]);
    to(300);
    expect((await service(ecs)).deployments).toMatchObject([{ id: former, rolloutState: 'COMPLETED' }]);
  });

  test('fails where nothing has ever been completed', async () => {
    const { ecs, to } = await begin({ service: { before: 'failed' }, tasks: [imageNotFound] });
    to(300);
    expect(ecs.truth()).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
  });

  test('can be asked for as long as the deployment goes on, and then conflicts', async () => {
    const { ecs, to } = await begin({ service: { breaker: 'off' }, tasks: [imageNotFound] });
    const { serviceDeploymentArn } = ecs.truth();
    await ecs.call('ecs', 'StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
    expect(ecs.truth().status).toBe('ROLLBACK_REQUESTED');
    to(120);
    expect(ecs.truth()).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', outcome: 'failed', endedBy: 'tool' });
    expect(ecs.unattended().outcome).toBe('timed out');
    await expect(ecs.call('ecs', 'StopServiceDeployment', { serviceDeploymentArn })).rejects.toMatchObject({
      code: 'ConflictException',
    });
  });
});

describe('a deployment is done', () => {
  test('no sooner than 40 s after its last task runs, where there is no check', async () => {
    const { ecs, to } = await begin({ tasks: [{ runsAfter: 20 }], pace: { settle: 0 } });
    to(62);
    expect(ecs.truth().status).toBe('IN_PROGRESS');
    to(67);
    expect(ecs.truth().status).toBe('SUCCESSFUL');
  });

  test('as soon as the checks pass, where there are some', async () => {
    const { ecs, to } = await begin({
      service: { checks: ['container'] },
      tasks: [{ runsAfter: 20, healthyAfter: 5 }],
      pace: { settle: 0 },
    });
    to(27);
    expect(ecs.truth().status).toBe('IN_PROGRESS');
    to(32);
    expect(ecs.truth().status).toBe('SUCCESSFUL');
  });

  test('only when the former tasks have been told to stop, never with fewer healthy ones than the least', async () => {
    const { ecs, to } = await begin({ service: { desired: 4, configuration: { maximumPercent: 150 } } });
    for (let at = 1; at < 400 && ecs.truth().endedAt === undefined; at++) {
      to(at);
      const { deployments } = await service(ecs);
      const counts = deployments.map((one) => Number(one.runningCount) + Number(one.pendingCount));
      expect(counts.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(6);
      expect(deployments.reduce((sum, one) => sum + Number(one.runningCount), 0)).toBeGreaterThanOrEqual(4);
    }
    expect(ecs.truth().outcome).toBe('succeeded');
    expect((await service(ecs)).deployments).toHaveLength(1);
  });

  test('although a task crashes later', async () => {
    const { ecs, to } = await begin({ service: { desired: 1 }, tasks: [exitsAfter(90), fine()] });
    to(200);
    expect(ecs.truth().outcome).toBe('succeeded');
  });
});

describe('UpdateService', () => {
  test.each([
    ['desiredCount', { desiredCount: 3 }],
    ['deploymentConfiguration', { deploymentConfiguration: { maximumPercent: 150 } }],
    ['healthCheckGracePeriodSeconds', { healthCheckGracePeriodSeconds: 10 }],
    ['the definition that runs', { taskDefinition: 'web:1' }],
    ['tags of tasks', { propagateTags: 'SERVICE', enableExecuteCommand: true }],
  ])('makes no deployment for %s', async (_, update) => {
    const { ecs } = await begin({}, { taskDefinition: 'web:1', ...update });
    expect(ecs.truth().outcome).toBe('nothing');
  });

  test.each([
    ['another definition', { taskDefinition: 'web:2' }],
    ['force', { taskDefinition: 'web:1', forceNewDeployment: true }],
    [
      'another network',
      { taskDefinition: 'web:1', networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0ccc'] } } },
    ],
    ['another platform version', { taskDefinition: 'web:1', platformVersion: '1.4.0' }],
  ])('makes one for %s', async (_, update) => {
    const { ecs } = await begin({}, update);
    expect(ecs.truth().status).toBe('PENDING');
  });

  test('replaces the deployment in flight', async () => {
    const { ecs, to } = await begin({});
    to(10);
    await ecs.call('ecs', 'UpdateService', { ...NAMES, forceNewDeployment: true });
    expect(ecs.truths().map((one) => one.status)).toEqual(['STOP_REQUESTED', 'PENDING']);
    to(200);
    expect(ecs.truths()).toMatchObject([
      { outcome: 'superseded', status: 'STOPPED', statusReason: 'Replaced by a new service deployment.' },
      { outcome: 'succeeded' },
    ]);
    expect(ecs.unattended({ which: 0 }).outcome).toBe('succeeded');
  });
});
