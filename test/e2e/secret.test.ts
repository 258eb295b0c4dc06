import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AwsSession } from '../../src/aws/api.js';
import { openAws } from '../../src/aws/session.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { lading } from '../support/command-line.js';
import type { Moto } from '../support/moto.js';
import { startMoto } from '../support/moto.js';
import type { TestWorld } from '../support/world.js';
import { testWorld } from '../support/world.js';

const VALUE = 'postgres://shop:hunter2secret@db/shop';
let moto: Moto | undefined;
let sandbox: Sandbox;
let world: TestWorld;
let aws: AwsSession;
let work = '';
beforeAll(async () => {
  moto = await startMoto();
  if (!moto) return;
  work = mkdtempSync(join(tmpdir(), 'lading-secret-'));
  sandbox = await startSandbox({ moto: moto.url });
  world = testWorld({ env: sandbox.env, cwd: work });
  aws = await openAws(world);
}, 240_000);
afterAll(async () => {
  world?.close();
  await sandbox?.close();
  await moto?.close();
  if (work) rmSync(work, { recursive: true });
});

async function run(argv: readonly string[], input?: string, env: Record<string, string> = {}) {
  const ended = await lading(['secret', ...argv, '--json'], { cwd: work, env: { ...sandbox.env, ...env }, input });
  expect(ended.stdout + ended.stderr).not.toContain('hunter2secret');
  return { ...ended, json: JSON.parse(ended.stdout) as Record<string, unknown> };
}

const parameter = async (Name: string) =>
  (
    (await aws.api('ssm').call('GetParameter', { Name, WithDecryption: true })) as {
      Parameter: { Value: string; Type: string };
    }
  ).Parameter;

/** A service `shop` whose container refers to these, and its execution role. */
async function runShop(secrets: readonly object[], statement?: object): Promise<void> {
  const executionRoleArn = 'arn:aws:iam::123456789012:role/shop-exec';
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const iam = aws.api('iam');
  await iam
    .call('CreateRole', { RoleName: 'shop-exec', AssumeRolePolicyDocument: JSON.stringify(trust) })
    .catch(() => undefined);
  if (statement) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await iam.call('PutRolePolicy', { RoleName: 'shop-exec', PolicyName: 'secrets', PolicyDocument });
  }
  const family = {
    family: 'shop',
    executionRoleArn,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
  };
  await sandbox.call('ecs', 'RegisterTaskDefinition', {
    ...family,
    containerDefinitions: [{ name: 'app', image: 'x/shop:1', secrets }],
  });
  const exists =
    ((await sandbox.call('ecs', 'DescribeServices', { services: ['shop'] })) as { services: unknown[] }).services
      .length > 0;
  const network = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
  if (exists) await sandbox.call('ecs', 'UpdateService', { service: 'shop', taskDefinition: 'shop' });
  else
    await sandbox.call('ecs', 'CreateService', {
      serviceName: 'shop',
      taskDefinition: 'shop',
      desiredCount: 0,
      launchType: 'FARGATE',
      networkConfiguration: network,
    });
}

test('a value is kept, is the same, gets new, is referred to, is shown without its value, and is taken away', async (context) => {
  if (!moto) return context.skip();
  const at = ['--service', 'shop'];
  const planned = await run(['set', 'DATABASE_URL', ...at, '--dry-run'], `${VALUE}\n`);
  expect(planned.json).toMatchObject({ action: 'planned', id: '/shop/DATABASE_URL' });
  await expect(parameter('/shop/DATABASE_URL')).rejects.toMatchObject({ failure: 'not-found' });

  const made = await run(['set', 'DATABASE_URL', ...at], `${VALUE}\n`);
  const arn = 'arn:aws:ssm:eu-central-1:123456789012:parameter/shop/DATABASE_URL';
  expect(made.json).toMatchObject({
    action: 'created',
    arn,
    reference: {
      taskDefinition: { name: 'DATABASE_URL', valueFrom: arn },
      ladingYml: `infra:\n  secret:\n    DATABASE_URL: ${arn}`,
    },
    right: { state: 'unknown' },
  });
  expect(await parameter('/shop/DATABASE_URL')).toMatchObject({ Value: VALUE, Type: 'SecureString' });
  expect((await run(['set', 'DATABASE_URL', ...at], VALUE)).json).toMatchObject({ action: 'unchanged' });

  await runShop([{ name: 'DATABASE_URL', valueFrom: arn }]);
  const lacking = await run(['set', 'DATABASE_URL', ...at], `${VALUE}?tls`);
  expect(lacking.json).toMatchObject({
    action: 'updated',
    referenced: { container: 'app', revision: 'shop:1' },
    right: {
      role: 'shop-exec',
      state: 'missing',
      statement: { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: arn },
    },
    next: expect.stringContaining('--force-new-deployment') as string,
  });
  await runShop([{ name: 'DATABASE_URL', valueFrom: arn }], (lacking.json.right as { statement: object }).statement);
  expect((await run(['set', 'DATABASE_URL', ...at], `${VALUE}?tls`)).json).toMatchObject({ right: { state: 'ok' } });

  await run(['set', 'OLD', ...at], 'hunter2secret');
  expect((await run(['list', ...at])).json).toMatchObject({
    secrets: [
      { state: 'used', name: 'DATABASE_URL', container: 'app', id: '/shop/DATABASE_URL' },
      { state: 'unused', id: '/shop/OLD' },
    ],
  });

  expect((await run(['rm', 'DATABASE_URL', ...at])).json).toMatchObject({ error: { code: 'SECRET_IN_USE' } });
  expect(await parameter('/shop/DATABASE_URL')).toMatchObject({ Value: `${VALUE}?tls` });
  expect((await run(['rm', 'OLD', ...at, '--dry-run'])).json).toMatchObject({ action: 'planned' });
  expect((await run(['rm', 'OLD', ...at])).json).toMatchObject({ action: 'removed' });
  expect((await run(['rm', 'OLD', ...at])).code).toBe(2);
  expect((await run(['rm', 'DATABASE_URL', ...at, '--force'])).json).toMatchObject({ action: 'removed' });
}, 120_000);

