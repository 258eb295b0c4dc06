import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { Botocore } from '../support/botocore.js';
import { openBotocore } from '../support/botocore.js';
import type { Rehearsal } from '../support/rehearsal.js';
import { rehearse as openRehearsal } from '../support/rehearsal.js';

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

async function rehearse(judge: Botocore, name: string): Promise<Rehearsal> {
  const rehearsal = await openRehearsal(judge, name, answered);
  open.push(rehearsal.close);
  return rehearsal;
}

const web = { cluster: 'default', service: 'web' };
const network = { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } };
const time = { datetime: expect.stringMatching(/^2026-01-01T/) as string };

test('task definitions and their tags by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { call, expectFaithful } = await rehearse(botocore, 'ok');
  const { taskDefinition } = await call<{ taskDefinition: { registeredAt: unknown; taskDefinitionArn: string } }>(
    'ecs',
    'RegisterTaskDefinition',
    {
      family: 'shop',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      executionRoleArn: 'arn:aws:iam::123456789012:role/shop-execution',
      taskRoleArn: 'arn:aws:iam::123456789012:role/shop',
      cpu: '.25 vCPU',
      memory: '0.5 GB',
      volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }, { name: 'scratch' }],
      containerDefinitions: [
        {
          name: 'web',
          image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v1',
          portMappings: [{ containerPort: 3000, name: 'http', appProtocol: 'http' }],
          environment: [{ name: 'EMPTY', value: '' }],
          secrets: [{ name: 'TOKEN', valueFrom: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:a' }],
          healthCheck: { command: ['CMD-SHELL', 'true'] },
          mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
          logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/ecs/shop' } },
        },
        { name: 'log', image: 'registry.example/log:v1', essential: false, memoryReservation: 64 },
      ],
      tags: [{ key: 'commit', value: 'f00' }],
    },
  );
  expect(taskDefinition.registeredAt).toEqual(time);
  await call('ecs', 'DescribeTaskDefinition', { taskDefinition: 'shop', include: ['TAGS'] });
  await call('ecs', 'ListTaskDefinitions', { familyPrefix: 'shop', sort: 'DESC' });
  expect(await call('ecs', 'ListTaskDefinitionFamilies', { familyPrefix: 'sh' })).toEqual({ families: ['shop'] });
  const tags = { resourceArn: taskDefinition.taskDefinitionArn };
  await call('ecs', 'TagResource', { ...tags, tags: [{ key: 'a', value: 'b' }] });
  await call('ecs', 'UntagResource', { ...tags, tagKeys: ['commit'] });
  expect(await call('ecs', 'ListTagsForResource', tags)).toEqual({ tags: [{ key: 'a', value: 'b' }] });
  const deletion = { taskDefinitions: ['shop:1'] };
  expect(await call('ecs', 'DeleteTaskDefinitions', deletion)).toMatchObject({ taskDefinitions: [], failures: [{}] });
  await call('ecs', 'DeregisterTaskDefinition', { taskDefinition: 'shop:1' });
  expect(await call('ecs', 'DeleteTaskDefinitions', deletion)).toMatchObject({
    taskDefinitions: [{ status: 'DELETE_IN_PROGRESS', deleteRequestedAt: time }],
  });
  await expectFaithful();
});

test('clusters, capacity providers and account settings by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, expectFaithful } = await rehearse(botocore, 'ok');
  const settings = [{ name: 'containerInsights', value: 'enabled' }];
  await call('ecs', 'PutAccountSettingDefault', { name: 'containerInsights', value: 'enhanced' });
  await call('ecs', 'PutAccountSetting', { name: 'taskLongArnFormat', value: 'disabled' });
  const staging = { cluster: 'staging' };
  expect(
    await call('ecs', 'CreateCluster', { clusterName: 'staging', tags: [{ key: 'team', value: 'shop' }] }),
  ).toMatchObject({ cluster: { settings: [{ name: 'containerInsights', value: 'enhanced' }] } });
  await call('ecs', 'UpdateCluster', {
    ...staging,
    settings,
    configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } },
    serviceConnectDefaults: { namespace: 'shop' },
  });
  await call('ecs', 'UpdateClusterSettings', { ...staging, settings });
  const include = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'];
  await call('ecs', 'DescribeClusters', { clusters: ['staging', 'nowhere'], include });
  await call('ecs', 'ListClusters');
  expect(await call('ecs', 'ListServicesByNamespace', { namespace: 'shop' })).toEqual({ serviceArns: [] });
  await call('ecs', 'ListAccountSettings', { effectiveSettings: true });
  expect(await call('ecs', 'ListAccountSettings', { name: 'taskLongArnFormat' })).toMatchObject({
    settings: [{ value: 'disabled' }],
  });
  await call('ecs', 'DeleteAccountSetting', { name: 'taskLongArnFormat' });

  const autoScalingGroupArn = 'arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:1:autoScalingGroupName/a';
  const autoScalingGroupProvider = { autoScalingGroupArn, managedScaling: { status: 'ENABLED', targetCapacity: 90 } };
  await call('ecs', 'CreateCapacityProvider', { name: 'machines', autoScalingGroupProvider });
  await call('ecs', 'UpdateCapacityProvider', {
    name: 'machines',
    autoScalingGroupProvider: { managedTerminationProtection: 'DISABLED' },
  });
  const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
  const put = { ...staging, defaultCapacityProviderStrategy: strategy };
  const providers = ['FARGATE_SPOT', 'machines'];
  await call('ecs', 'PutClusterCapacityProviders', { ...put, capacityProviders: providers });
  expect(await refused('ecs', 'DeleteCapacityProvider', { capacityProvider: 'machines' })).toBe(
    'InvalidParameterException',
  );
  await call('ecs', 'PutClusterCapacityProviders', { ...put, capacityProviders: ['FARGATE_SPOT'] });
  await call('ecs', 'DescribeCapacityProviders', { capacityProviders: ['FARGATE', 'nothing'], include: ['TAGS'] });
  await call('ecs', 'DeleteCapacityProvider', { capacityProvider: 'machines' });
  await call('ecs', 'DescribeCapacityProviders');
  await call('ecs', 'DeleteCluster', staging);
  await expectFaithful();
});

