import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StepOptions, StepResult } from '../support/actions-runner.js';
import { findNode24, runStep } from '../support/actions-runner.js';
import type { IdTokens } from '../support/github/id-tokens.js';
import { startIdTokens } from '../support/github/id-tokens.js';
import type { StsFault, StsStandIn } from '../support/sts-stand-in.js';
import { startSts } from '../support/sts-stand-in.js';

const root = join(import.meta.dirname, '../..');
const node24 = findNode24();
const nodes = [...new Set([process.execPath, ...(node24 ? [node24] : [])])];
const ROLE = 'arn:aws:iam::123456789012:role/my-github-actions-role';
const SIGNED_IN = 'arn:aws:sts::123456789012:assumed-role/my-github-actions-role/GitHubActions';
const own = { AWS_ACCESS_KEY_ID: 'AKIASTATIC', AWS_SECRET_ACCESS_KEY: 'of-the-job' };

let tokens: IdTokens;
let sts: StsStandIn;
let home = '';

beforeEach(async () => {
  [tokens, sts] = await Promise.all([startIdTokens(), startSts()]);
  home = mkdtempSync(join(tmpdir(), 'lading-credentials-'));
  mkdirSync(join(home, 'work'));
});
afterEach(async () => {
  await Promise.all([tokens.close(), sts.close()]);
  rmSync(home, { recursive: true, force: true });
});

/** What every job of GitHub has. */
const job = () => ({
  HOME: home,
  AWS_ENDPOINT_URL: sts.url,
  RUNNER_ENVIRONMENT: 'github-hosted',
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_WORKFLOW: 'Ship (main)',
  GITHUB_ACTOR: 'octocat',
  GITHUB_SHA: 'c0ffee',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_RUN_ID: '42',
});

const start = (
  file: string,
  inputs: Record<string, string>,
  env: Record<string, string>,
  more: Partial<StepOptions> = {},
) =>
  runStep(join(root, 'actions/configure-aws-credentials', file), {
    node: process.execPath,
    workspace: join(home, 'work'),
    inputs,
    env: { ...job(), ...env },
    ...more,
  });
/** A step with the permission `id-token: write`. */
const step = (inputs: Record<string, string> = {}, env: Record<string, string> = {}, more: Partial<StepOptions> = {}) =>
  start('main.mjs', { 'aws-region': 'us-east-2', ...inputs }, { ...tokens.env, ...env }, more);
/** The end of the job of a step, with what it left for it. */
const end = ({ state, exported }: StepResult, env: Record<string, string> = {}) => {
  const kept = Object.fromEntries(Object.entries(state).map(([name, text]) => [`STATE_${name}`, text]));
  return start('post.mjs', {}, { ...kept, ...exported, ...env });
};

/** Nothing that is secret stands in what others see. */
function expectSilence(result: StepResult): void {
  const declared = Object.entries(result.outputs).filter(([name]) => !/access-key|token/.test(name));
  const seen = `${result.log}${result.summary}${JSON.stringify(declared)}${JSON.stringify(result.annotations)}${JSON.stringify(result.state)}`;
  for (const secret of [...sts.secrets, own.AWS_SECRET_ACCESS_KEY, tokens.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '']) {
    expect(seen).not.toContain(secret);
  }
  for (const { WebIdentityToken } of sts.calls) if (WebIdentityToken) expect(seen).not.toContain(WebIdentityToken);
}

