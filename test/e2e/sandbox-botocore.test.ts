import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { JournalEntry } from '../../src/sandbox/service.js';
import type { Botocore } from '../support/botocore.js';
import { openBotocore } from '../support/botocore.js';
import { askSigned } from '../support/ask-signed.js';
import { pushImage } from '../support/push-image.js';
import { deployOnStage, openStage } from '../support/stage.js';

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

type Input = Readonly<Record<string, unknown>>;

/** A stage with botocore's own client before it. */
async function rehearse(judge: Botocore, name: string) {
  const stage = await openStage(name);
  open.push(stage.close);
  const { sandbox } = stage;
  return {
    ...stage,
    async call<Output>(service: string, operation: string, input: Input = {}): Promise<Output> {
      const { output, error } = await judge.call(sandbox.env, service, operation, input);
      if (error) throw new Error(`${service} ${operation}: ${error.code}: ${error.message}`);
      return output as Output;
    },
    refused: async (service: string, operation: string, input: Input = {}) =>
      (await judge.call(sandbox.env, service, operation, input)).error?.code,
    async expectFaithful(): Promise<void> {
      for (const entry of sandbox.journal) if (!entry.fault) answered.add(`${entry.service} ${entry.operation}`);
      expect(await judge.check(sandbox.journal)).toEqual([]);
    },
  };
}

const web = { cluster: 'default', service: 'web' };

interface Deployments {
  readonly serviceDeployments: { readonly serviceDeploymentArn: string; readonly targetServiceRevisionArn: string }[];
}

/** All that can be read of the service, at this moment. */
async function readAll(call: Awaited<ReturnType<typeof rehearse>>['call']): Promise<void> {
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

test('ECR by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox, call, refused, expectFaithful } = await rehearse(botocore, 'ok');
  const time = { datetime: expect.stringMatching(/^2026-01-01T/) as string };
  const shop = { repositoryName: 'acme/shop' };
  expect(await call('ecr', 'CreateRepository', shop)).toMatchObject({ repository: { createdAt: time } });
  expect(await refused('ecr', 'CreateRepository', shop)).toBe('RepositoryAlreadyExistsException');
  expect(await refused('ecr', 'CreateRepository', { repositoryName: 'Shop' })).toBe('InvalidParameterException');
  expect(await refused('ecr', 'DescribeRepositories', { repositoryNames: ['nothing'] })).toBe(
    'RepositoryNotFoundException',
  );
  await call('ecr', 'DescribeRepositories');
  expect(await call('ecr', 'GetAuthorizationToken')).toMatchObject({
    authorizationData: [{ expiresAt: { datetime: expect.stringMatching(/^2026-01-01T12:00/) as string } }],
  });
  const { digest, layer } = await pushImage(sandbox, 'acme/shop', 'v1');
  const described = await call('ecr', 'DescribeImages', { ...shop, imageIds: [{ imageTag: 'v1' }] });
  expect(described).toMatchObject({ imageDetails: [{ imageDigest: digest, imageTags: ['v1'], imagePushedAt: time }] });
  expect(await refused('ecr', 'DescribeImages', { ...shop, imageIds: [{ imageTag: 'v2' }] })).toBe(
    'ImageNotFoundException',
  );
  expect(await call('ecr', 'ListImages', shop)).toEqual({ imageIds: [{ imageDigest: digest, imageTag: 'v1' }] });
  const imageIds = [{ imageTag: 'v1' }, { imageDigest: `sha256:${'0'.repeat(64)}` }];
  const got = await call<{ images: { imageManifest: string }[] }>('ecr', 'BatchGetImage', { ...shop, imageIds });
  expect(got).toMatchObject({ images: [{ imageId: { imageDigest: digest, imageTag: 'v1' } }] });
  const layerDigests = [layer, `sha256:${'0'.repeat(64)}`];
  expect(await call('ecr', 'BatchCheckLayerAvailability', { ...shop, layerDigests })).toMatchObject({
    layers: [
      { layerDigest: layer, layerAvailability: 'AVAILABLE', layerSize: 7 },
      { layerAvailability: 'UNAVAILABLE' },
    ],
  });
  const imageManifest = got.images[0]?.imageManifest;
  const put = { ...shop, imageManifest, imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json' };
  expect(await call('ecr', 'PutImage', { ...put, imageTag: 'stable' })).toMatchObject({
    image: { imageId: { imageDigest: digest, imageTag: 'stable' } },
  });
  expect(await refused('ecr', 'PutImage', { ...put, imageTag: 'stable' })).toBe('ImageAlreadyExistsException');
  const lacking = put.imageManifest?.replace(layer, `sha256:${'0'.repeat(64)}`);
  expect(await refused('ecr', 'PutImage', { ...put, imageManifest: lacking })).toBe('LayersNotFoundException');
  await call('ecr', 'BatchDeleteImage', { ...shop, imageIds: [{ imageTag: 'stable' }, { imageTag: 'nothing' }] });
  await call('ecr', 'PutImageTagMutability', { ...shop, imageTagMutability: 'IMMUTABLE' });
  const other = put.imageManifest?.replace('{', '{ ');
  expect(await refused('ecr', 'PutImage', { ...put, imageManifest: other, imageTag: 'v1' })).toBe(
    'ImageTagAlreadyExistsException',
  );
  await call('ecr', 'PutImageTagMutability', {
    ...shop,
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'v*' }],
  });
  await call('ecr', 'PutImage', { ...put, imageManifest: other, imageTag: 'v1' });
  expect(await call('ecr', 'ListImages', { ...shop, filter: { tagStatus: 'UNTAGGED' } })).toEqual({
    imageIds: [{ imageDigest: digest }],
  });
  const first = await call<{ nextToken: string }>('ecr', 'DescribeImages', { ...shop, maxResults: 1 });
  expect(await call('ecr', 'DescribeImages', { ...shop, nextToken: first.nextToken })).toMatchObject({
    imageDetails: [{ imageTags: ['v1'] }],
  });
  await call('ecr', 'PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'ENABLED' });
  await call('ecr', 'GetAccountSetting', { name: 'BLOB_MOUNTING' });
  expect(await refused('ecr', 'DeleteRepository', shop)).toBe('RepositoryNotEmptyException');
  expect(await refused('ecr', 'GetLifecyclePolicy', shop)).toBe('UnknownOperationException');
  await call('ecr', 'DeleteRepository', { ...shop, force: true });
  await expectFaithful();
});