test('services, their deployments and tasks by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, expectFaithful, clock, sandbox } = await rehearse(botocore, 'slow');
  await call('ecs', 'CreateCluster', { clusterName: 'staging', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  const created = await call<{ service: unknown }>('ecs', 'CreateService', {
    cluster: 'staging',
    serviceName: 'shop',
    taskDefinition: 'web',
    desiredCount: 2,
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 1 }],
    networkConfiguration: network,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      alarms: { alarmNames: ['a'], enable: true, rollback: true },
    },
    placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.os-type == linux' }],
    tags: [{ key: 'team', value: 'shop' }],
    serviceConnectConfiguration: { enabled: true, namespace: 'shop' },
  });
  expect(created.service).toMatchObject({
    createdAt: time,
    events: [{ createdAt: time }, { createdAt: time }],
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 1 }],
    placementConstraints: [{ type: 'memberOf' }],
  });
  await call('ecs', 'ListServices', { cluster: 'staging', schedulingStrategy: 'REPLICA' });
  await call('ecs', 'ListServicesByNamespace', { namespace: 'shop' });
  await call('ecs', 'DescribeServices', { cluster: 'staging', services: ['shop', 'nothing'], include: ['TAGS'] });
  const { taskArns } = await call<{ taskArns: string[] }>('ecs', 'ListTasks', { cluster: 'staging' });
  const some = { cluster: 'staging', tasks: taskArns };
  await call('ecs', 'DescribeTasks', some);
  expect(await call('ecs', 'UpdateTaskProtection', { ...some, protectionEnabled: true })).toMatchObject({
    protectedTasks: [{ expirationDate: time }, { protectionEnabled: true }],
  });
  await call('ecs', 'GetTaskProtection', { ...some, tasks: [...taskArns, 'nothing'] });
  expect(await refused('ecs', 'DeleteService', { cluster: 'staging', service: 'shop' })).toBe(
    'InvalidParameterException',
  );
  await call('ecs', 'DeleteService', { cluster: 'staging', service: 'shop', force: true });
  clock.advance(30_000);
  await call('ecs', 'DeleteCluster', { cluster: 'staging' });

  await call('ecs', 'UpdateService', { ...web, forceNewDeployment: true });
  const { serviceDeployments } = await call<{ serviceDeployments: { serviceDeploymentArn: string }[] }>(
    'ecs',
    'ListServiceDeployments',
    { ...web, status: ['PENDING', 'IN_PROGRESS'], createdAt: { after: new Date(clock.now() - 1000).toISOString() } },
  );
  const one = { serviceDeploymentArn: serviceDeployments[0]?.serviceDeploymentArn };
  await call('ecs', 'StopServiceDeployment', { ...one, stopType: 'ROLLBACK' });
  await call('ecs', 'StopServiceDeployment', one);
  clock.advance(60_000);
  expect(await refused('ecs', 'StopServiceDeployment', one)).toBe('ConflictException');
  const described = { serviceDeploymentArns: [one.serviceDeploymentArn] };
  expect(await call('ecs', 'DescribeServiceDeployments', described)).toMatchObject({
    serviceDeployments: [{ status: 'ROLLBACK_SUCCESSFUL', finishedAt: time, rollback: { startedAt: time } }],
  });
  const target = sandbox.journal.flatMap(
    (entry) =>
      (entry.output as { serviceDeployments?: { targetServiceRevisionArn?: string }[] } | undefined)
        ?.serviceDeployments?.[0]?.targetServiceRevisionArn ?? [],
  );
  await call('ecs', 'DescribeServiceRevisions', { serviceRevisionArns: target.slice(0, 1) });
  sandbox.useScenario(scenarios.get('pause') as never);
  await call('ecs', 'UpdateService', { ...web, forceNewDeployment: true });
  clock.advance(20_000);
  const list = { ...web, status: ['IN_PROGRESS'] };
  const paused = await call<typeof described & { serviceDeployments: { serviceDeploymentArn: string }[] }>(
    'ecs',
    'ListServiceDeployments',
    list,
  );
  const { serviceDeploymentArn } = paused.serviceDeployments[0] ?? {};
  await call('ecs', 'ContinueServiceDeployment', { serviceDeploymentArn, hookId: 'hook-1' });
  await expectFaithful();
});

test('one-off tasks by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox, call, refused, expectFaithful, clock } = await rehearse(botocore, 'ok');
  const overrides = { containerOverrides: [{ name: 'web', command: ['migrate'] }] };
  const asked = { taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration: network, overrides };
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

test('no operation of ECS is left out above', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox } = await rehearse(botocore, 'ok');
  const own = sandbox.operations.filter((name) => name.startsWith('ecs '));
  expect(own.filter((name) => !answered.has(name))).toEqual([]);
});