describe.each(nodes)('the examples of its page, under %s', (node) => {
  test('a role by the ID token of the job', async () => {
    const done = await step({ 'role-to-assume': ROLE, 'aws-region': 'us-east-2', audience: '' }, {}, { node });
    expect(done, done.log).toMatchObject({ code: 0, annotations: [] });
    expect(sts.calls.map(({ Action }) => Action)).toEqual(['AssumeRoleWithWebIdentity', 'GetCallerIdentity']);
    expect(sts.calls[0]).toMatchObject({ RoleArn: ROLE, RoleSessionName: 'GitHubActions', key: '' });
    expect(tokens.asked).toEqual(['sts.amazonaws.com']);
    const [secret, session] = sts.secrets;
    expect(done.exported).toEqual({
      AWS_REGION: 'us-east-2',
      AWS_DEFAULT_REGION: 'us-east-2',
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/) as string,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_SESSION_TOKEN: session,
    });
    expect(done.outputs).toEqual({ 'aws-account-id': '123456789012', 'authenticated-arn': SIGNED_IN });
    expect([...done.masks]).toEqual(expect.arrayContaining([secret, session, done.exported.AWS_ACCESS_KEY_ID]));
    expectSilence(done);
    const ended = await end(done);
    expect(ended, ended.log).toMatchObject({ code: 0, annotations: [] });
    expect(ended.exported).toEqual(Object.fromEntries(Object.keys(done.exported).map((name) => [name, ''])));
  });

  test('keys of a user, and a role by them', async () => {
    const keys = { 'aws-access-key-id': own.AWS_ACCESS_KEY_ID, 'aws-secret-access-key': own.AWS_SECRET_ACCESS_KEY };
    const plain = await step(keys, {}, { node });
    expect(plain.exported).toMatchObject(own);
    expect(plain.exported).not.toHaveProperty('AWS_SESSION_TOKEN');
    expect(plain.outputs['aws-account-id']).toBe('111111111111');
    const role = {
      ...keys,
      'role-to-assume': ROLE,
      'role-external-id': 'xyz',
      'role-duration-seconds': '1200',
      'role-session-name': 'MySessionName',
    };
    const done = await step(
      { ...role, 'custom-tags': '{"Team":"shop"}', 'transitive-tag-keys': 'Repository\nTeam\nOther' },
      {},
      { node },
    );
    expect(done, done.log).toMatchObject({ code: 0, annotations: [] });
    const call = sts.calls.find(({ Action }) => Action === 'AssumeRole');
    expect(call).toMatchObject({
      ExternalId: 'xyz',
      DurationSeconds: '1200',
      RoleSessionName: 'MySessionName',
      key: 'AKIASTATIC',
    });
    const tags = new Map(
      Object.entries(call ?? {}).flatMap(([name, key]) => {
        const at = /^Tags\.member\.(\d+)\.Key$/.exec(name)?.[1];
        return at === undefined ? [] : [[key, call?.[`Tags.member.${at}.Value`]] as const];
      }),
    );
    expect(tags.get('Repository')).toBe('acme/shop');
    expect(tags.get('Workflow')).toBe('Ship _main_');
    expect(tags.get('Team')).toBe('shop');
    expect(call).toMatchObject({ 'TransitiveTagKeys.member.1': 'Repository', 'TransitiveTagKeys.member.2': 'Team' });
    expect(call).not.toHaveProperty('TransitiveTagKeys.member.3');
    for (const result of [plain, done]) expectSilence(result);
  });
});

