import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { runAction } from '../../src/entry/action.js';
import { startGitHub, type GitHubSandbox } from '../../src/sandbox/github/server.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.js';
import { loadWorkflowCheck, type ContextValue, type WorkflowCheck } from '../support/check-workflow.js';
import { createDescriptionCheck } from '../support/github-description.js';
import { init, repository, workflowsIn } from '../support/init-rotate.js';
import { pushImage } from '../support/push-image.js';
import { conclusions, runWorkflow, type RunOptions } from '../support/run-workflow.js';

const validate = createDescriptionCheck();
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const appKey = privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
const everything = { secrets: 'write', environments: 'write', actions: 'read' };

let cwd: string;
let check: WorkflowCheck;
let github: GitHubSandbox;
let sandbox: Sandbox;
/** `gh` as the steps called it. */
let ghCalls: (readonly string[])[];
let log: string;

beforeAll(async () => {
  check = await loadWorkflowCheck();
});

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lading-init-'));
  github = await startGitHub({ clock: systemClock, validate, pageLimit: 30, lagMs: 400 });
  sandbox = await startSandbox({ createOnPush: true });
  await pushImage(sandbox, 'ci/node', '22');
  github.addOrganization('acme');
  github.addRepository('acme/shop', { environments: ['ecr'] });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
  github.addApp('4711', pem, { permissions: everything, installations: [{ id: 1, owner: 'acme' }] });
  github.putSecret('acme/shop', { name: 'LADING_APP_KEY', value: appKey, updatedAt: Date.now() });
  github.addToken('github_pat_personal', 'fine-grained', { permissions: everything });
  github.putSecret('acme/shop', { name: 'LADING_TOKEN', value: 'github_pat_personal', updatedAt: Date.now() });
  ghCalls = [];
  log = '';
});

afterEach(async () => {
  await Promise.all([github.close(), sandbox.close(), rm(cwd, { recursive: true })]);
  expect(github.violations).toEqual([]);
});

/** The step of lading's own action: its built code is another test's matter, what it does is this one's. */
async function rotateAction(inputs: Readonly<Record<string, string>>) {
  const output = join(cwd, 'output');
  await writeFile(output, '');
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
  const code = await runAction('rotate', {
    env: {
      ...sandbox.env,
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_REPOSITORY_OWNER: 'acme',
      GITHUB_OUTPUT: output,
      HOME: cwd,
      ...Object.fromEntries(given),
    },
    cwd,
    signal: new AbortController().signal,
    write: (text) => void (log += text),
  });
  const pairs = [...(await readFile(output, 'utf8')).matchAll(/^([\w-]+)<<(\S+)\n(.*)\n\2$/gm)];
  return { code, outputs: Object.fromEntries(pairs.map(([, name, , value]) => [name ?? '', value ?? ''])) };
}

async function runOf(text: string, event: Record<string, ContextValue>, more: Partial<RunOptions> = {}) {
  return runWorkflow(text, {
    check,
    github: { repository: 'acme/shop', actor: 'someone', ...event },
    vars: { LADING_APP_ID: '4711' },
    secrets: (environment) => github.jobSecrets('acme/shop', { environment }),
    async pull(image, { username, password }) {
      expect(image).toBe(`${repository}:22`);
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      const response = await fetch(`${sandbox.url}/v2/ci/node/manifests/22`, { headers: { authorization } });
      if (response.status !== 200) throw new Error('Docker login failed with exit code 1');
    },
    actions: { 'harbour-tools/lading/actions/rotate@v1': rotateAction },
    gh: async (argv) => void ghCalls.push(argv),
    ...more,
  });
}

const ends = async (...run: Parameters<typeof runOf>) => conclusions(await runOf(...run));

describe('without a schedule', () => {
  it.each(['app', 'token'] as const)(
    'the very first run has a fresh password in its second job, as %s',
    async (identity) => {
      await init(cwd, { form: 'environment', identity });
      const [text = ''] = Object.values(await workflowsIn(cwd));
      const end = await runOf(text, { event_name: 'push' });
      expect(conclusions(end), log).toEqual({ password: 'success', image: 'success', expired: 'skipped' });
      expect(Date.parse(end['password']?.outputs['expires-at'] ?? '') - Date.now()).toBeGreaterThan(11.9 * 3_600_000);
    },
  );

  it('a fork’s pull request and Dependabot’s are left out', async () => {
    await init(cwd, { form: 'environment' });
    const [text = ''] = Object.values(await workflowsIn(cwd));
    const event = { pull_request: { head: { repo: { full_name: 'fork/shop' } } } };
    const skipped = { password: 'skipped', image: 'skipped', expired: 'skipped' };
    expect(await ends(text, { event_name: 'pull_request', event })).toEqual(skipped);
    expect(await ends(text, { event_name: 'push', actor: 'dependabot[bot]' })).toEqual(skipped);
    expect(sandbox.journal).toEqual([]);
  });

  it('the failed jobs of yesterday, run again, say that the password is dead', async () => {
    await init(cwd, { form: 'environment' });
    const [text = ''] = Object.values(await workflowsIn(cwd));
    const first = await runOf(text, { event_name: 'push' });
    const expiry = new Date(Date.now() - 60_000).toISOString();
    const password = { conclusion: 'success', outputs: { ...first['password']?.outputs, 'expires-at': expiry } };
    github.putSecret('acme/shop@ecr', { name: 'ECR_PASSWORD', value: 'dead', updatedAt: Date.now() });
    const image = { conclusion: 'failure: a test', outputs: {} };
    const again = await ends(text, { event_name: 'push' }, { rerunOf: { password, image } });
    expect(again).toEqual({
      password: 'success',
      image: 'failure: Docker login failed with exit code 1',
      expired: expect.stringMatching(/^failure: The password of this run expired at .* 'Re-run all jobs'/) as unknown,
    });
  });

  it('a job that fails by itself is not blamed on the password', async () => {
    await init(cwd, { form: 'environment' });
    const [text = ''] = Object.values(await workflowsIn(cwd));
    const failing = text.replace('run: echo "This job runs in the private image."', 'run: exit 3');
    expect(await ends(failing, { event_name: 'push' })).toEqual({
      password: 'success',
      image: 'failure: exit code 3',
      expired: 'success',
    });
  });
});

