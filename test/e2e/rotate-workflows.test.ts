import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, virtualClock } from '../../src/base/clock.js';
import type { Context } from '../../src/base/context.js';
import { camelCase, type ValuesOf } from '../../src/base/input.js';
import { silent } from '../../src/base/report.js';
import { initRotate, packageRange, type InitRotateResult } from '../../src/commands/init-rotate.js';
import { startGitHub, type GitHubSandbox } from '../../src/sandbox/github/server.js';
import { loadWorkflowCheck, type ContextValue, type WorkflowCheck } from '../support/check-workflow.js';
import { ecrPassword, startEcr, type EcrStandIn } from '../support/ecr-stand-in.js';
import { createDescriptionCheck } from '../support/github-description.js';
import { runWorkflow } from '../support/run-workflow.js';

type Values = ValuesOf<typeof initRotate.inputs>;

let cwd: string;
let check: WorkflowCheck;

beforeAll(async () => {
  check = await loadWorkflowCheck();
});

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lading-init-'));
});

afterEach(() => rm(cwd, { recursive: true }));

async function init(given: Partial<Values>): Promise<InitRotateResult> {
  const defaults = Object.entries(initRotate.inputs).map(([name, { default: value }]) => [
    camelCase(name),
    value as unknown,
  ]);
  const values = {
    ...Object.fromEntries(defaults),
    registry: '123456789012.eu-central-1',
    image: 'ci/node:22',
    role: 'arn:aws:iam::123456789012:role/rotate',
    ...given,
  } as Values;
  const context: Context = {
    env: {},
    cwd,
    http: () => Promise.reject(new Error('nothing is asked')),
    exec: () => Promise.reject(new Error('nothing is run')),
    clock: virtualClock(),
    report: silent,
    signal: new AbortController().signal,
  };
  return initRotate.run(values, context);
}

async function written(): Promise<Readonly<Record<string, string>>> {
  const folder = join(cwd, '.github/workflows');
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

const forms: readonly (readonly [string, Partial<Values>])[] = [
  ['a schedule', {}],
  [
    'a schedule with targets that need quotes',
    { to: ["acme/shop@it's prod & co", 'org:acme:actions+dependabot', 'acme/*'] },
  ],
  ['a run of its own', { form: 'environment' }],
  ['a run of its own with an odd environment', { form: 'environment', environment: "it's: #1", secret: 'PULL_TOKEN' }],
];

describe('the workflows of lading init rotate', () => {
  it.each(forms)('%s: pass GitHub’s own parser', async (_, given) => {
    await init(given);
    for (const text of Object.values(await written())) {
      expect(await check.problemsOf(text)).toEqual([]);
      expect((await check.jobsOf(text)).errors).toEqual([]);
    }
  });

  it('pass actionlint', async () => {
    const texts: string[] = [];
    for (const [, given] of forms) {
      await init({ ...given, force: true });
      texts.push(...Object.values(await written()));
    }
    expect(actionlint(texts)).toEqual([]);
  });

  it('would be told by both when they were wrong', async () => {
    await init({});
    const { 'rotate-ecr-password.yml': text = '' } = await written();
    const wrong = text.replace('runs-on:', 'needs: nobody\n    runs-un:');
    expect(await check.problemsOf(wrong)).not.toEqual([]);
    expect((await check.jobsOf(wrong)).errors).not.toEqual([]);
    expect(actionlint([text, wrong])).not.toEqual([]);
  });

  it('rotate at an odd minute every three hours, by hand, and when the canary fails; one at a time', async () => {
    await init({});
    const { 'rotate-ecr-password.yml': rotate = '', 'ecr-canary.yml': canary = '' } = await written();
    expect(rotate).toContain("cron: '17 */3 * * *'");
    expect(rotate).toContain('workflow_dispatch:');
    expect(rotate).toContain('workflows: [ECR canary]');
    expect(rotate).toMatch(/concurrency:\n {2}group: rotate-ecr-password\n/);
    expect(rotate).toMatch(/^permissions:\n {2}id-token: write$/m);
    expect(rotate + canary).not.toMatch(/AWS_(ACCESS|SECRET)/);
    expect((await check.jobsOf(canary)).jobs.map(({ id, hasContainer }) => [id, hasContainer])).toEqual([
      ['image', true],
      ['age', false],
    ]);
  });

  it('without a schedule: the job in the image comes after the one that writes its environment’s secret', async () => {
    await init({ form: 'environment' });
    const [text = ''] = Object.values(await written());
    const { jobs } = await check.jobsOf(text);
    expect(jobs).toMatchObject([
      { id: 'password', needs: [], hasContainer: false, hasEnvironment: false },
      { id: 'image', needs: ['password'], hasContainer: true, hasEnvironment: true },
    ]);
    expect(text).not.toContain('cron');
  });

  it('hand the targets to the shell as they were given', async () => {
    const to = ["acme/shop@it's prod & $co", 'acme/*'];
    await init({ to });
    const { 'rotate-ecr-password.yml': text = '' } = await written();
    const command = /run: >-\n((?: {10}.*\n)+)/.exec(text)?.[1] ?? '';
    const line = command
      .replace(/\$\{\{.*\}\}/, '')
      .replaceAll(/\s*\n\s*/g, ' ')
      .replace('npx', 'printf "%s\\n"');
    const words = execFileSync('bash', ['-c', line], { encoding: 'utf8' }).split('\n');
    expect(words.filter((_, index) => words[index - 1] === '--to')).toEqual(to);
  });

  it('run the major version of lading that wrote them', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(packageRange).toBe(`lading@${version.split('.')[0]}`);
  });
});

