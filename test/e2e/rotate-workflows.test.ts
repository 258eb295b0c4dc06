import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { actionRelease } from '../../src/base/declare/action-release.js';
import type { InputError } from '../../src/base/errors.js';
import { initRotate } from '../../src/commands/init-rotate.js';
import { actionlint } from '../support/actionlint.js';
import { loadWorkflowCheck, type WorkflowCheck } from '../support/check-workflow.js';
import { cli, startLading } from '../support/command-line.js';
import { init, released, workflowsIn, type InitValues } from '../support/init-rotate.js';

const root = join(import.meta.dirname, '../..');
const own = { repository: 'harbour-tools/lading', folder: root };

let cwd: string;
let check: WorkflowCheck;

beforeAll(async () => {
  check = await loadWorkflowCheck();
});

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lading-init-'));
});

afterEach(() => rm(cwd, { recursive: true }));

const two = {
  registry: ['EU=123456789012.eu-central-1', 'US=210987654321.us-east-1'],
  image: ['EU=ci/node:22', 'US=ci/base@sha256:' + 'a'.repeat(64), 'US=ci/other:1'],
};

const forms: readonly (readonly [string, Partial<InitValues>])[] = [
  ['a schedule', {}],
  ['a schedule with a personal token', { identity: 'token' }],
  [
    'a schedule with targets that need quotes',
    { to: ["acme/shop@it's prod & co", 'org:acme:actions+dependabot', 'acme/*'], visibility: 'private' },
  ],
  [
    'a schedule for selected repositories',
    { to: ['org:acme'], visibility: 'selected', selectedRepository: ['acme/a'] },
  ],
  ['a schedule for several registries', two],
  ['a schedule on another branch', { branch: 'release/1.x', cron: '5 0-23/2 * * SUN-SAT' }],
  ['a run of its own', { form: 'environment' }],
  ['a run of its own with a personal token', { form: 'environment', identity: 'token' }],
  [
    'a run of its own with an odd environment',
    { form: 'environment', secretEnvironment: "it's: #1", secret: 'PULL_TOKEN' },
  ],
  ['a run of its own for several registries', { form: 'environment', ...two }],
];

