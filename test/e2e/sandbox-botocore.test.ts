import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { JournalEntry } from '../../src/sandbox/service.js';
import type { Botocore } from '../support/botocore.js';
import { openBotocore } from '../support/botocore.js';
import { askSigned } from '../support/ask-signed.js';
import type { Rehearsal } from '../support/rehearsal.js';
import { rehearse as openRehearsal } from '../support/rehearsal.js';
import { deployOnStage } from '../support/stage.js';

let botocore: Botocore | undefined;
const open: (() => Promise<void>)[] = [];
const answered = new Set<string>();

beforeAll(() => {
  botocore = openBotocore();
}, 240_000);
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(async () => botocore?.close());

/** A stage with botocore's own client before it. */
async function rehearse(judge: Botocore, name: string): Promise<Rehearsal> {
  const rehearsal = await openRehearsal(judge, name, answered);
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
  await call('ecs', 'DescribeServiceDeployments', {
    serviceDeploymentArns: serviceDeployments.map((one) => one.serviceDeploymentArn),
  });
  await call('ecs', 'DescribeServiceRevisions', {
    serviceRevisionArns: serviceDeployments.map((one) => one.targetServiceRevisionArn),
  });
  for (const desiredStatus of ['RUNNING', 'STOPPED']) {
    const { taskArns } = await call<{ taskArns: string[] }>('ecs', 'ListTasks', { serviceName: 'web', desiredStatus });
    if (taskArns.length > 0) await call('ecs', 'DescribeTasks', { tasks: taskArns });
  }
}

describe('each scenario keeps to the model of AWS', () => {
  test.for([...scenarios.values()])('$name', async (scenario, context) => {
    if (!botocore) return context.skip();
    const { world, clock, call, expectFaithful } = await rehearse(botocore, scenario.name);
    await deployOnStage(world, { timeoutMs: 120_000 });
    await expectFaithful();
    const from = clock.now();
    await call('ecs', 'UpdateService', { ...web, forceNewDeployment: true });
    for (const at of new Set(scenario.events.map((event) => event.at))) {
      clock.advance(from + at * 1000 - clock.now());
      if (!scenario.faults) await readAll(call);
    }
    await expectFaithful();
  });
});

test('task definitions, clusters and services by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, expectFaithful, clock } = await rehearse(botocore, 'slow');
  await call('ecs', 'CreateCluster', { clusterName: 'staging', tags: [{ key: 'team', value: 'shop' }] });
  await call('ecs', 'DescribeClusters', { clusters: ['staging', 'nowhere'] });
  await call('ecs', 'ListClusters');
  const { taskDefinition } = await call<{ taskDefinition: { registeredAt: unknown; taskDefinitionArn: string } }>(
    'ecs',
    'RegisterTaskDefinition',
    {
      family: 'shop',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        {
          name: 'web',
          image: 'registry.example/shop:v1',
          portMappings: [{ containerPort: 3000 }],
          environment: [{ name: 'EMPTY', value: '' }],
          healthCheck: { command: ['CMD-SHELL', 'true'] },
        },
        { name: 'log', image: 'registry.example/log:v1', essential: false, memoryReservation: 64 },
      ],
      tags: [{ key: 'commit', value: 'f00' }],
    },
  );
  expect(taskDefinition.registeredAt).toEqual({ datetime: expect.stringMatching(/^2026-01-01T/) as string });
  await call('ecs', 'DescribeTaskDefinition', { taskDefinition: 'shop', include: ['TAGS'] });
  await call('ecs', 'ListTaskDefinitions', { familyPrefix: 'shop', sort: 'DESC' });
  await call('ecs', 'TagResource', { resourceArn: taskDefinition.taskDefinitionArn, tags: [{ key: 'a', value: 'b' }] });
  const tags = { resourceArn: taskDefinition.taskDefinitionArn };
  expect(await call('ecs', 'ListTagsForResource', tags)).toEqual({
    tags: [
      { key: 'commit', value: 'f00' },
      { key: 'a', value: 'b' },
    ],
  });
  await call('ecs', 'UntagResource', { ...tags, tagKeys: ['commit'] });
  expect(await call('ecs', 'ListTagsForResource', tags)).toEqual({ tags: [{ key: 'a', value: 'b' }] });

  const created = await call<{ service: { createdAt: unknown; events: { createdAt: unknown }[] } }>(
    'ecs',
    'CreateService',
    {
      cluster: 'staging',
      serviceName: 'shop',
      taskDefinition: 'shop',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } },
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    },
  );
  const time = { datetime: expect.stringMatching(/^20\d\d-\d\d-\d\dT/) as string };
  expect(created.service).toMatchObject({ createdAt: time, events: [{ createdAt: time }] });
  await call('ecs', 'ListServices', { cluster: 'staging' });
  await call('ecs', 'DescribeServices', { cluster: 'staging', services: ['shop', 'nothing'] });
  expect(await refused('ecs', 'DeleteService', { cluster: 'staging', service: 'shop' })).toBe(
    'InvalidParameterException',
  );
  await call('ecs', 'DeleteService', { cluster: 'staging', service: 'shop', force: true });
  clock.advance(30_000);
  await call('ecs', 'DeleteCluster', { cluster: 'staging' });
  expect(await refused('ecs', 'DeleteTaskDefinitions', { taskDefinitions: ['shop:1'] })).toBe('ClientException');
  await call('ecs', 'DeregisterTaskDefinition', { taskDefinition: 'shop:1' });
  await call('ecs', 'DeleteTaskDefinitions', { taskDefinitions: ['shop:1'] });

  await call('ecs', 'UpdateService', { ...web, forceNewDeployment: true });
  const { serviceDeployments } = await call<Deployments>('ecs', 'ListServiceDeployments', {
    ...web,
    status: ['PENDING', 'IN_PROGRESS'],
  });
  const [deployment] = serviceDeployments;
  const one = { serviceDeploymentArn: deployment?.serviceDeploymentArn };
  await call('ecs', 'StopServiceDeployment', { ...one, stopType: 'ROLLBACK' });
  expect(await refused('ecs', 'StopServiceDeployment', one)).toBe('ConflictException');
  clock.advance(60_000);
  expect(
    await call('ecs', 'DescribeServiceDeployments', { serviceDeploymentArns: [one.serviceDeploymentArn] }),
  ).toMatchObject({
    serviceDeployments: [{ status: 'ROLLBACK_SUCCESSFUL', finishedAt: time, rollback: { startedAt: time } }],
  });
  await expectFaithful();
});

