import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/start.js';
import type { Botocore } from '../support/botocore.js';
import { openBotocore } from '../support/botocore.js';
import { pushImage } from '../support/push-image.js';
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

/** A stage with botocore's own client before it. */
async function rehearse(judge: Botocore, options: SandboxOptions = {}): Promise<Rehearsal> {
  const rehearsal = await openRehearsal(judge, 'ok', answered, options);
  open.push(rehearsal.close);
  return rehearsal;
}

test('ECR by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox, call, refused, expectFaithful } = await rehearse(botocore);
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
  expect(await refused('ecr', 'DescribeRegistry')).toBe('UnknownOperationException');
  await call('ecr', 'DeleteRepository', { ...shop, force: true });
  await expectFaithful();
});

const shop = { repositoryName: 'acme/shop' };

test('what CreateRepository and its like do not take', async (context) => {
  if (!botocore) return context.skip();
  const { call, told, expectFaithful } = await rehearse(botocore);
  await call('ecr', 'CreateRepository', { ...shop, tags: [{ Key: 'team', Value: 'shop' }] });
  const create = (more: object) => told('ecr', 'CreateRepository', { repositoryName: 'new', ...more });
  const filters = (...all: string[]) => all.map((filter) => ({ filterType: 'WILDCARD', filter }));
  const excluding = { imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' };
  const said = [
    await create({ repositoryName: 'x' }),
    await create({ repositoryName: 'a'.repeat(257) }),
    await create({ repositoryName: 'Shop' }),
    await create({ repositoryName: 'a--' }),
    await create({ repositoryName: 'a//b' }),
    await create({ imageTagMutability: 'SOMETIMES' }),
    await create(excluding),
    await create({ imageTagMutabilityExclusionFilters: filters('v*') }),
    await create({ ...excluding, imageTagMutabilityExclusionFilters: filters('v/*') }),
    await create({ ...excluding, imageTagMutabilityExclusionFilters: filters('a', 'b', 'c', 'd', 'e', 'f') }),
    await create({ encryptionConfiguration: { encryptionType: 'ROT13' } }),
    await create({ encryptionConfiguration: { encryptionType: 'AES256', kmsKey: 'alias/x' } }),
    await create({ registryId: '210987654321' }),
  ];
  expect(said.filter((text) => !text.startsWith("InvalidParameterException: Invalid parameter at '"))).toEqual([]);
  expect(said[2]).toBe(
    "InvalidParameterException: Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*''",
  );
  expect(await create({ tags: [{ Key: 'aws:x', Value: '' }] })).toMatch(/^InvalidTagParameterException/);
  const many = Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: '' }));
  expect(await create({ tags: many })).toMatch(/^TooManyTagsException/);
  const elsewhere = { ...shop, registryId: '210987654321' };
  expect(await told('ecr', 'DescribeImages', elsewhere)).toBe(
    "RepositoryNotFoundException: The repository with name 'acme/shop' does not exist in the registry with id '210987654321'",
  );
  // Nothing of it was made.
  expect(await call('ecr', 'DescribeRepositories')).toMatchObject({ repositories: [shop] });
  await call('ecr', 'CreateRepository', {
    repositoryName: 'new',
    ...excluding,
    imageTagMutabilityExclusionFilters: filters('v*', 'latest'),
    encryptionConfiguration: { encryptionType: 'KMS' },
    imageScanningConfiguration: { scanOnPush: true },
  });
  expect(await call('ecr', 'DescribeRepositories', { repositoryNames: ['new'] })).toMatchObject({
    repositories: [
      {
        imageTagMutabilityExclusionFilters: filters('v*', 'latest'),
        encryptionConfiguration: { encryptionType: 'KMS', kmsKey: expect.stringMatching(/^arn:aws:kms:/) as string },
        imageScanningConfiguration: { scanOnPush: true },
      },
    ],
  });
  await expectFaithful();
});