test('STS by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, expectFaithful, sandbox, clock } = await rehearse(botocore, 'ok');
  expect(await call('sts', 'GetCallerIdentity')).toEqual({
    UserId: 'AIDASANDBOX',
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/sandbox',
  });
  const role = { RoleArn: 'arn:aws:iam::123456789012:role/ci/deploy', RoleSessionName: 'a-b=c' };
  const assumed = await call<Assumed>('sts', 'AssumeRole', { ...role, DurationSeconds: 900 });
  expect(assumed).toMatchObject({
    Credentials: { Expiration: { datetime: '2026-01-01T00:15:00+00:00' } },
    AssumedRoleUser: { Arn: 'arn:aws:sts::123456789012:assumed-role/deploy/a-b=c' },
  });
  const WebIdentityToken = sandbox.webIdentityToken({ sub: 'repo:acme/shop:environment:production' });
  expect(await call('sts', 'AssumeRoleWithWebIdentity', { ...role, WebIdentityToken })).toMatchObject({
    SubjectFromWebIdentityToken: 'repo:acme/shop:environment:production',
    Provider: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
    Audience: 'sts.amazonaws.com',
  });
  const told = {
    token: await refused('sts', 'AssumeRoleWithWebIdentity', { ...role, WebIdentityToken: 'none' }),
    audience: await refused('sts', 'AssumeRoleWithWebIdentity', {
      ...role,
      WebIdentityToken: sandbox.webIdentityToken({ aud: 'elsewhere' }),
    }),
    role: await refused('sts', 'AssumeRole', { ...role, RoleArn: 'arn:aws:iam::123456789012:user/me' }),
    session: await refused('sts', 'AssumeRole', { ...role, RoleSessionName: 'a b' }),
    duration: await refused('sts', 'AssumeRole', { ...role, DurationSeconds: 43_201 }),
    unknown: await refused('sts', 'GetSessionToken'),
  };
  expect(told).toEqual({
    token: 'InvalidIdentityToken',
    audience: 'InvalidIdentityToken',
    role: 'ValidationError',
    session: 'ValidationError',
    duration: 'ValidationError',
    unknown: 'InvalidAction',
  });
  clock.advance(300_000);
  expect(await refused('sts', 'AssumeRoleWithWebIdentity', { ...role, WebIdentityToken })).toBe(
    'ExpiredTokenException',
  );
  // Who has taken on a role is it, for an hour at most, until the credentials expire.
  const env = {
    ...sandbox.env,
    AWS_ACCESS_KEY_ID: assumed.Credentials.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: assumed.Credentials.SecretAccessKey,
    AWS_SESSION_TOKEN: assumed.Credentials.SessionToken,
  };
  const asRole = async (operation: string, input: Input = {}) => botocore?.call(env, 'sts', operation, input);
  expect(await asRole('GetCallerIdentity')).toMatchObject({
    output: { Arn: 'arn:aws:sts::123456789012:assumed-role/deploy/a-b=c', Account: '123456789012' },
  });
  expect(await asRole('AssumeRole', { ...role, DurationSeconds: 3601 })).toMatchObject({
    error: { code: 'ValidationError', message: expect.stringContaining('role chaining') as string },
  });
  clock.advance(600_000);
  expect(await asRole('GetCallerIdentity')).toMatchObject({ error: { code: 'ExpiredToken', status: 403 } });
  await expectFaithful();
});

