import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AwsSession } from '../../src/aws/api.js';
import { booleanText, listOf, numberText, writeXml } from '../../src/aws/protocol/xml.js';
import type { AwsRpcServiceName } from '../../src/aws/services.js';
import { openAws } from '../../src/aws/session.js';
import type { Moto } from '../support/moto.js';
import { startMoto } from '../support/moto.js';
import type { TestWorld } from '../support/world.js';
import { testWorld } from '../support/world.js';

/** Each protocol against an emulator that others wrote for the SDKs. */
let moto: Moto | undefined;
let world: TestWorld;
let aws: AwsSession;

beforeAll(async () => {
  moto = await startMoto();
  if (!moto) return;
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-central-1' };
  world = testWorld({ env: { AWS_ENDPOINT_URL: moto.url, ...keys } });
  aws = await openAws(world);
});
afterAll(async () => {
  world?.close();
  await moto?.close();
});

test('query: a role is made, read and not found', async (context) => {
  if (!moto) return context.skip();
  const iam = aws.api('iam');
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const tags = [
    { Key: 'who', Value: 'ä + & <b>' },
    { Key: 'empty', Value: '' },
  ];
  const name = { RoleName: 'web-task' };
  await expect(iam.call('GetRole', name)).rejects.toMatchObject({ failure: 'not-found', type: 'NoSuchEntity' });
  await iam.call('CreateRole', { ...name, AssumeRolePolicyDocument: JSON.stringify(trust), Tags: tags });
  await expect(
    iam.call('CreateRole', { ...name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  ).rejects.toMatchObject({ failure: 'exists' });
  const shape = v.looseObject({
    Role: v.looseObject({
      Arn: v.string(),
      MaxSessionDuration: numberText,
      AssumeRolePolicyDocument: v.string(),
      Tags: listOf(v.looseObject({ Key: v.string(), Value: v.string() })),
    }),
  });
  const { Role: role } = v.parse(shape, await iam.call('GetRole', name));
  expect(role).toMatchObject({ Arn: 'arn:aws:iam::123456789012:role/web-task', MaxSessionDuration: 3600, Tags: tags });
  expect(JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument))).toEqual(trust);
  const policies = v.looseObject({ PolicyNames: listOf(v.string()), IsTruncated: booleanText });
  const listed = () => iam.call('ListRolePolicies', name).then((answer) => v.parse(policies, answer));
  expect(await listed()).toMatchObject({ PolicyNames: [], IsTruncated: false });
  await iam.call('PutRolePolicy', {
    ...name,
    PolicyName: 'one',
    PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
  });
  expect(await listed()).toMatchObject({ PolicyNames: ['one'] });
});

test('query, EC2: subnets by filter become the group of a balancer', async (context) => {
  if (!moto) return context.skip();
  const shape = v.looseObject({
    subnetSet: listOf(v.looseObject({ subnetId: v.string(), vpcId: v.string(), tagSet: listOf(v.unknown()) })),
  });
  const read = async (input: object) => v.parse(shape, await aws.api('ec2').call('DescribeSubnets', input)).subnetSet;
  const all = await read({ Filter: [{ Name: 'default-for-az', Value: ['true'] }] });
  expect(all.length).toBeGreaterThan(1);
  const one = await read({ SubnetId: [all[0]?.subnetId] });
  expect(one).toEqual([all[0]]);
  await expect(read({ SubnetId: ['subnet-0'] })).rejects.toMatchObject({
    failure: 'not-found',
    type: 'InvalidSubnetID.NotFound',
  });
  const elb = aws.api('elbv2');
  await elb.call('CreateTargetGroup', {
    Name: 'web',
    Protocol: 'HTTP',
    Port: 3000,
    VpcId: all[0]?.vpcId,
    TargetType: 'ip',
  });
  const groups = v.parse(
    v.looseObject({ TargetGroups: listOf(v.looseObject({ TargetGroupName: v.string(), Port: numberText })) }),
    await elb.call('DescribeTargetGroups', { Names: ['web'] }),
  );
  expect(groups.TargetGroups).toMatchObject([{ TargetGroupName: 'web', Port: 3000 }]);
});