test('tags, policies and settings of a repository', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, expectFaithful } = await rehearse(botocore);
  const { repository } = await call<{ repository: { repositoryArn: string } }>('ecr', 'CreateRepository', {
    ...shop,
    tags: [{ Key: 'team', Value: 'shop' }],
  });
  const resource = { resourceArn: repository.repositoryArn };
  await call('ecr', 'TagResource', { ...resource, tags: [{ Key: 'stage', Value: 'test' }] });
  await call('ecr', 'UntagResource', { ...resource, tagKeys: ['team'] });
  expect(await call('ecr', 'ListTagsForResource', resource)).toEqual({ tags: [{ Key: 'stage', Value: 'test' }] });
  const nothing = `${repository.repositoryArn}-not`;
  expect(await refused('ecr', 'ListTagsForResource', { resourceArn: nothing })).toBe('RepositoryNotFoundException');
  expect(await refused('ecr', 'ListTagsForResource', { resourceArn: 'shop' })).toBe('InvalidParameterException');

  expect(await refused('ecr', 'GetRepositoryPolicy', shop)).toBe('RepositoryPolicyNotFoundException');
  const principal = { AWS: 'arn:aws:iam::210987654321:root' };
  const statement = { Sid: 'pull', Effect: 'Allow', Principal: principal, Action: ['ecr:BatchGetImage'] };
  const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  expect(await call('ecr', 'SetRepositoryPolicy', { ...shop, policyText })).toMatchObject({ ...shop, policyText });
  for (const odd of [
    '{',
    '{"Version":"2012-10-17"}',
    JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Effect: 'Maybe' }] }),
    JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Action: 's3:GetObject' }] }),
    JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Resource: '*' }] }),
    JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Principal: undefined }] }),
  ])
    expect(await refused('ecr', 'SetRepositoryPolicy', { ...shop, policyText: odd }), odd).toBe(
      'InvalidParameterException',
    );
  expect(await call('ecr', 'GetRepositoryPolicy', shop)).toMatchObject({ policyText });
  expect(await call('ecr', 'DeleteRepositoryPolicy', shop)).toMatchObject({ policyText });
  expect(await refused('ecr', 'DeleteRepositoryPolicy', shop)).toBe('RepositoryPolicyNotFoundException');

  expect(await refused('ecr', 'PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'MAYBE' })).toBe(
    'ValidationException',
  );
  expect(await refused('ecr', 'GetAccountSetting', { name: 'toString' })).toBe('ValidationException');
  await expectFaithful();
});

const policyOf = (...selections: object[]) =>
  JSON.stringify({
    rules: selections.map((selection, at) => ({ rulePriority: at + 1, selection, action: { type: 'expire' } })),
  });

test('a lifecycle policy: put, read, tried without harm, deleted', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox, call, refused, pages, expectFaithful, clock } = await rehearse(botocore, { pageSize: 1 });
  await call('ecr', 'CreateRepository', shop);
  for (const tag of ['v1', 'v2', 'v3', 'main']) {
    await pushImage(sandbox, 'acme/shop', tag, `layer of ${tag}`);
    clock.advance(3_600_000);
  }
  const count = { countType: 'imageCountMoreThan', countNumber: 1 };
  const lifecyclePolicyText = policyOf({ tagStatus: 'tagged', tagPrefixList: ['v'], ...count });
  expect(await refused('ecr', 'GetLifecyclePolicy', shop)).toBe('LifecyclePolicyNotFoundException');
  expect(await refused('ecr', 'StartLifecyclePolicyPreview', shop)).toBe('LifecyclePolicyNotFoundException');
  expect(await refused('ecr', 'GetLifecyclePolicyPreview', shop)).toBe('LifecyclePolicyPreviewNotFoundException');
  const wrong = policyOf({ tagStatus: 'tagged', ...count, comment: 'x'.repeat(100) });
  expect(await refused('ecr', 'PutLifecyclePolicy', { ...shop, lifecyclePolicyText: wrong })).toBe(
    'InvalidParameterException',
  );
  await call('ecr', 'PutLifecyclePolicy', { ...shop, lifecyclePolicyText });
  expect(await call('ecr', 'GetLifecyclePolicy', shop)).toMatchObject({ lifecyclePolicyText });
  expect(await call('ecr', 'StartLifecyclePolicyPreview', shop)).toMatchObject({ status: 'IN_PROGRESS' });
  expect(await refused('ecr', 'StartLifecyclePolicyPreview', shop)).toBe('LifecyclePolicyPreviewInProgressException');
  expect(await call('ecr', 'GetLifecyclePolicyPreview', shop)).toMatchObject({ status: 'IN_PROGRESS' });
  clock.advance(1000);
  const results = await pages<object>('ecr', 'GetLifecyclePolicyPreview', shop, 'previewResults');
  const result = (tag: string) => ({ imageTags: [tag], action: { type: 'EXPIRE' }, appliedRulePriority: 1 });
  expect(results).toMatchObject([[result('v1')], [result('v2')]]);
  const one = { ...shop, imageIds: [{ imageTag: 'v2' }], filter: { tagStatus: 'TAGGED' } };
  expect(await call('ecr', 'GetLifecyclePolicyPreview', one)).toMatchObject({
    status: 'COMPLETE',
    previewResults: [result('v2')],
    summary: { expiringImageTotalCount: 2 },
  });
  // Another one, that is not put.
  const all = policyOf({ tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 });
  clock.advance(86_400_000 - 3 * 3_600_000);
  await call('ecr', 'StartLifecyclePolicyPreview', { ...shop, lifecyclePolicyText: all });
  clock.advance(1000);
  expect(await pages('ecr', 'GetLifecyclePolicyPreview', shop, 'previewResults')).toMatchObject([
    [{ imageTags: ['v1'] }],
    [{ imageTags: ['v2'] }],
  ]);
  expect(await pages('ecr', 'ListImages', shop, 'imageIds')).toHaveLength(4);
  expect(await call('ecr', 'DeleteLifecyclePolicy', shop)).toMatchObject({ lifecyclePolicyText });
  expect(await refused('ecr', 'DeleteLifecyclePolicy', shop)).toBe('LifecyclePolicyNotFoundException');
  await expectFaithful();
});