test('in Secrets Manager: a file, a cluster of its own, and a secret that comes back', async (context) => {
  if (!moto) return context.skip();
  const file = join(work, 'key.pem');
  const pem = '-----BEGIN KEY-----\nhunter2secret\n-----END KEY-----\n';
  writeFileSync(file, pem);
  const at = ['TLS_KEY', '--cluster', 'production', '--service', 'web', '--store', 'secretsmanager'];
  const made = await run(['set', ...at, '--from', file, '--keep-newline']);
  expect(made.json).toMatchObject({
    action: 'created',
    id: 'production/web/TLS_KEY',
    arn: expect.stringMatching(/TLS_KEY-\w{6}$/) as string,
  });
  const read = () => aws.api('secretsmanager').call('GetSecretValue', { SecretId: 'production/web/TLS_KEY' });
  expect(await read()).toMatchObject({ SecretString: pem });
  expect((await run(['rm', ...at])).json).toMatchObject({
    action: 'removed',
    until: expect.stringMatching(/^20/) as string,
  });
  expect((await run(['set', ...at], 'hunter2secret too')).json).toMatchObject({ action: 'updated' });
  expect(await read()).toMatchObject({ SecretString: 'hunter2secret too' });
}, 60_000);

test('what cannot be is told without the value, and keeps nothing', async (context) => {
  if (!moto) return context.skip();
  await aws.api('ssm').call('PutParameter', { Name: '/shop/PLAIN', Value: 'x', Type: 'String' });
  const at = ['--service', 'shop'];
  const cases: readonly (readonly [readonly string[], string | undefined, number, string])[] = [
    [['set', 'A', ...at], undefined, 2, 'has no value in it'],
    [['set', 'A', ...at], '\n', 2, 'has no value in it'],
    [['set', 'A', ...at], 'hunter2secret\0', 2, 'is no text'],
    [['set', 'A', ...at], 'hunter2secret'.repeat(1000), 2, 'ssm takes 8192'],
    [['set', 'A=hunter2', ...at], VALUE, 2, 'is no name of a variable (not shown)'],
    [['set', 'A', ...at, '--from', join(work, 'nothing')], undefined, 2, 'ENOENT'],
    [['set', 'PLAIN', ...at], VALUE, 2, 'is a String'],
    [['set', 'A'], VALUE, 2, 'deploy.service'],
    [['list', ...at, '--store', 'vault'], undefined, 2, 'takes ssm and secretsmanager'],
    [['rm', 'A', ...at], undefined, 2, 'there is no secret /shop/A'],
  ];
  for (const [argv, input, code, words] of cases) {
    const ended = await run(argv, input);
    expect([argv, ended.code, JSON.stringify(ended.json)]).toEqual([argv, code, expect.stringContaining(words)]);
  }
  await expect(parameter('/shop/A')).rejects.toMatchObject({ failure: 'not-found' });
  const denied = {
    service: 'ssm',
    operation: 'PutParameter',
    type: 'AccessDeniedException',
    status: 400,
    message: 'User: arn:aws:iam::123456789012:user/x is not authorized to perform: ssm:PutParameter',
  };
  sandbox.inject(denied);
  expect((await run(['set', 'A', ...at], VALUE)).json).toMatchObject({
    error: { code: 'ACCESS_DENIED', hint: expect.stringContaining('ssm:PutParameter') as string },
  });
  for (const name of readdirSync(work))
    if (name !== 'key.pem') expect(readFileSync(join(work, name), 'utf8')).not.toContain('hunter2secret');
}, 120_000);