test('one-off tasks by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox, call, refused, expectFaithful, clock } = await rehearse(botocore, 'ok');
  const network = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } };
  const overrides = { containerOverrides: [{ name: 'web', command: ['migrate'] }] };
  const asked = { taskDefinition: 'web', launchType: 'FARGATE', ...network, overrides };
  const time = { datetime: expect.stringMatching(/^2026-01-01T/) as string };
  for (const [name, scenario] of scenarios) {
    if (!scenario.task) continue;
    sandbox.useScenario(scenario);
    const more = { clientToken: name, startedBy: 'lading', count: 1, tags: [{ key: 'run', value: name }] };
    const { tasks } = await call<{ tasks: { taskArn: string }[] }>('ecs', 'RunTask', { ...asked, ...more });
    const described = tasks.map((task) => task.taskArn);
    for (let seconds = 0; seconds < 10 && described.length > 0; seconds += 2) {
      await call('ecs', 'DescribeTasks', { tasks: described, include: ['TAGS'] });
      clock.advance(2000);
    }
    for (const task of described)
      expect(await call('ecs', 'StopTask', { task, reason: 'enough' })).toMatchObject({
        task: { desiredStatus: 'STOPPED', createdAt: time, stoppingAt: time },
      });
  }
  const codes = {
    network: await refused('ecs', 'RunTask', { taskDefinition: 'web' }),
    inactive: await refused('ecs', 'RunTask', { ...asked, taskDefinition: 'nothing' }),
    token: await refused('ecs', 'RunTask', { ...asked, clientToken: 'task-long' }),
    stop: await refused('ecs', 'StopTask', { task: 'nothing' }),
  };
  expect(codes).toEqual({
    network: 'InvalidParameterException',
    inactive: 'ClientException',
    token: 'ConflictException',
    stop: 'InvalidParameterException',
  });
  await expectFaithful();
});

test('a pause hook goes on by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, expectFaithful, clock } = await rehearse(botocore, 'pause');
  await call('ecs', 'UpdateService', { ...web, forceNewDeployment: true });
  clock.advance(20_000);
  const { serviceDeployments } = await call<Deployments>('ecs', 'ListServiceDeployments', web);
  const serviceDeploymentArn = serviceDeployments[0]?.serviceDeploymentArn;
  const hook = { serviceDeploymentArn, hookId: 'hook-1', action: 'CONTINUE' };
  expect(await refused('ecs', 'ContinueServiceDeployment', { ...hook, hookId: 'hook-2' })).toBe(
    'InvalidParameterException',
  );
  await call('ecs', 'ContinueServiceDeployment', hook);
  await readAll(call);
  await expectFaithful();
});

