import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cli, lading } from '../support/command-line.js';
import type { IdTokens } from '../support/github/id-tokens.js';
import { startIdTokens } from '../support/github/id-tokens.js';
import type { Moto } from '../support/moto.js';
import { startMoto } from '../support/moto.js';
import type { StsStandIn } from '../support/sts-stand-in.js';
import { startSts } from '../support/sts-stand-in.js';
import { runInTerminal } from '../support/terminal.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';

const ROLE = 'arn:aws:iam::123456789012:role/team/deploy';
const keys = { AWS_ACCESS_KEY_ID: 'AKIASTATIC', AWS_SECRET_ACCESS_KEY: 'of-the-job' };

let tokens: IdTokens;
let sts: StsStandIn;
let home = '';

beforeEach(async () => {
  [tokens, sts] = await Promise.all([startIdTokens(), startSts()]);
  home = mkdtempSync(join(tmpdir(), 'lading-credentials-'));
});
afterEach(async () => {
  await Promise.all([tokens.close(), sts.close()]);
  rmSync(home, { recursive: true, force: true });
});

const env = (more: Record<string, string> = {}) => ({
  AWS_ENDPOINT_URL: sts.url,
  AWS_REGION: 'eu-central-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  ...more,
});
const credentials = (args: readonly string[], more: Record<string, string> = {}) =>
  lading(['credentials', ...args], { cwd: home, env: env(more) });

describe('what is printed', () => {
  test('is what a shell runs', async () => {
    const { code, stdout, stderr } = await credentials(['--role', ROLE], keys);
    expect(code, stderr).toBe(0);
    const told = execFileSync('sh', ['-c', `${stdout}echo "$AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN $AWS_REGION"`]);
    expect(told.toString()).toBe(`${sts.secrets.join(' ')} eu-central-1\n`);
    for (const secret of sts.secrets) expect(stderr).not.toContain(secret);
    expect(stderr).toContain('AWS knows us as arn:aws:sts::123456789012:assumed-role/deploy/lading');
  });

  test('hides what is secret with --json', async () => {
    const { stdout } = await credentials(['--role', ROLE, '--json'], keys);
    expect(JSON.parse(stdout)).toMatchObject({
      account: '123456789012',
      credentials: { secretAccessKey: '***', sessionToken: '***' },
    });
    for (const secret of sts.secrets) expect(stdout).not.toContain(secret);
  });

  test('is JSON with everything when it is asked for', async () => {
    const { stdout } = await credentials(['--role', ROLE, '--format', 'json'], keys);
    expect(JSON.parse(stdout)).toMatchObject({
      SecretAccessKey: sts.secrets[0],
      SessionToken: sts.secrets[1],
      Account: '123456789012',
    });
  });

  test('is no secret on a terminal that nobody asked for one', async (context) => {
    const run = runInTerminal(['credentials', '--role', ROLE], { cwd: home, env: env(keys) });
    if (!run) return context.skip();
    const { code, raw } = await run;
    expect(code).toBe(2);
    expect(raw).toContain('eval "$(lading credentials)"');
    for (const secret of sts.secrets) expect(raw).not.toContain(secret);
    const asked = await runInTerminal(['credentials', '--role', ROLE, '--format', 'process'], {
      cwd: home,
      env: env(keys),
    });
    expect(asked?.raw).toContain(`"SecretAccessKey":"${sts.secrets[2]}"`);
  });

  test('is what a profile takes from its credential_process', async () => {
    mkdirSync(join(home, '.aws'));
    const program = `"${process.execPath}" "${cli}" credentials --role ${ROLE} --format process`;
    writeFileSync(join(home, '.aws/config'), `[profile ship]\ncredential_process = env -u AWS_PROFILE ${program}\n`);
    const { code, stdout, stderr } = await credentials(['--json'], { AWS_PROFILE: 'ship', ...tokens.env });
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ arn: 'arn:aws:sts::123456789012:assumed-role/deploy/lading' });
  });
});