describe('by schedule', () => {
  const started = { event_name: 'workflow_run', event: { workflow_run: { conclusion: 'success', event: 'schedule' } } };

  async function both(): Promise<{ readonly rotation: string; readonly canary: string }> {
    await init(cwd);
    const { 'rotate-ecr-password.yml': rotation = '', 'ecr-canary.yml': canary = '' } = await workflowsIn(cwd);
    return { rotation, canary };
  }

  it('the push of the file rotates first, and the first canary is green', async () => {
    const { rotation, canary } = await both();
    expect(await ends(rotation, { event_name: 'push' })).toEqual({ rotate: 'success' });
    // The schedule has not run yet, and the workflow is minutes old.
    github.addWorkflow('acme/shop', 'rotate-ecr-password.yml', {
      state: 'active',
      createdAt: Date.now() - 300_000,
      runs: [{ createdAt: Date.now() - 60_000, conclusion: 'success', event: 'push' }],
    });
    expect(await ends(canary, started), log).toEqual({ image: 'success', heal: 'skipped', age: 'success' });
  });

  it('a canary that fails starts a rotation, whose canary does not start another', async () => {
    const { rotation, canary } = await both();
    // Fresh by its date and yet dead, as after a wrong hand.
    github.putSecret('acme/shop', { name: 'ECR_PASSWORD', value: 'dead', updatedAt: Date.now() - 60_000 });
    const dead = 'failure: Docker login failed with exit code 1';
    expect(await ends(canary, { event_name: 'schedule' })).toMatchObject({ image: dead, heal: 'success' });
    expect(ghCalls).toEqual([
      ['workflow', 'run', 'rotate-ecr-password.yml', '--repo', 'acme/shop', '--field', 'force=true'],
    ]);
    // What is fresh is left alone; by force it is not.
    await runOf(rotation, { event_name: 'schedule' });
    expect((await runOf(canary, started))['image']?.conclusion).toBe(dead);
    expect(ghCalls).toHaveLength(1);
    await runOf(rotation, { event_name: 'workflow_dispatch' }, { inputs: { force: 'true' } });
    expect((await runOf(canary, started))['image']?.conclusion).toBe('success');
    expect(ghCalls).toHaveLength(1);
  });

  it('a rotation that was skipped starts no canary', async () => {
    const { canary } = await both();
    const event = { workflow_run: { conclusion: 'skipped', event: 'workflow_run' } };
    const skipped = { image: 'skipped', heal: 'skipped', age: 'skipped' };
    expect(await ends(canary, { event_name: 'workflow_run', event })).toEqual(skipped);
  });

  it('a second rotation leaves a fresh secret alone, and the canary watches age and schedule', async () => {
    const { rotation, canary } = await both();
    const scheduled = { event_name: 'schedule' };
    expect(await ends(rotation, scheduled), log).toEqual({ rotate: 'success' });
    expect(await ends(rotation, scheduled)).toEqual({ rotate: 'success' });
    expect(sandbox.journal.map(({ operation }) => operation)).toEqual(['GetAuthorizationToken']);
    const file = 'rotate-ecr-password.yml';
    const runs = [{ createdAt: Date.now() - 3_600_000, conclusion: 'success' }];
    github.addWorkflow('acme/shop', file, { state: 'active', runs });
    expect((await runOf(canary, scheduled))['age']?.conclusion).toBe('success');
    github.addWorkflow('acme/shop', file, { state: 'disabled_inactivity', runs });
    expect((await runOf(canary, scheduled))['age']?.conclusion).toBe('failure: exit code 10');
    expect(log).toContain('disabled_inactivity: nothing was pushed for 60 days');
    const failed = [{ createdAt: Date.now() - 60_000, conclusion: 'failure' }, ...runs];
    github.addWorkflow('acme/shop', file, { state: 'active', runs: failed });
    expect((await runOf(canary, scheduled))['age']?.conclusion).toBe('failure: exit code 10');
    expect(log).toContain('ended with failure');
  });
});
