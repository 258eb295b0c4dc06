import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Botocore } from '../support/botocore.js';
import { openBotocore } from '../support/botocore.js';
import type { Rehearsal } from '../support/rehearsal.js';
import { rehearse as openRehearsal } from '../support/rehearsal.js';
import type { openStage } from '../support/stage.js';
import { deployAsEcspresso, deployAsTheAction, described, register } from '../support/other-deployers.js';

let botocore: Botocore | undefined;
const open: (() => Promise<void>)[] = [];

beforeAll(() => {
  botocore = openBotocore();
}, 240_000);
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(async () => botocore?.close());

async function rehearse(judge: Botocore, ...about: Parameters<typeof openStage>): Promise<Rehearsal> {
  const rehearsal = await openRehearsal(judge, about[0], new Set(), {
    ...about[2],
    ...(about[1] && { service: about[1] }),
  });
  open.push(rehearsal.close);
  return rehearsal;
}

describe('amazon-ecs-deploy-task-definition', () => {
  test('sees a deployment that is well', async (context) => {
    if (!botocore) return context.skip();
    const rehearsal = await rehearse(botocore, 'ok');
    expect(await deployAsTheAction(rehearsal)).toBe('COMPLETED');
    await rehearsal.expectFaithful();
  });

  test.for([
    ['crash-loop-breaker', /not found after stabilization/],
    ['superseded', /not found after stabilization/],
    ['failed-no-rollback', /TIMEOUT/],
  ] as const)('%s: it cannot tell one end from another', async ([scenario, says], context) => {
    if (!botocore) return context.skip();
    const rehearsal = await rehearse(botocore, scenario);
    await expect(deployAsTheAction(rehearsal)).rejects.toThrow(says);
    await rehearsal.expectFaithful();
  });

  test('a read that is late ends its wait before anything has begun', async (context) => {
    if (!botocore) return context.skip();
    const rehearsal = await rehearse(botocore, 'ok', {}, { consistency: 'eventual' });
    await expect(deployAsTheAction(rehearsal)).rejects.toThrow(/not found after stabilization/);
  });
});

describe('run-task of the official action', () => {
  const network = {
    awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
  };
  const asked = {
    startedBy: 'GitHub-Actions',
    cluster: 'default',
    taskDefinition: 'web',
    overrides: { containerOverrides: [{ name: 'web', command: ['migrate'] }] },
    launchType: 'FARGATE',
    networkConfiguration: network,
    tags: [],
    volumeConfigurations: [],
  };

  test.for([
    ['ok', [0]],
    ['task-exit-1', [1]],
    ['task-not-started', [undefined]],
  ] as const)('%s: exit codes %j', async ([scenario, exitCodes], context) => {
    if (!botocore) return context.skip();
    const { call, clock, expectFaithful } = await rehearse(botocore, scenario);
    const { tasks } = await call<{ tasks: { taskArn: string }[] }>('ecs', 'RunTask', asked);
    const arns = { cluster: 'default', tasks: tasks.map((task) => task.taskArn) };
    const look = async () =>
      (
        await call<{ tasks: { lastStatus: string; containers: { exitCode?: number }[] }[] }>(
          'ecs',
          'DescribeTasks',
          arns,
        )
      ).tasks;
    for (let attempt = 0; (await look()).some((task) => task.lastStatus !== 'STOPPED'); attempt++) {
      expect(attempt).toBeLessThan(10);
      clock.advance(6000);
    }
    expect((await look()).flatMap((task) => task.containers.map((container) => container.exitCode))).toEqual(exitCodes);
    await expectFaithful();
  });

  test('what cannot be placed comes with HTTP 200', async (context) => {
    if (!botocore) return context.skip();
    const { call, expectFaithful } = await rehearse(botocore, 'task-no-memory');
    expect(await call('ecs', 'RunTask', asked)).toMatchObject({ tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] });
    await expectFaithful();
  });
});

describe.each(['strong', 'eventual'] as const)('ecspresso, with %s reads', (consistency) => {
  test.for([
    ['slow', 'SUCCESSFUL'],
    ['blue-green', 'SUCCESSFUL'],
    ['crash-loop-breaker', 'ROLLBACK_SUCCESSFUL'],
    ['superseded-late', 'STOPPED'],
  ] as const)('%s ends with %s', async ([scenario, status], context) => {
    if (!botocore) return context.skip();
    const rehearsal = await rehearse(botocore, scenario, {}, { consistency });
    expect(await deployAsEcspresso(rehearsal, await register(rehearsal))).toBe(status);
    await rehearsal.expectFaithful();
  });

  test('all attributes again, unchanged, begin no deployment', async (context) => {
    if (!botocore) return context.skip();
    const rehearsal = await rehearse(botocore, 'ok', {}, { consistency });
    const { taskDefinition } = await described(rehearsal);
    expect(await deployAsEcspresso(rehearsal, taskDefinition)).toBe('No active deployment found');
    await rehearsal.expectFaithful();
  });

  test('scale, revisions, run and rollback', async (context) => {
    if (!botocore) return context.skip();
    const rehearsal = await rehearse(botocore, 'slow', {}, { consistency });
    const { call, clock, expectFaithful } = rehearsal;
    await call('ecs', 'UpdateService', { cluster: 'default', service: 'web', desiredCount: 2 });
    clock.advance(15_000);
    expect(await described(rehearsal)).toMatchObject({ runningCount: 2 });
    await call('ecs', 'ListTaskDefinitions', { familyPrefix: 'web', sort: 'DESC', maxResults: 100 });
    const taskDefinition = await register(rehearsal);
    await call('ecs', 'UpdateService', { cluster: 'default', service: 'web', taskDefinition });
    clock.advance(10_000);
    const list = { cluster: 'default', service: 'web', status: ['IN_PROGRESS'] };
    const { serviceDeployments } = await call<{ serviceDeployments: { serviceDeploymentArn: string }[] }>(
      'ecs',
      'ListServiceDeployments',
      list,
    );
    const one = { serviceDeploymentArn: serviceDeployments[0]?.serviceDeploymentArn, stopType: 'ROLLBACK' };
    await call('ecs', 'StopServiceDeployment', one);
    clock.advance(30_000);
    expect(await described(rehearsal)).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] });
    await call('ecs', 'DeregisterTaskDefinition', { taskDefinition });
    await expectFaithful();
  });
});