describe('a run of the workflows', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let github: GitHubSandbox;
  let ecr: EcrStandIn;

  beforeEach(async () => {
    github = await startGitHub({ clock: systemClock, validate: createDescriptionCheck() });
    ecr = await startEcr(systemClock);
    github.addOrganization('acme');
    github.addRepository('acme/shop', { environments: ['ecr'] });
    const permissions = { secrets: 'write', environments: 'write', actions: 'read' };
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    github.addApp('4711', pem, { permissions, installations: [{ id: 1, owner: 'acme' }] });
    const value = privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
    github.putSecret('acme/shop', { name: 'LADING_APP_KEY', value, updatedAt: Date.now() });
  });

  afterEach(async () => {
    await Promise.all([github.close(), ecr.close()]);
    expect(github.violations).toEqual([]);
  });

  /** The conclusion of each job, with what the containers were pulled by. */
  async function runOf(text: string, event: Record<string, ContextValue>) {
    return runWorkflow(text, {
      check,
      github: { repository: 'acme/shop', actor: 'someone', ...event },
      vars: { LADING_APP_ID: '4711' },
      secrets: (environment) => github.jobSecrets('acme/shop', { environment }),
      async pull(image, { username, password }) {
        expect(image).toBe('123456789012.dkr.ecr.eu-central-1.amazonaws.com/ci/node:22');
        const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
        const response = await fetch(`${ecr.url}/v2/`, { headers: { authorization } });
        if (response.status !== 200) throw new Error('Docker login failed with exit code 1');
      },
      async lading(argv, env) {
        const { runCli } = await import('../../src/entry/cli.js');
        const aws = {
          AWS_ENDPOINT_URL_ECR: ecr.url,
          AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
          AWS_SECRET_ACCESS_KEY: 'example',
        };
        return runCli(argv, {
          env: { ...aws, AWS_REGION: 'eu-central-1', GITHUB_API_URL: github.url, HOME: cwd, ...env },
          cwd,
          signal: new AbortController().signal,
          stdout: { write: () => undefined },
          stderr: { write: () => undefined },
        });
      },
    });
  }

  it('without a schedule: the very first one has a fresh password in its second job', async () => {
    await init({ form: 'environment' });
    const [text = ''] = Object.values(await written());
    expect(await runOf(text, { event_name: 'push' })).toEqual({ password: 'success', image: 'success' });
  });

  it('without a schedule: a fork’s pull request and Dependabot’s are left out', async () => {
    await init({ form: 'environment' });
    const [text = ''] = Object.values(await written());
    const event = { pull_request: { head: { repo: { full_name: 'fork/shop' } } } };
    const skipped = { password: 'skipped', image: 'skipped' };
    expect(await runOf(text, { event_name: 'pull_request', event })).toEqual(skipped);
    expect(await runOf(text, { event_name: 'push', actor: 'dependabot[bot]' })).toEqual(skipped);
    expect(ecr.asked).toEqual([]);
  });

  it('by schedule: a failing canary starts a rotation, after which it passes, and the circle ends', async () => {
    await init({});
    const { 'rotate-ecr-password.yml': rotation = '', 'ecr-canary.yml': canary = '' } = await written();
    // Fresh by its date and yet dead, as after a wrong hand.
    github.putSecret('acme/shop', { name: 'ECR_PASSWORD', value: 'dead', updatedAt: Date.now() });
    const before = await runOf(canary, { event_name: 'schedule' });
    expect(before['image']).toBe('failure: Docker login failed with exit code 1');
    const failed = { workflow_run: { conclusion: 'failure', event: 'schedule' } };
    expect(await runOf(rotation, { event_name: 'workflow_run', event: failed })).toEqual({ rotate: 'success' });
    expect(github.secret('acme/shop', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
    expect((await runOf(canary, { event_name: 'workflow_run' }))['image']).toBe('success');
    const chained = { workflow_run: { conclusion: 'failure', event: 'workflow_run' } };
    expect(await runOf(rotation, { event_name: 'workflow_run', event: chained })).toEqual({ rotate: 'skipped' });
  });

  it('by schedule: a second one leaves a fresh secret alone; the age is watched', async () => {
    await init({});
    const { 'rotate-ecr-password.yml': rotation = '', 'ecr-canary.yml': canary = '' } = await written();
    const scheduled = { event_name: 'schedule' };
    expect(await runOf(rotation, scheduled)).toEqual({ rotate: 'success' });
    expect(await runOf(rotation, scheduled)).toEqual({ rotate: 'success' });
    expect(ecr.asked).toHaveLength(1);
    const runs = [{ createdAt: Date.now() - 3_600_000, conclusion: 'success' }];
    github.addWorkflow('acme/shop', 'rotate-ecr-password.yml', { state: 'active', runs });
    expect((await runOf(canary, { event_name: 'schedule' }))['age']).toBe('success');
    github.addWorkflow('acme/shop', 'rotate-ecr-password.yml', { state: 'disabled_inactivity', runs });
    expect((await runOf(canary, { event_name: 'schedule' }))['age']).toBe('failure: exit code 10');
  });
});

describe('lading init rotate', () => {
  it('leaves files alone that were changed, unless forced', async () => {
    await init({});
    expect((await init({})).files.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
    const file = join(cwd, '.github/workflows/ecr-canary.yml');
    await writeFile(file, 'mine\n');
    await expect(init({})).rejects.toMatchObject({ exitCode: 2 });
    expect(await readFile(file, 'utf8')).toBe('mine\n');
    expect((await init({ force: true })).files.map(({ action }) => action)).toEqual(['unchanged', 'replaced']);
  });

  it('is a verb of two words on the command line', async () => {
    const { runCli } = await import('../../src/entry/cli.js');
    const out = { text: '' };
    const stream = { write: (text: string) => void (out.text += text) };
    const terminal = { env: {}, cwd, signal: new AbortController().signal, stdout: stream, stderr: stream };
    const flags = [
      '--registry',
      '123456789012.eu-central-1',
      '--image',
      'a:1',
      '--role',
      'arn:aws:iam::123456789012:role/r',
    ];
    expect(await runCli(['init', 'rotate', ...flags], terminal)).toBe(0);
    expect(Object.keys(await written())).toEqual(['ecr-canary.yml', 'rotate-ecr-password.yml']);
    expect(await runCli(['init', 'rotate', '--imag', 'a:1'], terminal)).toBe(2);
    expect(out.text).toContain('--image');
    expect(await runCli(['help', 'init', 'rotate'], terminal)).toBe(0);
    expect(out.text).toContain('--form');
  });

  it('writes nothing on a dry run', async () => {
    expect((await init({ dryRun: true })).files).toHaveLength(2);
    await expect(readdir(join(cwd, '.github'))).rejects.toThrow('ENOENT');
  });

  it('tells all that would break a workflow or smuggle an expression in', async () => {
    const error: unknown = await init({
      role: 'rotate', image: 'UPPER', cron: 'daily', registry: 'here', to: ['acme/shop@${{ github.token }}'], environment: '${{ x }}',
    }).catch((thrown: unknown) => thrown); // prettier-ignore
    expect(error).toMatchObject({ exitCode: 2 });
    const { issues } = error as { issues: readonly { where: string }[] };
    expect(issues.map(({ where }) => where).sort()).toEqual([
      '--cron',
      '--environment',
      '--image',
      '--registry',
      '--role',
      '--to',
    ]);
  });
});

/** actionlint 1.7.7; it knows no syntax of 2026, which these workflows do without. */
function actionlint(texts: readonly string[]): unknown {
  const script = new URL('../support/actionlint.cjs', import.meta.url).pathname;
  return JSON.parse(execFileSync(process.execPath, [script], { input: JSON.stringify(texts), encoding: 'utf8' }));
}