describe('the workflows of lading init rotate', () => {
  it.each(forms)('%s: pass GitHub’s own parser, and give the action inputs that it has', async (_, given) => {
    await init(cwd, given);
    for (const text of Object.values(await workflowsIn(cwd))) {
      expect(await check.problemsOf(text, own)).toEqual([]);
      expect((await check.jobsOf(text)).errors).toEqual([]);
    }
  });

  it('pass actionlint', async () => {
    const texts: string[] = [];
    for (const [, given] of forms) {
      await init(cwd, { ...given, force: true });
      texts.push(...Object.values(await workflowsIn(cwd)));
    }
    expect(actionlint(texts)).toEqual([]);
  });

  it('would be told by all of them when they were wrong', async () => {
    await init(cwd);
    const { 'rotate-ecr-password.yml': text = '' } = await workflowsIn(cwd);
    const wrong = text.replace('runs-on:', 'needs: nobody\n    runs-un:');
    expect(await check.problemsOf(wrong, own)).not.toEqual([]);
    expect((await check.jobsOf(wrong)).errors).not.toEqual([]);
    expect(actionlint([text, wrong])).not.toEqual([]);
    expect(await check.problemsOf(text.replace('force: ${{', 'farce: ${{'), own)).toEqual([
      expect.stringContaining('farce'),
    ]);
  });

  it.each(forms)('%s: run no package by its name, and lading’s action at a release', async (_, given) => {
    await init(cwd, given);
    for (const text of Object.values(await workflowsIn(cwd))) {
      expect(text).not.toMatch(/\bnpx\b|\bnpm\b/);
      const { jobs } = parse(text) as { jobs: Record<string, { steps: { uses?: string }[] }> };
      const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
      const known = [`${released.split('@')[0]}/actions/rotate@v1`, 'actions/checkout@v5'];
      expect(used.filter((uses) => !known.includes(uses) && !uses.startsWith('aws-actions/'))).toEqual([]);
      expect(used).toContain(known[0]);
    }
  });

  it('rotate at an odd minute every three hours, by hand, and as soon as the file is there; one at a time', async () => {
    await init(cwd);
    const { 'rotate-ecr-password.yml': rotate = '', 'ecr-canary.yml': canary = '' } = await workflowsIn(cwd);
    expect(parse(rotate)).toMatchObject({
      on: {
        schedule: [{ cron: '17 */3 * * *' }],
        push: { branches: ['main'], paths: ['.github/workflows/rotate-ecr-password.yml'] },
        workflow_dispatch: { inputs: { force: { type: 'boolean' } } },
      },
      permissions: { 'id-token': 'write' },
      concurrency: { group: 'rotate-ecr-password', 'cancel-in-progress': false },
    });
    expect(rotate + canary).not.toMatch(/AWS_(ACCESS|SECRET)/);
    expect((await check.jobsOf(canary)).jobs.map(({ id, hasContainer }) => [id, hasContainer])).toEqual([
      ['image', true],
      ['heal', false],
      ['age', false],
    ]);
  });

  it('start each other in one direction only', async () => {
    await init(cwd);
    const texts = Object.values(await workflowsIn(cwd)).map((text) => parse(text) as Workflow);
    const starts = texts.flatMap(({ name, on }) => (on.workflow_run?.workflows ?? []).map((by) => [by, name]));
    expect(starts).toEqual([['Rotate ECR password', 'ECR canary']]);
  });

  it('without a schedule: the job in the image comes after the one that writes its environment’s secret', async () => {
    await init(cwd, { form: 'environment' });
    const [text = ''] = Object.values(await workflowsIn(cwd));
    const { jobs } = await check.jobsOf(text);
    expect(jobs).toMatchObject([
      { id: 'password', needs: [], hasContainer: false, hasEnvironment: true },
      { id: 'image', needs: ['password'], hasContainer: true, hasEnvironment: true },
      { id: 'expired', needs: ['password', 'image'], hasContainer: false },
    ]);
    expect(text).not.toContain('cron');
  });

  it('hand everything to the action as it was given', async () => {
    const to = ["acme/shop@it's prod & $co", 'acme/*', 'topic:ecr:dependabot'];
    await init(cwd, { to, ...two });
    const { 'rotate-ecr-password.yml': text = '' } = await workflowsIn(cwd);
    const { jobs } = parse(text) as { jobs: Record<string, { steps: { with: Record<string, string> }[] }> };
    const given = jobs['rotate']?.steps.at(-1)?.with ?? {};
    expect(given['to']?.trim().split('\n')).toEqual(to);
    expect(given['registry']?.trim().split('\n')).toEqual(two.registry);
    expect(given['image']?.trim().split('\n')).toEqual(two.image);
  });
});

interface Workflow {
  readonly name: string;
  readonly on: { readonly workflow_run?: { readonly workflows: readonly string[] } };
}

