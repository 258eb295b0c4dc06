import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { Botocore } from '../support/botocore.js';
import { openBotocore } from '../support/botocore.js';
import type { Rehearsal } from '../support/rehearsal.js';
import { rehearse as openRehearsal } from '../support/rehearsal.js';
import type { openStage } from '../support/stage.js';
import { deployOnStage } from '../support/stage.js';

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

const web = { cluster: 'default', service: 'web' };

interface Deployments {
  readonly serviceDeployments: { readonly serviceDeploymentArn: string; readonly targetServiceRevisionArn: string }[];
}

/** All that can be read of the service, at this moment. */
async function readAll(call: Rehearsal['call']): Promise<void> {
  await call('ecs', 'DescribeServices', { services: ['web'] });
  const { serviceDeployments } = await call<Deployments>('ecs', 'ListServiceDeployments', web);
  if (serviceDeployments.length > 0) {
    await call('ecs', 'DescribeServiceDeployments', {
      serviceDeploymentArns: serviceDeployments.map((one) => one.serviceDeploymentArn),
    });
    await call('ecs', 'DescribeServiceRevisions', {
      serviceRevisionArns: serviceDeployments.map((one) => one.targetServiceRevisionArn),
    });
  }
  for (const desiredStatus of ['RUNNING', 'STOPPED']) {
    const list = { serviceName: 'web', desiredStatus };
    const { taskArns } = await call<{ taskArns: string[] }>('ecs', 'ListTasks', list);
    if (taskArns.length > 0) await call('ecs', 'DescribeTasks', { tasks: taskArns });
  }
}

/** Reads that are late tell the same things in the same shapes: a few are enough. */
const late = ['ok', 'superseded', 'crash-loop-breaker', 'many-stopped-tasks'];

describe('each scenario keeps to the model of AWS', () => {
  test.for([...scenarios.values()])('$name', async (scenario, context) => {
    if (!botocore) return context.skip();
    const options = { consistency: late.includes(scenario.name) ? 'eventual' : 'strong' } as const;
    const deployed = await rehearse(botocore, scenario.name, {}, options);
    await deployOnStage(deployed.world, { timeoutMs: 120_000 });
    await deployed.expectFaithful();
    if (scenario.faults || scenario.task) return;
    const { clock, call, expectFaithful } = await rehearse(botocore, scenario.name, { desiredCount: 2 }, options);
    const from = clock.now();
    await call('ecs', 'UpdateService', { ...web, forceNewDeployment: true });
    for (const at of [1, 6, 12, 15, 30, 70]) {
      clock.advance(from + at * 1000 - clock.now());
      await readAll(call);
    }
    await expectFaithful();
  });
});

test('a pause hook goes on, and another is told to roll back, by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, expectFaithful, clock } = await rehearse(botocore, 'pause');
  const pause = async (): Promise<string> => {
    await call('ecs', 'UpdateService', { ...web, forceNewDeployment: true });
    clock.advance(20_000);
    const list = { ...web, status: ['IN_PROGRESS'] };
    const { serviceDeployments } = await call<Deployments>('ecs', 'ListServiceDeployments', list);
    return serviceDeployments[0]?.serviceDeploymentArn ?? '';
  };
  const statusOf = async (serviceDeploymentArn: string) => {
    const asked = { serviceDeploymentArns: [serviceDeploymentArn] };
    const answer = await call<{ serviceDeployments: { status: string }[] }>('ecs', 'DescribeServiceDeployments', asked);
    return answer.serviceDeployments[0]?.status;
  };
  const first = await pause();
  const hook = { serviceDeploymentArn: first, hookId: 'hook-1', action: 'CONTINUE' };
  expect(await refused('ecs', 'ContinueServiceDeployment', { ...hook, hookId: 'hook-2' })).toBe(
    'InvalidParameterException',
  );
  await call('ecs', 'ContinueServiceDeployment', hook);
  expect(await refused('ecs', 'ContinueServiceDeployment', hook)).toBe('InvalidParameterException');
  clock.advance(20_000);
  expect(await statusOf(first)).toBe('SUCCESSFUL');

  const second = await pause();
  await call('ecs', 'ContinueServiceDeployment', { ...hook, serviceDeploymentArn: second, action: 'ROLLBACK' });
  expect(await statusOf(second)).toBe('ROLLBACK_REQUESTED');
  clock.advance(20_000);
  expect(await statusOf(second)).toBe('ROLLBACK_SUCCESSFUL');
  await readAll(call);
  await expectFaithful();
});