describe('a step', () => {
  test('gives outputs with a date in quotes, as the other does, and variables only when it may', async () => {
    const inputs = { 'role-to-assume': ROLE, 'output-credentials': 'True', 'output-env-credentials': 'FALSE' };
    const done = await step(inputs);
    expect(done.exported).toEqual({ AWS_REGION: 'us-east-2', AWS_DEFAULT_REGION: 'us-east-2' });
    expect(done.outputs).toMatchObject({
      'aws-secret-access-key': sts.secrets[0],
      'aws-session-token': sts.secrets[1],
    });
    expect(done.outputs['aws-expiration']).toMatch(/^"20\d\d-.*Z"$/);
    expectSilence(done);
  });

  test('takes a role by the one before, and its page is told the policies', async () => {
    const inputs = {
      'role-to-assume': ROLE,
      'role-chaining': 'true',
      'role-skip-session-tagging': 'true',
      'inline-session-policy': '{"Version":"2012-10-17"}',
      'managed-session-policies': 'arn:aws:iam::aws:policy/ReadOnlyAccess\narn:aws:iam::123456789012:policy/x',
    };
    const done = await step(inputs, own);
    expect(done, done.log).toMatchObject({ code: 0 });
    expect(tokens.asked).toEqual([]);
    expect(sts.calls[0]).toMatchObject({
      Action: 'AssumeRole',
      key: 'AKIASTATIC',
      Policy: '{"Version":"2012-10-17"}',
      'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      'PolicyArns.member.2.arn': 'arn:aws:iam::123456789012:policy/x',
    });
    expect(sts.calls[0]).not.toHaveProperty('Tags.member.1.Key');
    // What was there before is put back.
    expect((await end(done, { ...done.exported })).exported).toMatchObject({ ...own, AWS_SESSION_TOKEN: '' });
  });

  test('takes a role by its name, of the account that asks', async () => {
    const done = await step({ 'role-to-assume': 'deploy', 'role-chaining': 'true' }, own);
    expect(done, done.log).toMatchObject({ code: 0 });
    expect(sts.calls.map(({ Action, RoleArn }) => RoleArn ?? Action)).toEqual([
      ...['GetCallerIdentity', 'arn:aws:iam::111111111111:role/deploy', 'GetCallerIdentity'],
    ]);
  });

  test('keeps credentials that are there only when it is told to, and only of the right account', async () => {
    const kept = await step({ 'use-existing-credentials': 'true', 'role-to-assume': ROLE }, own);
    expect(kept, kept.log).toMatchObject({ code: 0 });
    expect(kept.exported).toEqual({ AWS_REGION: 'us-east-2', AWS_DEFAULT_REGION: 'us-east-2' });
    expect(kept.outputs['authenticated-arn']).toBe('arn:aws:iam::111111111111:user/ci');
    const taken = await step({ 'use-existing-credentials': 'false', 'role-to-assume': ROLE }, own);
    expect(taken.outputs['authenticated-arn']).toBe(SIGNED_IN);
    const useless = await step(
      { 'use-existing-credentials': 'true', 'role-to-assume': ROLE },
      { ...own, AWS_ACCESS_KEY_ID: 'AKIAOLD' },
    );
    expect(useless.outputs['authenticated-arn'], useless.log).toBe(SIGNED_IN);
    const wrong = await step({ 'use-existing-credentials': 'true', 'allowed-account-ids': '123456789012' }, own);
    expect(wrong.code).toBe(3);
    expect(wrong.exported).toEqual({});
  });

  test('in China asks for its audience', async () => {
    tokens.job = { ...tokens.job };
    sts.audiences = ['sts.amazonaws.com.cn'];
    const done = await step({ 'aws-region': 'cn-north-1', 'role-to-assume': ROLE.replace('arn:aws:', 'arn:aws-cn:') });
    expect(done, done.log).toMatchObject({ code: 0 });
    expect(tokens.asked).toEqual(['sts.amazonaws.com.cn']);
  });

  test('hides the account when it is told to', async () => {
    const done = await step({ 'role-to-assume': ROLE, 'mask-aws-account-id': 'true' });
    expect(done.log).not.toContain('123456789012');
    expect(done.outputs['aws-account-id']).toBe('123456789012');
  });

  test('sends no file of the machine for a link in the repository', async () => {
    writeFileSync(join(home, 'secret'), 'a.b.c');
    symlinkSync(join(home, 'secret'), join(home, 'work', 'token'));
    const done = await step({ 'role-to-assume': ROLE, 'web-identity-token-file': 'token' });
    expect(done.code).toBe(2);
    expect(done.annotations[0]?.message).toContain('is a symbolic link');
    writeFileSync(join(home, 'work', 'own-token'), tokens.issue('sts.amazonaws.com'));
    const good = await step({ 'role-to-assume': ROLE, 'web-identity-token-file': 'own-token' });
    expect(good, good.log).toMatchObject({ code: 0 });
  });
});

