import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Moto } from '../../src/sandbox/moto/start-moto.js';
import { startMoto } from '../../src/sandbox/moto/start-moto.js';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import type { Botocore } from '../support/botocore.js';
import { openBotocore } from '../support/botocore.js';
import { lading, startLading } from '../support/command-line.js';
import { findTool, missing } from '../support/tools.js';

let botocore: Botocore | undefined;
const open: { close(): Promise<void> }[] = [];

beforeAll(() => {
  botocore = openBotocore();
}, 240_000);
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
afterAll(async () => botocore?.close());

async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  open.push(sandbox);
  return sandbox;
}

async function tell(sandbox: Pick<Sandbox, 'env'>, service: string, operation: string, input: object = {}) {
  const answer = await botocore?.call(sandbox.env, service, operation, { ...input });
  return answer?.error ? `${answer.error.status} ${answer.error.code}: ${answer.error.message}` : answer?.output;
}

/** One service of each protocol, and some that are in no table. */
const others = [
  ['ssm', 'GetParameter', { Name: 'x' }, '400 UnknownOperationException'],
  ['dynamodb', 'ListTables', {}, '400 UnknownOperationException'],
  ['secretsmanager', 'ListSecrets', {}, '400 UnknownOperationException'],
  ['events', 'ListRules', {}, '400 UnknownOperationException'],
  ['application-autoscaling', 'DescribeScalableTargets', { ServiceNamespace: 'ecs' }, '400 UnknownOperationException'],
  ['sqs', 'ListQueues', {}, '400 UnknownOperationException'],
  ['iam', 'ListRoles', {}, '400 InvalidAction'],
  ['elbv2', 'DescribeLoadBalancers', {}, '400 InvalidAction'],
  ['sns', 'ListTopics', {}, '400 InvalidAction'],
  ['ec2', 'DescribeVpcs', {}, '400 InvalidAction'],
  ['s3', 'ListBuckets', {}, '501 NotImplemented'],
  ['s3', 'GetObject', { Bucket: 'v2', Key: 'a/b c' }, '501 NotImplemented'],
  ['scheduler', 'ListSchedules', {}, '400 UnknownOperationException'],
  ['lambda', 'ListFunctions', {}, '400 UnknownOperationException'],
] as const;

test.each(others)('%s %s: what is not played is told in its own shape', async (service, operation, input, code) => {
  if (!botocore) return;
  const sandbox = await start();
  const told = await tell(sandbox, service, operation, input);
  expect(told).toMatch(new RegExp(`^${code}: the sandbox does not play ${service}: start it with --with-moto start`));
  const stranger = { env: { ...sandbox.env, AWS_SECRET_ACCESS_KEY: 'guessed' } };
  expect(await tell(stranger, service, operation, input)).toMatch(/(InvalidSignature|SignatureDoesNotMatch)/);
  expect(sandbox.journal).toEqual([]);
});