interface Assumed {
  readonly Credentials: {
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly SessionToken: string;
  };
}

test('CloudWatch Logs by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, expectFaithful, clock } = await rehearse(botocore, 'ok');
  const group = { logGroupName: '/ecs/shop' };
  const stream = { ...group, logStreamName: 'web/web/1' };
  await call('logs', 'CreateLogGroup', group);
  expect(await refused('logs', 'CreateLogGroup', group)).toBe('ResourceAlreadyExistsException');
  await call('logs', 'CreateLogStream', stream);
  expect(await refused('logs', 'CreateLogStream', stream)).toBe('ResourceAlreadyExistsException');
  expect(await refused('logs', 'GetLogEvents', { ...group, logStreamName: 'nothing' })).toBe(
    'ResourceNotFoundException',
  );
  const logEvents = ['one', 'two', 'three'].map((message, at) => ({ timestamp: clock.now() + at, message }));
  await call('logs', 'PutLogEvents', { ...stream, logEvents });
  await call('logs', 'DescribeLogGroups', { logGroupNamePrefix: '/ecs/' });
  expect(await call('logs', 'DescribeLogStreams', { ...group, logStreamNamePrefix: 'web/' })).toMatchObject({
    logStreams: [{ logStreamName: 'web/web/1', firstEventTimestamp: clock.now(), lastEventTimestamp: clock.now() + 2 }],
  });
  const head = await call<{ events: { message: string }[]; nextForwardToken: string }>('logs', 'GetLogEvents', {
    ...stream,
    startFromHead: true,
    limit: 2,
  });
  expect(head.events.map((event) => event.message)).toEqual(['one', 'two']);
  const rest = { ...stream, startFromHead: true, nextToken: head.nextForwardToken };
  expect(await call('logs', 'GetLogEvents', rest)).toMatchObject({ events: [{ message: 'three' }] });
  const later = { ...group, startTime: clock.now() + 1, filterPattern: 't' };
  expect(await call('logs', 'FilterLogEvents', { ...later, logStreamNamePrefix: 'web/' })).toMatchObject({
    events: [{ message: 'two', logStreamName: 'web/web/1' }, { message: 'three' }],
  });
  await expectFaithful();
});

test('no operation is left out above', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox } = await rehearse(botocore, 'ok');
  expect(sandbox.operations.filter((name) => !answered.has(name))).toEqual([]);
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