test('REST with XML: a bucket with its settings and an object of an odd name', async (context) => {
  if (!moto) return context.skip();
  const s3 = aws.rest('s3');
  const bucket = 'lading-state';
  const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
  const put = (query: Record<string, string>, body: string) =>
    s3.request('Put', { method: 'PUT', bucket, query, body });
  await expect(s3.request('HeadBucket', { method: 'HEAD', bucket })).rejects.toMatchObject({ failure: 'not-found' });
  await put({}, writeXml('CreateBucketConfiguration', { LocationConstraint: 'eu-central-1' }, xmlns));
  expect((await s3.request('HeadBucket', { method: 'HEAD', bucket })).headers['x-amz-bucket-region']).toBe(
    'eu-central-1',
  );
  await put({ versioning: '' }, writeXml('VersioningConfiguration', { Status: 'Enabled' }, xmlns));
  expect((await s3.request('GetBucketVersioning', { bucket, query: { versioning: '' } })).value).toMatchObject({
    Status: 'Enabled',
  });
  const rule = {
    ID: 'old',
    Status: 'Enabled',
    Filter: { Prefix: '' },
    NoncurrentVersionExpiration: { NoncurrentDays: 90 },
  };
  await put({ lifecycle: '' }, writeXml('LifecycleConfiguration', { Rule: [rule] }, xmlns));
  const read = v.looseObject({ Rule: listOf(v.looseObject({ ID: v.string() })) });
  expect(
    v.parse(read, (await s3.request('GetLifecycle', { bucket, query: { lifecycle: '' } })).value).Rule,
  ).toMatchObject([{ ID: 'old' }]);
  await expect(s3.request('GetBucketPolicy', { bucket, query: { policy: '' } })).rejects.toMatchObject({
    type: 'NoSuchBucketPolicy',
  });
  const path = ['a b', 'ü+*(1)&?.txt'];
  await s3.request('PutObject', { method: 'PUT', bucket, path, body: 'hello' });
  const list = v.looseObject({ Contents: listOf(v.looseObject({ Key: v.string(), Size: numberText })) });
  const { value } = await s3.request('ListObjectsV2', { bucket, query: { 'list-type': '2', prefix: 'a b/' } });
  expect(v.parse(list, value).Contents).toMatchObject([{ Key: path.join('/'), Size: 5 }]);
});

test('REST with JSON: a schedule', async (context) => {
  if (!moto) return context.skip();
  const scheduler = aws.rest('scheduler');
  const path = ['schedules', 'nightly-job'];
  await expect(scheduler.request('GetSchedule', { path })).rejects.toMatchObject({ failure: 'not-found' });
  const target = {
    Arn: 'arn:aws:ecs:eu-central-1:123456789012:cluster/a',
    RoleArn: 'arn:aws:iam::123456789012:role/a',
  };
  const body = JSON.stringify({
    ScheduleExpression: 'rate(1 day)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: target,
  });
  await scheduler.request('CreateSchedule', { method: 'POST', path, body });
  expect((await scheduler.request('GetSchedule', { path })).value).toMatchObject({
    Name: 'nightly-job',
    Target: target,
  });
});

test.for<[AwsRpcServiceName, string, object, object]>([
  ['application-autoscaling', 'DescribeScalableTargets', { ServiceNamespace: 'ecs' }, { ScalableTargets: [] }],
  ['cloudwatch', 'DescribeAlarms', {}, { MetricAlarms: [] }],
  ['codedeploy', 'ListApplications', {}, { applications: [] }],
  ['dynamodb', 'ListTables', {}, { TableNames: [] }],
  ['ecr', 'DescribeRepositories', {}, { repositories: [] }],
  ['ecs', 'ListClusters', {}, { clusterArns: [] }],
  ['events', 'ListRules', {}, { Rules: [] }],
  ['kms', 'ListKeys', {}, { Keys: [] }],
  ['logs', 'DescribeLogGroups', {}, { logGroups: [] }],
  ['secretsmanager', 'ListSecrets', {}, { SecretList: [] }],
  ['ssm', 'DescribeParameters', {}, { Parameters: [] }],
])('JSON: %s %s', async ([service, operation, input, answer], context) => {
  if (!moto) return context.skip();
  expect(await aws.api(service).call(operation, input)).toMatchObject(answer);
});

test('an operation that the emulator lacks is told as such, at once', async (context) => {
  if (!moto) return context.skip();
  await expect(aws.api('ecs').call('ListServiceDeployments', { service: 'x' })).rejects.toMatchObject({
    failure: 'not-aws',
    hint: expect.stringContaining('an emulator without ListServiceDeployments') as string,
  });
});