describe('a profile', () => {
  const files = () => ['credentials', 'config'].map((name) => join(home, '.aws', name));
  const inputs = { 'role-to-assume': ROLE, 'aws-profile': 'ship' };

  test('is written for this user alone, and gone at the end of the job', async () => {
    const done = await step(inputs);
    expect(done, done.log).toMatchObject({ code: 0 });
    expect(done.exported).toEqual({ AWS_REGION: 'us-east-2', AWS_DEFAULT_REGION: 'us-east-2' });
    const [keys = '', config = ''] = files();
    expect(readFileSync(keys, 'utf8')).toContain(`[ship]\naws_access_key_id = ASIA`);
    expect(readFileSync(config, 'utf8')).toBe('[profile ship]\nregion = us-east-2\n');
    for (const file of files()) expect(statSync(file).mode & 0o777).toBe(0o600);
    expectSilence(done);
    const ended = await end(done);
    expect(ended, ended.log).toMatchObject({ code: 0, annotations: [] });
    expect(existsSync(join(home, '.aws'))).toBe(false);
  });

  test('leaves those of others as they are, and puts back what it replaced', async () => {
    mkdirSync(join(home, '.aws'));
    const [keys = '', config = ''] = files();
    const texts = [
      '# mine\n[ship]\naws_access_key_id = OLD\n\n[other]\nx = 1',
      '[default]\nregion = eu-west-1 ; here\n',
    ];
    writeFileSync(keys, texts[0] ?? '');
    writeFileSync(config, texts[1] ?? '');
    const refused = await step(inputs);
    expect(refused.code).toBe(2);
    expect(refused.annotations[0]?.message).toContain('fix: Set input overwrite-aws-profile');
    expect(refused.exported).toEqual({});
    const done = await step({ ...inputs, 'overwrite-aws-profile': 'true', 'output-env-credentials': 'true' });
    expect(done.exported).toMatchObject({ AWS_PROFILE: 'ship' });
    expect(readFileSync(keys, 'utf8')).toMatch(/^# mine\n\[ship\]\naws_access_key_id = ASIA/);
    const skipped = await end(done, { AWS_SKIP_CLEANUP_STEP: 'true' });
    expect(skipped).toMatchObject({ code: 0, exported: {} });
    await end(done);
    expect([readFileSync(keys, 'utf8'), readFileSync(config, 'utf8')]).toEqual(texts);
    expect(readdirSync(join(home, '.aws')).sort()).toEqual(['config', 'credentials']);
  });

  test('of a step that fails half-way is not there', async () => {
    mkdirSync(join(home, 'elsewhere'));
    const done = await step(inputs, { AWS_CONFIG_FILE: join(home, 'elsewhere') });
    expect(done.code, done.log).toBe(2);
    expect(existsSync(join(home, '.aws'))).toBe(false);
    expect(done.exported).toEqual({});
  });
});

describe('what will never work is told at once', () => {
  /** How long Node takes to do nothing, here and now. */
  function bareMs(): number {
    const started = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    return performance.now() - started;
  }

  /**
   * What one run says. Half a second is fifteen starts of Node on a machine that does nothing else; one that is busy takes
   * longer for both, and now and then for one alone.
   */
  async function told(run: () => Promise<StepResult>, code: number): Promise<string> {
    const first = await run();
    expect(first.code, first.log).toBe(code);
    expect(first.exported).toEqual({});
    expect(first.outputs).toEqual({});
    expectSilence(first);
    const calls = sts.calls.length;
    const isQuick = (ms: number) => ms < 500 || ms < 15 * bareMs();
    let quick = isQuick(first.ms);
    for (let tries = 0; !quick && tries < 8; tries++) quick = isQuick((await run()).ms);
    expect(quick, `${first.ms} ms`).toBe(true);
    sts.calls.splice(calls);
    return first.annotations[0]?.message ?? '';
  }
  const failing = (fault: StsFault, run: () => Promise<StepResult>) => () => {
    sts.faults = [fault];
    return run();
  };
  const withoutPermission = (env: Record<string, string> = {}) =>
    start('main.mjs', { 'aws-region': 'us-east-2', 'role-to-assume': ROLE }, env);

  test('a job without id-token: write', async () => {
    const text = await told(() => withoutPermission(), 3);
    expect(text).toContain('lacks the permission `id-token: write`');
    expect(text).toContain('fix: Add `permissions: { id-token: write, contents: read }` to the job');
    expect(sts.calls).toEqual([]);
  });

  test('a pull request from a fork', async () => {
    const event = join(home, 'event.json');
    writeFileSync(event, JSON.stringify({ pull_request: { head: { repo: { full_name: 'mallory/shop' } } } }));
    const text = await told(
      () => withoutPermission({ GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: event }),
      3,
    );
    expect(text).toContain('comes from the fork mallory/shop');
    expect(text).toContain(
      'fix: Skip the job for forks: `if: github.event.pull_request.head.repo.full_name == github.repository`',
    );
    const env = { GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_EVENT_PATH: event };
    expect(await told(() => withoutPermission(env), 3)).toContain('id-token: write');
  });

  test.each([
    ['names', false, ['repo:acme/shop:environment:production', 'repo:acme@17/shop@4711:environment:production']],
    ['ids', true, ['repo:acme@17/shop@4711:environment:production', 'repo:acme/shop:environment:production']],
  ])('a trust that does not fit, for a subject with %s', async (_form, immutable, subjects) => {
    tokens.job = { ...tokens.job, context: 'environment:production', immutable };
    const text = await told(() => step({ 'role-to-assume': ROLE }), 3);
    expect(sts.calls.map(({ Action }) => Action)).toEqual(['AssumeRoleWithWebIdentity']);
    expect(text).toContain('Not authorized to perform sts:AssumeRoleWithWebIdentity');
    expect(text).toContain(`sub "${subjects[0]}"`);
    expect(text).toContain(`"token.actions.githubusercontent.com:sub": ${JSON.stringify(subjects)}`);
    expect(text).toContain('for arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com');
    expect((await step({ 'role-to-assume': ROLE })).summary).toContain('"Action": "sts:AssumeRoleWithWebIdentity"');
  });

  test('with the trust policy beside it, when the keys of the job may read it', async () => {
    tokens.job = { ...tokens.job, repository: 'Acme/shop' };
    const issuer = 'token.actions.githubusercontent.com';
    sts.trust = {
      Statement: {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
        Condition: { StringEquals: { [`${issuer}:sub`]: 'repo:acme/shop:ref:refs/heads/main' } },
      },
    };
    const text = await told(() => step({ 'role-to-assume': ROLE }, own), 3);
    expect(text).toContain(
      `wants "repo:acme/shop:ref:refs/heads/main", the token says "repo:Acme/shop:ref:refs/heads/main": capital letters count`,
    );
  });

  test('an account that is not allowed: of the role before anyone is asked, of the keys before anyone gets them', async () => {
    const text = await told(
      () => step({ 'role-to-assume': ROLE, 'allowed-account-ids': '222222222222, 333333333333' }),
      3,
    );
    expect(text).toContain('is of account 123456789012, and only 222222222222, 333333333333 may be used');
    expect(text).toContain(
      'fix: Log in to 222222222222 or 333333333333, or add 123456789012 to input allowed-account-ids',
    );
    expect([sts.calls, tokens.asked]).toEqual([[], []]);
    const keys = { 'aws-access-key-id': own.AWS_ACCESS_KEY_ID, 'aws-secret-access-key': own.AWS_SECRET_ACCESS_KEY };
    expect(await told(() => step({ ...keys, 'allowed-account-ids': '222222222222' }), 3)).toContain(
      'is of account 111111111111',
    );
  });

  test.each([
    ['eu-central-1a', 'Write its region, eu-central-1.'],
    ['US East (Ohio)', 'is not the name of an AWS region'],
    ['us-gov-west-1', 'is a role of the partition aws, and the region us-gov-west-1 is of aws-us-gov'],
  ])('the region %s', async (region, words) => {
    expect(await told(() => step({ 'role-to-assume': ROLE, 'aws-region': region }), 2)).toContain(words);
    expect(sts.calls).toEqual([]);
  });

  test('a region where STS is off', async () => {
    const message = 'STS is not activated in this region for account:123456789012.';
    const run = failing({ status: 403, code: 'RegionDisabledException', message }, () =>
      step({ 'role-to-assume': ROLE }),
    );
    expect(await told(run, 3)).toContain('fix: Activate STS for us-east-2 in the account');
  });

  test('keys that AWS does not know, a role that may not be taken or tagged', async () => {
    const keys = { 'aws-access-key-id': 'AKIAWRONG', 'aws-secret-access-key': 'x' };
    expect(await told(() => step(keys), 3)).toContain('InvalidClientTokenId');
    const refusing = (action: string) => {
      const message = `User: arn:aws:iam::111111111111:user/ci is not authorized to perform: ${action} on resource: ${ROLE}`;
      const fault = { status: 403, code: 'AccessDenied', message };
      return failing(fault, () => step({ 'role-to-assume': ROLE, 'role-chaining': 'true' }, own));
    };
    expect(await told(refusing('sts:AssumeRole'), 3)).toContain(
      'fix: Name arn:aws:iam::111111111111:user/ci as a Principal in the trust policy',
    );
    expect(await told(refusing('sts:TagSession'), 3)).toContain('or set input role-skip-session-tagging');
  });

  test('a provider that is not there, an audience that it does not know', async () => {
    const message = 'No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com';
    const fault = { status: 400, code: 'InvalidIdentityToken', message };
    expect(
      await told(
        failing(fault, () => step({ 'role-to-assume': ROLE })),
        3,
      ),
    ).toContain('fix: Make the provider in account 123456789012: aws iam create-open-id-connect-provider');
    expect(await told(() => step({ 'role-to-assume': ROLE, audience: 'mine' }), 3)).toContain(
      'fix: Add mine to the audiences of the identity provider',
    );
  });

  test('inputs that are wrong, all of them', async () => {
    const wrong = {
      'role-to-assume': 'arn:aws:sts::123456789012:assumed-role/x/y',
      'aws-access-key-id': 'AKIA',
      'allowed-account-ids': '123',
      'custom-tags': '{"aws:x":[1]}',
      'aws-profile': 'a b',
      'output-credentials': 'yes',
    };
    const text = await told(() => step(wrong), 2);
    for (const name of ['role', 'allowed-account-ids', 'custom-tags', 'aws-profile', 'output-credentials'])
      expect(text).toContain(`input ${name}`);
  });

  test('nothing to sign in with, since a variable was empty', async () => {
    const text = await told(() => step({ 'role-to-assume': '' }), 3);
    expect(text).toContain('see whether the variable or the secret behind it is empty');
  });
});

describe('what may pass is tried again', () => {
  const busy = { status: 400, code: 'Throttling', message: 'Rate exceeded' };
  const down = { status: 503, code: 'ServiceUnavailable', message: 'down' };

  test('throttled, down, lost, and GitHub too', async () => {
    sts.faults = [busy, down, 'lost', { status: 400, code: 'IDPCommunicationError', message: 'Couldn’t reach it' }];
    tokens.faults = [503, 'lost'];
    const done = await step({ 'role-to-assume': ROLE });
    expect(done, done.log).toMatchObject({ code: 0, annotations: [] });
    expect(sts.calls).toHaveLength(6);
  });

  test('an ID token that has expired on its way is asked for once more', async () => {
    tokens.lives = [-1];
    const done = await step({ 'role-to-assume': ROLE });
    expect(done, done.log).toMatchObject({ code: 0 });
    expect(tokens.asked).toHaveLength(2);
    tokens.lives = [-1, -1];
    const failed = await step({ 'role-to-assume': ROLE });
    expect(failed.code).toBe(3);
    expect(tokens.asked).toHaveLength(4);
  });

  test('tags that are too large are fewer', async () => {
    sts.faults = [
      {
        status: 400,
        code: 'PackedPolicyTooLarge',
        message: 'Packed size of session tags consumes 101% of allotted space.',
      },
    ];
    const done = await step({ 'role-to-assume': ROLE, 'role-chaining': 'true' }, own);
    expect(done, done.log).toMatchObject({ code: 0 });
    const keys = sts.calls.map((call) => Object.values(call).includes('RunId'));
    expect(keys.slice(0, 2)).toEqual([true, false]);
  });

  test('but not when it must not be', async () => {
    sts.faults = [down, down];
    expect((await step({ 'role-to-assume': ROLE, 'disable-retry': 'true' })).code).toBe(4);
    expect(sts.calls).toHaveLength(1);
    sts.faults = [down, down];
    expect((await step({ 'role-to-assume': ROLE, 'retry-max-attempts': '2' })).code).toBe(4);
    expect(sts.calls).toHaveLength(3);
  });
});

test('a job that is cancelled while AWS is silent leaves nothing', async () => {
  sts.faults = Array.from({ length: 50 }, () => ({ status: 503, code: 'ServiceUnavailable', message: 'down' }));
  const cancelled = await step(
    { 'role-to-assume': ROLE, 'aws-profile': 'ship', verbose: 'true' },
    {},
    { cancelAt: /./ },
  );
  expect(cancelled.code, cancelled.log).toBe(130);
  expect(cancelled.ms).toBeLessThan(7500);
  expect(cancelled.exported).toEqual({});
  expect(existsSync(join(home, '.aws'))).toBe(false);
  const ended = await end(cancelled);
  expect(ended).toMatchObject({ code: 0, exported: {} });
});