test('scans begin and end without a finding', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox, call, refused, expectFaithful, clock } = await rehearse(botocore);
  await call('ecr', 'CreateRepository', shop);
  const { digest } = await pushImage(sandbox, 'acme/shop', 'v1');
  const image = { ...shop, imageId: { imageTag: 'v1' } };
  expect(await refused('ecr', 'DescribeImageScanFindings', image)).toBe('ScanNotFoundException');
  const missing = { ...shop, imageId: { imageTag: 'v2' } };
  expect(await refused('ecr', 'StartImageScan', missing)).toBe('ImageNotFoundException');
  expect(await call('ecr', 'StartImageScan', image)).toMatchObject({ imageScanStatus: { status: 'IN_PROGRESS' } });
  expect(await call('ecr', 'DescribeImageScanFindings', image)).toMatchObject({
    imageScanStatus: { status: 'IN_PROGRESS' },
  });
  clock.advance(2000);
  expect(await call('ecr', 'DescribeImageScanFindings', image)).toMatchObject({
    imageId: { imageDigest: digest },
    imageScanStatus: { status: 'COMPLETE' },
    imageScanFindings: { findings: [], findingSeverityCounts: {} },
  });
  const imageScanningConfiguration = { scanOnPush: true };
  await call('ecr', 'PutImageScanningConfiguration', { ...shop, imageScanningConfiguration });
  const names = { repositoryNames: ['acme/shop', 'nothing'] };
  expect(await call('ecr', 'BatchGetRepositoryScanningConfiguration', names)).toMatchObject({
    scanningConfigurations: [{ scanOnPush: true, scanFrequency: 'SCAN_ON_PUSH' }],
    failures: [{ repositoryName: 'nothing', failureCode: 'REPOSITORY_NOT_FOUND' }],
  });
  await call('ecr', 'GetRegistryScanningConfiguration');
  const pushed = { ...shop, imageId: { imageDigest: (await pushImage(sandbox, 'acme/shop', 'v2', 'two')).digest } };
  expect(await call('ecr', 'DescribeImageScanFindings', pushed)).toMatchObject({
    imageScanStatus: { status: 'IN_PROGRESS' },
  });
  await expectFaithful();
});

test('layers are sent in parts and read by an address', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, expectFaithful } = await rehearse(botocore);
  await call('ecr', 'CreateRepository', shop);
  const bytes = Buffer.alloc(5 * 1024 * 1024 + 7, 'lading');
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const start = async () => (await call<{ uploadId: string }>('ecr', 'InitiateLayerUpload', shop)).uploadId;
  const send = (uploadId: string, from: number, to: number) => ({
    ...shop,
    uploadId,
    partFirstByte: from,
    partLastByte: to - 1,
    layerPartBlob: { base64: bytes.subarray(from, to).toString('base64') },
  });
  const five = 5 * 1024 * 1024;
  const uploadId = await start();
  const complete = { ...shop, uploadId, layerDigests: [digest] };
  expect(await refused('ecr', 'CompleteLayerUpload', complete)).toBe('EmptyUploadException');
  expect(await call('ecr', 'UploadLayerPart', send(uploadId, 0, five))).toMatchObject({ lastByteReceived: five - 1 });
  expect(await refused('ecr', 'UploadLayerPart', send(uploadId, 0, five))).toBe('InvalidLayerPartException');
  await call('ecr', 'UploadLayerPart', send(uploadId, five, bytes.length));
  expect(await call('ecr', 'CompleteLayerUpload', complete)).toMatchObject({ layerDigest: digest });
  expect(await refused('ecr', 'CompleteLayerUpload', complete)).toBe('UploadNotFoundException');
  const { downloadUrl } = await call<{ downloadUrl: string }>('ecr', 'GetDownloadUrlForLayer', {
    ...shop,
    layerDigest: digest,
  });
  expect(Buffer.from(await (await fetch(downloadUrl)).arrayBuffer()).equals(bytes)).toBe(true);

  const whole = async (id: string, layerDigest: string, ...cuts: number[]) => {
    for (const [at, to] of [...cuts, bytes.length].entries())
      await call('ecr', 'UploadLayerPart', send(id, cuts[at - 1] ?? 0, to));
    return refused('ecr', 'CompleteLayerUpload', { ...shop, uploadId: id, layerDigests: [layerDigest] });
  };
  expect(await whole(await start(), digest)).toBe('LayerAlreadyExistsException');
  expect(await whole(await start(), `sha256:${'0'.repeat(64)}`)).toBe('InvalidLayerException');
  expect(await whole(await start(), digest, 100)).toBe('LayerPartTooSmallException');
  const other = { ...shop, layerDigest: `sha256:${'0'.repeat(64)}` };
  expect(await refused('ecr', 'GetDownloadUrlForLayer', other)).toBe('LayersNotFoundException');
  const odd = { ...shop, layerDigests: [digest, 'sha256:x'] };
  expect(await call('ecr', 'BatchCheckLayerAvailability', odd)).toMatchObject({
    layers: [{ layerAvailability: 'AVAILABLE' }],
    failures: [{ layerDigest: 'sha256:x', failureCode: 'InvalidLayerDigest' }],
  });
  await expectFaithful();
});

