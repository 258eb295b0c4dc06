import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InputError } from '../../base/errors.js';
import type { Question } from '../../base/tell/ask.js';
import { filesIn, folderOf, initIn, put, readBack, released, shop, textIn } from '../../../test/support/init-folder.js';

const next = { 'next.config.mjs': "export default { output: 'standalone' };", 'package.json': { name: '@acme/shop' } };
const all = { yes: true, to: shop, cluster: 'production', service: 'shop', action: released };

let folder = '';
beforeEach(() => {
  folder = folderOf(next);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const actionsOf = (result: { files: readonly { path: string; action: string }[] }) =>
  Object.fromEntries(result.files.map(({ path, action }) => [path, action]));

describe('lading init', () => {
  test('writes what it was told, and the same again is unchanged', async () => {
    const first = await initIn(folder, all);
    expect(actionsOf(first)).toEqual({ 'lading.yml': 'created', '.github/workflows/ship.yml': 'created' });
    expect(await readBack(folder)).toMatchObject({
      region: 'eu-central-1',
      app: folder,
      to: { host: '123456789012.dkr.ecr.eu-central-1.amazonaws.com', repository: 'shop' },
      cluster: 'production',
      service: 'shop',
    });
    expect(textIn(folder, 'lading.yml')).toBe(
      `# yaml-language-server: $schema=https://raw.githubusercontent.com/harbour-tools/lading/v1/lading.schema.json
region: eu-central-1
build:
  app: .
push:
  to: ${shop}
deploy:
  cluster: production
  service: shop
`,
    );
    const again = await initIn(folder, all);
    expect(actionsOf(again)).toEqual({ 'lading.yml': 'unchanged', '.github/workflows/ship.yml': 'unchanged' });
    expect(again.written).toBe(false);
    // Without a word it is seen from what is there.
    expect(actionsOf(await initIn(folder, { yes: true }))).toEqual(actionsOf(again));
    expect((await initIn(folder, {})).left).toEqual([]);
  });

  test('with --yes writes what can be seen, says what is left, and fills it in later', async () => {
    const first = await initIn(folder, { yes: true });
    expect(first.left.join('\n')).toMatch(/deploy\.service[\s\S]*push\.to[\s\S]*region[\s\S]*workflow/);
    expect(filesIn(folder)).toContain('lading.yml');
    expect(await readBack(folder)).toMatchObject({ app: folder, to: undefined, service: undefined });
    await expect(initIn(folder, all)).rejects.toMatchObject({ code: 'WOULD_REPLACE', exitCode: 2 });
    expect(textIn(folder, 'lading.yml')).toContain('# service: SERVICE');
    const filled = await initIn(folder, { ...all, force: true });
    expect(filled.files[0]?.diff).toContain('+  service: shop');
    expect(textIn(folder, 'lading.yml')).not.toMatch(/^ *# (region|to|service):/m);
    expect(await readBack(folder)).toMatchObject({ service: 'shop', cluster: 'production' });
  });

  test('without a terminal tells all that is missing by its flags, and writes nothing', async () => {
    const error = await initIn(folder).catch((thrown: unknown) => thrown as InputError);
    expect(error).toMatchObject({ exitCode: 2 });
    expect((error as InputError).issues.map(({ where }) => where)).toEqual(['--service', '--to', '--region']);
    expect(filesIn(folder)).toEqual(['next.config.mjs', 'package.json']);
  });

  test('shows with --dry-run, and writes nothing', async () => {
    const result = await initIn(folder, { ...all, dryRun: true });
    expect(result).toMatchObject({ written: false, files: [{ action: 'created' }, { action: 'created' }] });
    expect(JSON.stringify(result.events)).toContain('needs.image.outputs.digest');
    expect(filesIn(folder)).toEqual(['next.config.mjs', 'package.json']);
  });

  test('asks what it cannot see, and whether it may write', async () => {
    const asked: Question[] = [];
    const answers = ['production/shop', shop, 'yes'];
    const ask = async (question: Question) => {
      asked.push(question);
      const answer = answers.shift() ?? '';
      expect(question.mistakeIn?.(answer)).toBeUndefined();
      return answer;
    };
    const result = await initIn(folder, { action: released }, { ask });
    expect(asked.map(({ text }) => text.split(' ').slice(0, 3).join(' '))).toEqual([
      'Which ECS service',
      'Which repository do',
      'Write these 2',
    ]);
    expect(asked[0]?.suggestion).toBe('shop');
    expect(asked[1]?.mistakeIn?.('https://x')).toMatch(/registry/);
    expect(result.written).toBe(true);
    expect(await readBack(folder)).toMatchObject({ cluster: 'production', service: 'shop', region: 'eu-central-1' });
    // Nothing is left to ask, so nothing is asked.
    expect((await initIn(folder, {}, { ask: () => Promise.reject(new Error('asked')) })).written).toBe(false);
  });

  test('writes nothing when the answer is no', async () => {
    const ask = async ({ suggestion }: Question) => (suggestion === 'yes' ? 'n' : 'x');
    await expect(initIn(folder, { ...all, yes: false }, { ask })).rejects.toMatchObject({ exitCode: 130 });
    expect(filesIn(folder)).toEqual(['next.config.mjs', 'package.json']);
  });

  test('leaves what a person wrote: comments, order, line ends, keys of others', async () => {
    const text =
      '# ours\r\ndeploy: { cluster: staging, timeout: 20m } # slow\r\n\r\nbuild:\r\n  # the shop\r\n  app: .\r\n';
    put(folder, { 'lading.yml': text });
    await initIn(folder, { ...all, force: true });
    const after = textIn(folder, 'lading.yml');
    expect(after).not.toMatch(/[^\r]\n/);
    expect(after).toContain('deploy: { cluster: production, timeout: 20m, service: shop } # slow\r\n');
    expect(after).toContain('  # the shop\r\n');
    expect(await readBack(folder)).toMatchObject({ cluster: 'production', timeout: 1_200_000, service: 'shop' });
    expect(actionsOf(await initIn(folder, all))['lading.yml']).toBe('unchanged');
  });

  test('leaves a file with several images or services alone', async () => {
    const text = 'images:\n  web: { to: a.example/web }\nservices:\n  web: {}\n';
    put(folder, { 'lading.yml': text });
    const result = await initIn(folder, { yes: true });
    expect(actionsOf(result)).toEqual({ 'lading.yml': 'unchanged' });
    expect(textIn(folder, 'lading.yml')).toBe(text);
  });

  test('replaces a workflow that a person changed only when asked about it, and never without force', async () => {
    await initIn(folder, all);
    const path = '.github/workflows/ship.yml';
    put(folder, { [path]: `${textIn(folder, path)}# mine\n` });
    expect(actionsOf(await initIn(folder, { yes: true }))[path]).toBe('kept');
    await expect(initIn(folder, all)).rejects.toMatchObject({ code: 'WOULD_REPLACE' });
    expect(textIn(folder, path)).toContain('# mine');
    expect(actionsOf(await initIn(folder, { ...all, force: true }))[path]).toBe('replaced');
  });

  test.each([
    [{ to: 'https://x' }, '--to'],
    [{ to: `${shop}@sha256:${'a'.repeat(64)}` }, '--to'],
    [{ cluster: 'a b' }, '--cluster'],
    [{ service: 'x\ny' }, '--service'],
    [{ service: '${{ github.token }}' }, '--service'],
    [{ region: 'Frankfurt' }, '--region'],
    [{ buildRole: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' }, '--build-role'],
    [{ deployRole: 'arn:aws:sts::123456789012:assumed-role/x/y' }, '--deploy-role'],
    [{ githubEnvironment: 'a\nb' }, '--github-environment'],
    [{ branch: 'a..b' }, '--branch'],
    [{ action: 'OWNER/lading@v1' }, '--action'],
    [{ action: 'v1' }, '--action'],
  ])('refuses %j', async (values, where) => {
    const error = (await initIn(folder, { ...all, ...values }).catch((thrown: unknown) => thrown)) as InputError;
    expect(error.issues.map((issue) => issue.where)).toEqual([where]);
    expect(filesIn(folder)).toEqual(['next.config.mjs', 'package.json']);
  });

  test('tells a broken lading.yml by its place', async () => {
    put(folder, { 'lading.yml': 'deploy:\n  clutser: x\n' });
    await expect(initIn(folder, all)).rejects.toMatchObject({ issues: [{ where: 'lading.yml:2:3' }] });
  });

  test('a file of another name is named in the workflow', async () => {
    put(folder, { 'ship.yml': 'deploy: { service: x }\n' });
    await initIn(folder, { ...all, force: true }, { configFile: join(folder, 'ship.yml') });
    expect(textIn(folder, '.github/workflows/ship.yml').match(/config: ship\.yml/g)).toHaveLength(2);
    expect(textIn(folder, 'ship.yml')).toContain('service: shop');
  });

  test('writes a .dockerignore beside a Dockerfile, without what it copies', async () => {
    put(folder, { Dockerfile: 'FROM node\nCOPY package.json .npmrc ./\nCOPY --from=x /.env /\n' });
    await initIn(folder, all);
    const lines = textIn(folder, '.dockerignore').split('\n');
    expect(lines).toEqual(expect.arrayContaining(['.git', '**/node_modules', '**/.env*', '.next']));
    expect(lines).not.toContain('**/.npmrc');
    put(folder, { '.dockerignore': 'mine' });
    expect(actionsOf(await initIn(folder, all))).not.toHaveProperty('.dockerignore');
  });

  test('a Dockerfile alone is built by the engine of the runner: nothing is installed for it', async () => {
    const own = folderOf({ Dockerfile: 'FROM scratch\n', 'go.mod': 'module x' });
    await initIn(own, all);
    expect(await readBack(own)).toMatchObject({ service: 'shop' });
    const text = textIn(own, '.github/workflows/ship.yml');
    expect(text).toContain(`${released.split('@')[0]}/actions/build@v1`);
    expect(text).not.toContain('setup-node');
    rmSync(own, { recursive: true });
  });

  test('with --infra writes the stacks of Terraform, which are the user’s from then on', async () => {
    const first = await initIn(folder, { ...all, infra: true });
    const stacks = first.files.filter(({ path }) => path.startsWith('infra/'));
    expect(stacks.map(({ action }) => action)).toEqual(stacks.map(() => 'created'));
    expect(filesIn(folder)).toEqual(
      expect.arrayContaining(['infra/.gitignore', 'infra/registry/main.tf', 'infra/service/variables.tf']),
    );
    put(folder, { 'infra/registry/main.tf': '# mine' });
    expect(actionsOf(await initIn(folder, { ...all, infra: true, force: true }))).toMatchObject({
      'infra/registry/main.tf': 'kept',
      'infra/service/main.tf': 'unchanged',
    });
  });

  test('in a folder of a repository the workflow stands at its top', async () => {
    put(folder, { 'apps/web/next.config.js': '', 'apps/web/package.json': {}, 'package-lock.json': '{}' });
    await initIn(join(folder, 'apps/web'), all);
    const text = textIn(folder, '.github/workflows/ship-web.yml');
    expect(text).toContain('cwd: apps/web');
    expect(filesIn(folder)).toContain('apps/web/lading.yml');
    expect(actionsOf(await initIn(join(folder, 'apps/web'), all))).toEqual({
      'lading.yml': 'unchanged',
      '../../.github/workflows/ship-web.yml': 'unchanged',
    });
  });

  test('of a workspace the only app is taken, of several one is chosen', async () => {
    const own = folderOf({
      'package.json': { workspaces: ['apps/*'] },
      'package-lock.json': '{}',
      'apps/web/next.config.mjs': '',
      'apps/web/package.json': {},
      'packages/lib/package.json': { main: 'index.js' },
    });
    await initIn(own, all);
    expect(await readBack(own)).toMatchObject({ app: join(own, 'apps/web') });
    put(own, { 'apps/api/package.json': { scripts: { start: 'node .' } } });
    rmSync(join(own, 'lading.yml'));
    const several = await initIn(own, { ...all, force: true });
    expect(several.left.join()).toContain('build.app');
    rmSync(own, { recursive: true });
  });
});
