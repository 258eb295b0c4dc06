import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { JournalEntry } from '../../src/sandbox/service.js';
import type { Botocore } from '../support/botocore.js';
import { openBotocore } from '../support/botocore.js';
import { pushImage } from '../support/push-image.js';
import { openRehearsal } from '../support/rehearse.js';

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
async function rehearse(judge: Botocore, name: string) {
  const rehearsal = await openRehearsal(judge, [name], answered);
  open.push(rehearsal.close);
  return rehearsal;
}

test('what is no JSON, no known operation or not signed is refused as AWS does', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox } = await rehearse(botocore, 'ok');
  const send = async (target: string, body: string, authorization = 'AWS4-HMAC-SHA256 x') => {
    const answer = await fetch(sandbox.url, {
      method: 'POST',
      headers: { 'x-amz-target': target, authorization },
      body,
    });
    return [answer.status, ((await answer.json()) as { __type: string }).__type];
  };
  const ecs = 'AmazonEC2ContainerServiceV20141113';
  expect(await send(`${ecs}.ListClusters`, '{')).toEqual([400, 'SerializationException']);
  expect(await send(`${ecs}.ListClusters`, '[]')).toEqual([400, 'SerializationException']);
  expect(await send(`${ecs}.NoSuchThing`, '{}')).toEqual([400, 'UnknownOperationException']);
  expect(await send('AmazonSSM.GetParameter', '{}')).toEqual([400, 'UnknownOperationException']);
  expect(await send(`${ecs}.ListClusters`, '{}', '')).toEqual([400, 'MissingAuthenticationTokenException']);
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
  const { call, refused, expectFaithful } = await rehearse(botocore, 'ok');
  expect(await call('sts', 'GetCallerIdentity')).toMatchObject({ Account: '123456789012' });
  const role = { RoleArn: 'arn:aws:iam::123456789012:role/deploy', RoleSessionName: 'a-b=c' };
  expect(await call('sts', 'AssumeRole', { ...role, DurationSeconds: 900 })).toMatchObject({
    Credentials: { Expiration: { datetime: '2026-01-01T00:15:00+00:00' } },
    AssumedRoleUser: { Arn: 'arn:aws:sts::123456789012:assumed-role/deploy/a-b=c' },
  });
  await call('sts', 'AssumeRoleWithWebIdentity', { ...role, WebIdentityToken: 'a.b.c' });
  expect(await refused('sts', 'AssumeRoleWithWebIdentity', { ...role, WebIdentityToken: 'none' })).toBe(
    'InvalidIdentityToken',
  );
  expect(await refused('sts', 'GetSessionToken')).toBe('InvalidAction');
  await expectFaithful();
});

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
  // Those of ECS have files of their own.
  const others = sandbox.operations.filter((name) => !name.startsWith('ecs '));
  expect(others.filter((name) => !answered.has(name))).toEqual([]);
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