test('no secret is an argument, and none stands in the list of processes', async () => {
  const refused = await credentials(['--aws-secret-access-key', 'wJalr']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('Set LADING_AWS_SECRET_ACCESS_KEY instead');
  // A helper of a profile sees which programs there are while credentials are being made.
  mkdirSync(join(home, '.aws'));
  const spy = `sh -c 'cat /proc/[0-9]*/cmdline | tr "\\\\0" " " >${home}/seen; cat ${home}/answer'`;
  writeFileSync(
    join(home, 'answer'),
    JSON.stringify({ Version: 1, AccessKeyId: 'AKIASTATIC', SecretAccessKey: 'of-the-helper' }),
  );
  writeFileSync(join(home, '.aws/config'), `[default]\ncredential_process = ${spy}\n`);
  const { code, stderr } = await credentials(['--role', ROLE]);
  expect(code, stderr).toBe(0);
  const seen = readFileSync(join(home, 'seen'), 'utf8');
  expect(seen).toContain('credentials --role');
  for (const secret of [...sts.secrets, 'of-the-helper']) expect(seen).not.toContain(secret);
});

describe('the ID token of another CI system', () => {
  test.each([
    ['GitLab', { GITLAB_CI: 'true' }, 'GITLAB_OIDC_TOKEN'],
    ['GitLab, by our name', { GITLAB_CI: 'true' }, 'LADING_ID_TOKEN'],
    ['CircleCI', { CIRCLECI: 'true' }, 'CIRCLE_OIDC_TOKEN_V2'],
  ])('of %s takes the role', async (_name, system, variable) => {
    sts.audiences = ['https://example.com'];
    const { code, stderr } = await credentials(['--role', ROLE], {
      ...system,
      [variable]: tokens.issue('https://example.com'),
    });
    expect(code, stderr).toBe(0);
    expect(sts.calls[0]).toMatchObject({ Action: 'AssumeRoleWithWebIdentity', RoleArn: ROLE });
    expect(stderr).toContain('the ID token of');
  });

  test.each([
    [{ GITLAB_CI: 'true' }, 'Add `id_tokens: { LADING_ID_TOKEN: { aud: sts.amazonaws.com } }` to the job.'],
    [{ CIRCLECI: 'true' }, 'Give the job a context'],
    [{}, 'Set AWS_PROFILE'],
  ])('that is not there is told: %j', async (system, hint) => {
    const { code, stderr } = await credentials(['--role', ROLE], system);
    expect(code).toBe(3);
    expect(stderr).toContain(`hint: ${hint}`);
    expect(sts.calls).toEqual([]);
  });

  test('that is no token is not shown', async () => {
    const { code, stderr } = await credentials(['--role', ROLE], { LADING_ID_TOKEN: 'not-a-token-at-all' });
    expect(code).toBe(3);
    expect(stderr).toContain('the ID token of LADING_ID_TOKEN is no JWT');
    expect(stderr).not.toContain('not-a-token');
  });
});

describe('every verb takes a role by itself', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox();
  });
  afterEach(() => sandbox.close());

  const status = (more: Record<string, string>, args: readonly string[] = []) =>
    lading(['status', '--json', ...args], { cwd: home, env: { ...sandbox.env, ...more } });
  const stsCalls = () => sandbox.journal.flatMap(({ service, operation }) => (service === 'sts' ? [operation] : []));
  const withoutKeys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };

  test.each([
    ['LADING_ROLE', { LADING_ROLE: ROLE }, []],
    ['--role', {}, ['--role', ROLE]],
    ['role: of lading.yml', {}, []],
  ])('named by %s, by the ID token of the job', async (name, more, args) => {
    if (name.includes('yml')) writeFileSync(join(home, 'lading.yml'), `role: ${ROLE}\ndeploy: { service: web }\n`);
    else writeFileSync(join(home, 'lading.yml'), 'deploy: { service: web }\n');
    const { stderr } = await status({ ...withoutKeys, ...more, LADING_ID_TOKEN: sandbox.webIdentityToken() }, args);
    // The sandbox has no such service: it says so to who is signed in.
    expect(stderr).toContain('web');
    expect(stsCalls()).toEqual(['AssumeRoleWithWebIdentity']);
    expect(sandbox.journal.map(({ service }) => service)).toContain('ecs');
  });

  test('with the credentials that are there, when there is no token, unless they are of that role already', async () => {
    writeFileSync(join(home, 'lading.yml'), 'deploy: { service: web }\n');
    await status({}, ['--role', 'deploy']);
    expect(stsCalls()).toEqual(['GetCallerIdentity', 'AssumeRole']);
    const taken = await lading(['credentials', '--role', ROLE, '--format', 'json'], { cwd: home, env: sandbox.env });
    const given = JSON.parse(taken.stdout) as Readonly<
      Record<'AccessKeyId' | 'SecretAccessKey' | 'SessionToken', string>
    >;
    const before = stsCalls().length;
    const session = {
      AWS_ACCESS_KEY_ID: given.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: given.SecretAccessKey,
      AWS_SESSION_TOKEN: given.SessionToken,
    };
    await status(session, ['--role', ROLE]);
    expect(stsCalls().slice(before)).toEqual(['GetCallerIdentity']);
  });

  test('and tells what is missing', async () => {
    writeFileSync(join(home, 'lading.yml'), `role: ${ROLE}\ndeploy: { service: web }\n`);
    const { code, stdout } = await status({ ...withoutKeys, GITHUB_ACTIONS: 'true' });
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'NO_ID_TOKEN_PERMISSION' } });
    const wrong = await status({ LADING_ROLE: 'arn:aws:iam::1:role/x' });
    expect([wrong.code, wrong.stdout]).toEqual([2, expect.stringContaining('LADING_ROLE') as string]);
  });
});

describe('at moto', () => {
  let moto: Moto | undefined;
  beforeAll(async () => {
    moto = await startMoto();
  }, 240_000);
  afterAll(() => moto?.close());

  test('a role by a token, and by keys', async (context) => {
    if (!moto) return context.skip();
    for (const by of [tokens.env, { AWS_ACCESS_KEY_ID: 'AKIAX', AWS_SECRET_ACCESS_KEY: 'x' }]) {
      const more = { AWS_ENDPOINT_URL: moto.url, ...by };
      const { code, stdout, stderr } = await credentials(['--role', ROLE, '--json'], more);
      expect(code, stderr).toBe(0);
      const arn = 'arn:aws:sts::123456789012:assumed-role/deploy/lading';
      expect(JSON.parse(stdout)).toMatchObject({ arn, account: '123456789012', region: 'eu-central-1' });
    }
  });
});