describe('the role', () => {
  const issuer = 'token.actions.githubusercontent.com';

  it('may log in and pull the images, nothing else', async () => {
    expect((await init(cwd, two)).role.policy).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Login', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
        {
          Sid: 'Pull',
          Effect: 'Allow',
          Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
          Resource: [
            'arn:aws:ecr:eu-central-1:123456789012:repository/ci/node',
            'arn:aws:ecr:us-east-1:210987654321:repository/ci/base',
            'arn:aws:ecr:us-east-1:210987654321:repository/ci/other',
          ],
        },
      ],
    });
  });

  const runner = { GITHUB_REPOSITORY: 'acme/shop', GITHUB_REPOSITORY_OWNER_ID: '17', GITHUB_REPOSITORY_ID: '4711' };

  it.each([
    [{ branch: 'trunk' }, ['repo:acme/shop:ref:refs/heads/trunk', 'repo:acme@17/shop@4711:ref:refs/heads/trunk']],
    [
      { form: 'environment', secretEnvironment: 'ecr:eu' },
      ['repo:acme/shop:environment:ecr%3Aeu', 'repo:acme@17/shop@4711:environment:ecr%3Aeu'],
    ],
  ] as const)('trusts the job of the form in both forms of its subject: %j', async (given, subjects) => {
    const { role } = await init(cwd, given, { env: runner });
    expect(role.trust.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` },
        Condition: {
          StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: subjects },
        },
      },
    ]);
    // What the workflow says must be what the trust says.
    const texts = Object.values(await workflowsIn(cwd));
    const signing = texts.flatMap((text) =>
      Object.values(
        (parse(text) as { jobs: Record<string, { environment?: string; steps: { uses?: string }[] }> }).jobs,
      ),
    );
    const assuming = signing.filter(({ steps }) => steps.some(({ uses }) => uses?.startsWith('aws-actions/')));
    expect(assuming.map(({ environment }) => environment)).toEqual(['form' in given ? ['ecr:eu'] : [undefined]].flat());
  });

  it('is printed, with the repository of the working tree and how to learn its ids', async () => {
    await mkdir(join(cwd, '.git'));
    const config = '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:acme/shop.git\n\tfetch = +x\n';
    await writeFile(join(cwd, '.git/config'), config);
    const told: string[] = [];
    const report = (event: { type: string; text?: string }) => void (event.text && told.push(event.text));
    const result = await init(cwd, {}, { report });
    const text = initRotate.text?.(result) ?? '';
    expect(text).toContain('repo:acme/shop:ref:refs/heads/main');
    expect(text).toContain('repo:acme@OWNER_ID/shop@REPOSITORY_ID:ref:refs/heads/main');
    expect(text).toContain('ecr:GetDownloadUrlForLayer');
    expect(told.join('\n')).toContain(`gh api repos/acme/shop --jq '"\\(.owner.id) \\(.id)"'`);
  });
});

describe('lading init rotate', () => {
  it('leaves files alone that were changed, unless forced', async () => {
    await init(cwd);
    expect((await init(cwd)).files.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
    const file = join(cwd, '.github/workflows/ecr-canary.yml');
    await writeFile(file, 'mine\n');
    await expect(init(cwd)).rejects.toMatchObject({ exitCode: 2 });
    expect(await readFile(file, 'utf8')).toBe('mine\n');
    expect((await init(cwd, { force: true })).files.map(({ action }) => action)).toEqual(['unchanged', 'replaced']);
  });

  it('does not write through a link', async () => {
    await mkdir(join(cwd, 'elsewhere'));
    await symlink(join(cwd, 'elsewhere'), join(cwd, '.github'));
    await expect(init(cwd, { force: true })).rejects.toMatchObject({ exitCode: 2 });
    expect(await readdir(join(cwd, 'elsewhere'))).toEqual([]);
  });

  it('is a verb of two words on the command line', async () => {
    const { runCli } = await import('../../src/entry/cli.js');
    const out = { text: '' };
    const stream = { write: (text: string) => void (out.text += text) };
    const terminal = { env: {}, cwd, signal: new AbortController().signal, stdout: stream, stderr: stream };
    const flags = ['--registry', '123456789012.eu-central-1', '--image', 'ab:1', '--action', released];
    const role = ['--role', 'arn:aws:iam::123456789012:role/r'];
    expect(await runCli(['init', 'rotate', ...flags, ...role], terminal)).toBe(0);
    expect(Object.keys(await workflowsIn(cwd))).toEqual(['ecr-canary.yml', 'rotate-ecr-password.yml']);
    expect(await runCli(['init', 'rotate', '--imag', 'ab:1'], terminal)).toBe(2);
    expect(out.text).toContain('--image');
    expect(await runCli(['help', 'init', 'rotate'], terminal)).toBe(0);
    expect(out.text).toContain('--form');
  });

  it('writes nothing on a dry run', async () => {
    expect((await init(cwd, { dryRun: true })).files).toHaveLength(2);
    await expect(readdir(join(cwd, '.github'))).rejects.toThrow('ENOENT');
  });

  async function wrong(given: Partial<InitValues>): Promise<readonly string[]> {
    const error = await init(cwd, given).then(
      () => undefined,
      (thrown: unknown) => thrown as InputError,
    );
    expect(error?.exitCode).toBe(2);
    await expect(readdir(join(cwd, '.github'))).rejects.toThrow('ENOENT');
    return error?.issues.map(({ where, message }) => `${where}: ${message}`) ?? [];
  }

  it('tells all that would break a workflow or smuggle an expression in', async () => {
    const told = await wrong({
      role: 'rotate', image: ['UPPER:1'], cron: 'daily', registry: ['here'], to: ['acme/shop@${{ github.token }}'],
      branch: 'main\nevil', action: 'v1',
    }); // prettier-ignore
    expect([...new Set(told.map((line) => line.split(':')[0]))].sort()).toEqual([
      '--action', '--branch', '--cron', '--image', '--registry', '--role', '--to',
    ]); // prettier-ignore
  });

  it.each([
    ['a registry in the image', { image: ['123456789012.dkr.ecr.eu-central-1.amazonaws.com/ci/node:22'] }, '--image'],
    ['another registry in the image', { image: ['ghcr.io/acme/node:22'] }, '--image'],
    ['an image without a tag', { image: ['ci/node'] }, '--image'],
    ['an image of no registry', { ...two, image: ['ci/node:22'] }, '--image'],
    ['a registry without an image', { ...two, image: ['EU=ci/node:22'] }, '--image'],
    ['a minute that is none', { cron: '61 */3 * * *' }, '--cron'],
    ['an hour that is none', { cron: '17 */30 * * *' }, '--cron'],
    ['a day that does not come', { cron: '17 */3 31 2 *' }, '--cron'],
    ['a schedule that lets the password die', { cron: '17 3 * * *' }, '--cron'],
    ['working days only', { cron: '17 */3 * * MON-FRI' }, '--cron'],
    ['an organization without a word about who may read', { to: ['org:acme'] }, '--visibility'],
    ['an audience without an organization', { to: ['acme/shop'], visibility: 'all' }, '--visibility'],
    ['selected, and none is', { to: ['org:acme'], visibility: 'selected' }, '--selected-repository'],
    ['Codespaces of an organization as an App', { to: ['org:acme:codespaces'], visibility: 'all' }, '--to'],
    ['an environment with a schedule', { secretEnvironment: 'prod' }, '--secret-environment'],
    ['a schedule without one', { form: 'environment', cron: '17 */3 * * *' }, '--cron'],
    ['targets without a schedule', { form: 'environment', to: ['acme/shop'] }, '--to'],
    ['a branch without a schedule', { form: 'environment', branch: 'main' }, '--branch'],
    ['an audience without a schedule', { form: 'environment', visibility: 'all' }, '--visibility'],
    ['a role of another partition', { registry: ['123456789012.cn-north-1'] }, '--role'],
    ['a list in an environment', { form: 'environment', secretEnvironment: 'a,b' }, '--secret-environment'],
    ['an action without a home', { action: undefined }, '--action'],
    ['an action of nobody', { action: 'OWNER/lading@v1' }, '--action'],
    ['a token for a name', { secret: `ghp_${'a'.repeat(36)}` }, '--secret'],
  ] as readonly (readonly [string, Partial<InitValues>, string])[])('refuses %s', async (_, given, where) => {
    const told = await wrong(given);
    expect(told).toEqual([expect.stringMatching(new RegExp(`^${where}: `))]);
    expect(told.join()).not.toContain('ghp_');
  });

  it('takes what GitHub takes as a schedule, and nothing else', async () => {
    for (const cron of ['17 */3 * * *', '5,35 0-23/2 * JAN-DEC SUN-SAT', '0 0/6 1-31 * *', '*/15 * * * *', '59 23/1 * * *', '7 */4 * 1-12 0-6']) {
      const text = `on:\n  schedule:\n    - cron: '${cron}'\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n`;
      expect(await check.problemsOf(text)).toEqual([]);
    }
    for (const cron of ['60 * * * *', '* 24 * * *', '* * 0 * *', '* * * * 7', '*/0 * * * *', '5-1 * * * *', '* * * 13 *', 'daily', '* * * *', '1- * * * *']) {
      const text = `on:\n  schedule:\n    - cron: '${cron}'\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n`;
      expect(await check.problemsOf(text)).not.toEqual([]);
      expect(await wrong({ cron })).toHaveLength(1);
    }
  }); // prettier-ignore
});

test('one place says where lading’s actions are released', async () => {
  const pages = (await readdir(join(root, 'docs'), { recursive: true })).filter((name) => name.endsWith('.md'));
  for (const page of ['../README.md', ...pages]) {
    const text = await readFile(join(root, 'docs', page), 'utf8');
    for (const [, found] of text.matchAll(/uses: ([\w.-]+\/lading(?:\/actions\/[\w-]+)?@[\w.-]+)/g)) {
      const { repository, version } = actionRelease;
      expect(found?.replace(/\/actions\/[\w-]+/, ''), page).toBe(`${repository}@${version}`);
    }
  }
});

describe('the guide', () => {
  const blocks = async (language: string) => {
    const text = await readFile(join(root, 'docs/guide/rotate.md'), 'utf8');
    return [...text.matchAll(new RegExp(`\\\`\\\`\\\`${language}\\n([^]*?)\\\`\\\`\\\``, 'g'))].map(
      ([, block = '']) => block,
    );
  };

  it('has the policy and the trust that are printed', async () => {
    const env = { GITHUB_REPOSITORY: 'acme/shop', GITHUB_REPOSITORY_OWNER_ID: '17', GITHUB_REPOSITORY_ID: '4711' };
    const { role } = await init(cwd, {}, { env });
    const [policy, trust] = (await blocks('json')).map((block) => JSON.parse(block) as unknown);
    // A list of one is written as one there.
    const one = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replaceAll(/"Resource":\["([^"]+)"\]/g, '"Resource":"$1"')) as unknown;
    expect(policy).toEqual(one(role.policy));
    expect(trust).toEqual(role.trust);
  });

  it('rehearses on the sandbox as it is printed, and writes the workflows', async () => {
    const [serve = '', rehearsal = '', schedule = '', environment = ''] = await blocks('console');
    const running = startLading(
      commandsOf(serve)[0]
        ?.replace(/^lading | > .*$/g, '')
        .split(' ') ?? [],
      { cwd },
    );
    const printed = new Promise<string>((done) => running.child.stdout?.once('data', (data) => done(String(data))));
    await writeFile(join(cwd, 'sandbox.env'), await printed);
    try {
      for (const block of [rehearsal, schedule, environment]) {
        const script = `lading() { "${process.execPath}" "${cli}" "$@" 2>/dev/null; }\n${commandsOf(block).join('\n')}`;
        const shown = execFileSync('bash', ['-euc', script.replaceAll(/OWNER(?=\/lading@)/g, 'harbour-tools')], {
          cwd,
          encoding: 'utf8',
        });
        for (const line of block.split('\n').filter((text) => /^(planned|created|fresh) /.test(text))) {
          expect(shown).toContain(line.replace(/ {2}(expires .*|\S+ old)$/, ''));
        }
      }
      expect(Object.keys(await workflowsIn(cwd))).toHaveLength(3);
    } finally {
      running.child.kill('SIGINT');
      await running.ended;
    }
  });

  /** What is typed: a line after `$`, and those that it goes on with. */
  function commandsOf(block: string): readonly string[] {
    return [...block.matchAll(/^\$ ((?:.*\\\n)*.*)$/gm)].map(([, command = '']) => command);
  }
});

/** actionlint 1.7.7; it knows no syntax of 2026, which these workflows do without. */
