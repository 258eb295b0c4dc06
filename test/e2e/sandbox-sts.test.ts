import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/start.js';
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

/** A stage with botocore's own client before it. */
async function rehearse(judge: Botocore, options: SandboxOptions = {}): Promise<Rehearsal> {
  const rehearsal = await openRehearsal(judge, 'ok', answered, options);
  open.push(rehearsal.close);
  return rehearsal;
}

test('STS by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, expectFaithful, sandbox, clock } = await rehearse(botocore);
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
  const asRole = async (operation: string, input: Readonly<Record<string, unknown>> = {}) =>
    botocore?.call(env, 'sts', operation, input);
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

test('no operation is left out above', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox } = await rehearse(botocore);
  expect(sandbox.operations.filter((name) => name.startsWith('sts ') && !answered.has(name))).toEqual([]);
});