test('images that are asked for wrongly, and those of an index', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox, call, expectFaithful } = await rehearse(botocore);
  await call('ecr', 'CreateRepository', shop);
  const one = await pushImage(sandbox, 'acme/shop', 'one', 'first');
  const two = await pushImage(sandbox, 'acme/shop', 'two', 'second');
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ mediaType, digest: one.digest, size: 1 }],
  };
  await call('ecr', 'PutImage', { ...shop, imageManifest: JSON.stringify(index), imageTag: 'all' });
  const imageIds = [
    {},
    { imageDigest: 'one' },
    { imageTag: 'three' },
    { imageTag: 'one', imageDigest: two.digest },
    { imageTag: 'one', imageDigest: one.digest },
  ];
  const got = await call<{ failures: { failureCode: string }[] }>('ecr', 'BatchGetImage', { ...shop, imageIds });
  expect(got).toMatchObject({ images: [{ imageId: { imageTag: 'one', imageDigest: one.digest } }] });
  expect(got.failures.map(({ failureCode }) => failureCode)).toEqual([
    'MissingDigestAndTag',
    'InvalidImageDigest',
    'ImageNotFound',
    'ImageTagDoesNotMatchDigest',
  ]);
  const ids = { ...shop, imageIds: [{ imageTag: 'one' }, { imageDigest: two.digest }] };
  expect(await call('ecr', 'BatchDeleteImage', ids)).toMatchObject({
    imageIds: [{ imageDigest: two.digest }],
    failures: [{ imageId: { imageTag: 'one' }, failureCode: 'ImageReferencedByManifestList' }],
  });
  expect(await call('ecr', 'DescribeImages', { ...shop, filter: { tagStatus: 'TAGGED' } })).toMatchObject({
    imageDetails: [
      { imageTags: ['one'], artifactMediaType: 'application/vnd.oci.image.config.v1+json', imageStatus: 'ACTIVE' },
      { imageTags: ['all'], imageManifestMediaType: index.mediaType },
    ],
  });
  await expectFaithful();
});

test('reads come in pages, each once', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox, call, pages, told, expectFaithful } = await rehearse(botocore, { pageSize: 2 });
  for (const repositoryName of ['bb', 'aa', 'ee', 'dd', 'cc'])
    await call('ecr', 'CreateRepository', { repositoryName });
  const repositories = await pages<{ repositoryName: string }>('ecr', 'DescribeRepositories', {}, 'repositories');
  expect(repositories.map((page) => page.map((one) => one.repositoryName))).toEqual([
    ['aa', 'bb'],
    ['cc', 'dd'],
    ['ee'],
  ]);
  const one = await pages('ecr', 'DescribeRepositories', { maxResults: 1 }, 'repositories');
  expect(one.map((page) => page.length)).toEqual([1, 1, 1, 1, 1]);
  for (const tag of ['1', '2', '3']) await pushImage(sandbox, 'aa', tag, tag);
  for (const [operation, field] of [
    ['DescribeImages', 'imageDetails'],
    ['ListImages', 'imageIds'],
  ] as const) {
    const all = await pages('ecr', operation, { repositoryName: 'aa' }, field);
    expect(
      all.map((page) => page.length),
      operation,
    ).toEqual([2, 1]);
    expect(await told('ecr', operation, { repositoryName: 'aa', nextToken: 'x' })).toMatch(
      /^InvalidParameterException: Invalid parameter at 'nextToken'/,
    );
  }
  expect(await told('ecr', 'DescribeRepositories', { maxResults: 1, repositoryNames: ['aa'] })).toMatch(
    /^InvalidParameterException/,
  );
  await expectFaithful();
});

test('no operation is left out above', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox } = await rehearse(botocore);
  expect(sandbox.operations.filter((name) => name.startsWith('ecr ') && !answered.has(name))).toEqual([]);
});