describe('with moto', () => {
  let moto: Moto | undefined;
  beforeAll(async () => {
    if (spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).error) missing('moto_server', "PyPI 'moto[server]'");
    else moto = await startMoto(process.env);
  }, 90_000);
  afterAll(async () => moto?.close());

  test('its services answer to the keys of the sandbox, beside those that the sandbox plays', async (context) => {
    if (!moto || !botocore) return context.skip();
    const sandbox = await start({ moto });
    const call = async <Output>(service: string, operation: string, input: object = {}) => {
      const { output, error } = (await botocore?.call(sandbox.env, service, operation, { ...input })) ?? {};
      if (error) throw new Error(`${service} ${operation}: ${error.code}: ${error.message}`);
      return output as Output;
    };
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await call('iam', 'CreateRole', { RoleName: 'deploy', AssumeRolePolicyDocument: trust });
    const { Role } = await call<{ Role: { Arn: string } }>('iam', 'GetRole', { RoleName: 'deploy' });
    expect(Role.Arn).toBe('arn:aws:iam::123456789012:role/deploy');
    await call('ssm', 'PutParameter', { Name: '/shop/url', Value: 'postgres://', Type: 'SecureString' });
    expect(await call('ssm', 'GetParameter', { Name: '/shop/url', WithDecryption: true })).toMatchObject({
      Parameter: { Value: 'postgres://' },
    });
    await call('secretsmanager', 'CreateSecret', { Name: 'shop', SecretString: 'hush' });
    expect(await call('secretsmanager', 'GetSecretValue', { SecretId: 'shop' })).toMatchObject({
      SecretString: 'hush',
    });
    const bytes = Buffer.alloc(300_000, 'é\0\n').toString('base64');
    const state = { Bucket: 'state', Key: 'a b/ü?&=+.tfstate' };
    await call('s3', 'CreateBucket', {
      Bucket: 'state',
      CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
    });
    await call('s3', 'PutObject', { ...state, Body: { base64: bytes }, Metadata: { note: 'two  spaces' } });
    expect(await call('s3', 'GetObject', state)).toMatchObject({ Body: { base64: bytes } });
    expect(await call('s3', 'ListObjectsV2', { Bucket: 'state' })).toMatchObject({ Contents: [{ Key: state.Key }] });
    const attribute = { AttributeName: 'LockID', AttributeType: 'S' };
    await call('dynamodb', 'CreateTable', {
      TableName: 'lock',
      AttributeDefinitions: [attribute],
      KeySchema: [{ AttributeName: 'LockID', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    expect(await call('dynamodb', 'ListTables')).toEqual({ TableNames: ['lock'] });
    await call('events', 'PutRule', { Name: 'nightly', ScheduleExpression: 'rate(1 day)' });
    expect(await call('events', 'ListRules')).toMatchObject({ Rules: [{ Name: 'nightly' }] });
    expect(await call('elbv2', 'DescribeLoadBalancers')).toMatchObject({ LoadBalancers: [] });
    await call('application-autoscaling', 'DescribeScalableTargets', { ServiceNamespace: 'ecs' });

    expect(await call('ecs', 'ListClusters')).toMatchObject({ clusterArns: [expect.stringContaining('default')] });
    expect(await tell(sandbox, 'ssm', 'GetParameter', { Name: 'nothing' })).toMatch(/^400 ParameterNotFound/);
    expect(sandbox.journal).toContainEqual(
      expect.objectContaining({ service: 'iam', operation: 'GetRole', input: { RoleName: 'deploy' }, passedOn: true }),
    );
    const puts = sandbox.journal.filter(({ operation }) => operation.startsWith('PUT /state'));
    expect(puts.map(({ service, operation }) => `${service} ${operation}`)).toEqual([
      's3 PUT /state',
      's3 PUT /state/a%20b/%C3%BC%3F%26%3D%2B.tfstate',
    ]);
    expect(await botocore.check(sandbox.journal)).toEqual([]);

    const before = sandbox.journal.length;
    const stranger = { env: { ...sandbox.env, AWS_ACCESS_KEY_ID: 'AKIAGUESSED' } };
    expect(await tell(stranger, 'iam', 'GetRole', { RoleName: 'deploy' })).toMatch(/^403 InvalidClientTokenId/);
    expect(sandbox.journal.length).toBe(before);
    sandbox.inject({ service: 'iam', operation: 'GetRole', type: 'Throttling', status: 400 });
    expect(await tell(sandbox, 'iam', 'GetRole', { RoleName: 'deploy' })).toBe('400 Throttling: injected');
  });

  test('it listens where only its owner can ask, and knows no secrets of ours', async (context) => {
    if (!moto || !('socketPath' in moto.at)) return context.skip();
    expect(statSync(dirname(moto.at.socketPath)).mode & 0o777).toBe(0o700);
  });
});

test('a moto that does not answer, or is none, is told', async () => {
  if (!botocore) return;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  const sandbox = await start({ moto: `http://127.0.0.1:${port}` });
  expect(await tell(sandbox, 'iam', 'ListRoles')).toMatch(
    new RegExp(`^503 ServiceUnavailable: moto at http://127.0.0.1:${port} does not answer`),
  );
  await expect(startSandbox({ moto: 'localhost:5000' })).rejects.toMatchObject({ kind: 'input' });
  await expect(startMoto({ PATH: '/nowhere' })).rejects.toMatchObject({
    kind: 'tool',
    code: 'TOOL_MISSING',
    hint: expect.stringContaining('pip install') as string,
  });
});

test('lading sandbox --with-moto start: nothing is left of it, however it ends', async (context) => {
  if (!botocore || !findTool('moto_server')) return context.skip();
  const work = mkdtempSync(join(tmpdir(), 'lading-with-moto-'));
  const env = { TMPDIR: work, ...pick(process.env, /^PYENV_/), HOME: process.env.HOME ?? work };
  try {
    const wrong = await lading(['sandbox', '--with-moto', 'start', '--github', 'none'], { cwd: work, env });
    expect([wrong.code, readdirSync(work)]).toEqual([2, []]);
    const { child, ended } = startLading(['sandbox', '--json', '--with-moto', 'start', '--page-size', '2'], {
      cwd: work,
      env,
    });
    const printed = await new Promise<string>((resolve) => {
      let text = '';
      child.stdout?.on('data', (piece: string) => {
        text += piece;
        if (text.endsWith('}\n')) resolve(text);
      });
    });
    const { env: given } = JSON.parse(printed) as { env: Record<string, string> };
    expect(await tell({ env: given }, 'ssm', 'DescribeParameters')).toMatchObject({ Parameters: [] });
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
    expect(readdirSync(work)).toEqual([]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}, 120_000);

function pick(env: NodeJS.ProcessEnv, names: RegExp): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (names.test(name) && value !== undefined ? [[name, value]] : [])),
  );
}