test('each refusal of ECS has a code that the operation may give', async (context) => {
  if (!botocore) return context.skip();
  const { refused, expectFaithful } = await rehearse(botocore, 'ok');
  const nothing = 'arn:aws:ecs:eu-central-1:123456789012:service-deployment/default/web/nothing';
  const definition = { family: 'a b', containerDefinitions: [{ name: 'a', image: 'b' }] };
  const codes = {
    RegisterTaskDefinition: await refused('ecs', 'RegisterTaskDefinition', definition),
    DescribeTaskDefinition: await refused('ecs', 'DescribeTaskDefinition', { taskDefinition: 'nothing' }),
    DescribeServices: await refused('ecs', 'DescribeServices', { cluster: 'nowhere', services: ['web'] }),
    UpdateService: await refused('ecs', 'UpdateService', { service: 'nothing' }),
    CreateService: await refused('ecs', 'CreateService', { serviceName: 'web', taskDefinition: 'web' }),
    StopServiceDeployment: await refused('ecs', 'StopServiceDeployment', { serviceDeploymentArn: nothing }),
    ListTasks: await refused('ecs', 'ListTasks', { serviceName: 'nothing' }),
    DeleteCluster: await refused('ecs', 'DeleteCluster', { cluster: 'default' }),
    ListAttributes: await refused('ecs', 'ListAttributes', { targetType: 'container-instance' }),
  };
  expect(codes).toEqual({
    RegisterTaskDefinition: 'ClientException',
    DescribeTaskDefinition: 'ClientException',
    DescribeServices: 'ClusterNotFoundException',
    UpdateService: 'ServiceNotFoundException',
    CreateService: 'InvalidParameterException',
    StopServiceDeployment: 'ServiceDeploymentNotFoundException',
    ListTasks: 'ServiceNotFoundException',
    DeleteCluster: 'ClusterContainsServicesException',
    ListAttributes: 'UnknownOperationException',
  });
  await expectFaithful();
});

test('what is no JSON or no known operation is refused as AWS does', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox } = await rehearse(botocore, 'ok');
  const send = async (target: string, body: string) => {
    const answer = await askSigned(sandbox, { body, headers: { 'x-amz-target': target } });
    return [answer.status, ((await answer.json()) as { __type: string }).__type];
  };
  const ecs = 'AmazonEC2ContainerServiceV20141113';
  expect(await send(`${ecs}.ListClusters`, '{')).toEqual([400, 'SerializationException']);
  expect(await send(`${ecs}.ListClusters`, '[]')).toEqual([400, 'SerializationException']);
  expect(await send(`${ecs}.NoSuchThing`, '{}')).toEqual([400, 'UnknownOperationException']);
  expect(await send(`${ecs}.toString`, '{}')).toEqual([400, 'UnknownOperationException']);
});

test('no operation is left out above', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox } = await rehearse(botocore, 'ok');
  expect(sandbox.operations.filter((name) => name.startsWith('ecs ') && !answered.has(name))).toEqual([]);
});

test('the check refuses what is wrong', async (context) => {
  if (!botocore) return context.skip();
  const about = (operation: string, more: Partial<JournalEntry>): JournalEntry => ({
    at: 0,
    service: 'ecs',
    operation,
    input: {},
    ...more,
  });
  const described = (deployment: unknown) =>
    about('DescribeServices', {
      input: { services: ['web'] },
      output: { services: [{ deployments: [deployment] }] },
    });
  const wrong = [
    described({ createdAt: '2026-01-01T00:00:00Z' }),
    described({ updatedAt: 1_767_225_600_000 }),
    described({ runningCount: '1' }),
    described({ pendingCount: true }),
    described({ failedTasks: 1.5 }),
    described({ rolloutState: 'DONE' }),
    described({ rolloutstate: 'FAILED' }),
    described({ id: null }),
    described({ capacityProviderStrategy: [{ base: 1 }] }),
    about('DescribeServices', { output: {} }),
    about('DescribeServices', { input: { services: ['web'], serviceName: 'web' }, output: [] }),
    about('DescribeServices', { fault: { type: 'ServiceNotFoundException', message: '' } }),
    about('DescribeService', { output: {} }),
    about('DescribeImages', { service: 'ecr', input: { repositoryName: 'X' }, output: { imageDetails: {} } }),
    about('GetCallerIdentity', { service: 'sts', output: { Account: 1 } }),
  ];
  for (const entry of wrong) expect(await botocore.check([entry]), JSON.stringify(entry)).not.toEqual([]);
  expect(await botocore.check(wrong.slice(0, 3))).toEqual([
    'ecs DescribeServices output.services[0].deployments[0].createdAt: "2026-01-01T00:00:00Z" is no number of seconds',
    'ecs DescribeServices output.services[0].deployments[0].runningCount: "1" is no integer',
    'ecs DescribeServices output.services[0].deployments[0].updatedAt: 1767225600000 seconds are no time of our days',
  ]);
});
