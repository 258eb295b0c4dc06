import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NodeOptions } from './plan.js';
import { planNode } from './plan.js';

let app = '';
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-kept-'));
  put('package.json', { main: 'index.js' });
  put('index.js');
});
afterEach(() => rmSync(app, { recursive: true }));

function put(name: string, content: string | object = '') {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), typeof content === 'string' ? content : JSON.stringify(content));
}
function link(name: string, target: string) {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  symlinkSync(target, join(app, name));
}
async function plan(kind: string, options: Partial<NodeOptions> = {}, folder = '') {
  const { layers, notes } = await planNode(join(app, folder), { include: [], ...options });
  const entries = layers.find((layer) => layer.kind === kind)?.entries ?? [];
  return { names: entries.map((entry) => entry.name.replace(/^app\/?/, '')).filter(Boolean), notes, entries };
}

describe('files of the app', () => {
  test('named as what is never shipped, but deeper down, are its own', async () => {
    const own = ['src/coverage/a.js', 'templates/Dockerfile', 'templates/.gitignore', 'coverage/index.js'];
    for (const name of [...own, 'Dockerfile', '.gitignore', 'lading.yml', '.next/cache/x', 'src/.git/HEAD']) put(name);
    const { names } = await plan('app');
    expect(names.filter((name) => own.includes(name))).toEqual([...own].sort());
    for (const name of ['Dockerfile', '.gitignore', 'lading.yml', '.next/cache', 'src/.git'])
      expect(names).not.toContain(name);
  });

  test('that report on tests stay out, as the folder that the image goes to does', async () => {
    for (const name of ['coverage/lcov.info', 'out/image/oci-layout', '.lading/bill.json', 'out/kept']) put(name);
    const { names } = await plan('app', { output: join(app, 'out/image') });
    expect(names).toEqual(['index.js', 'out', 'out/kept', 'package.json']);
  });

  test('an exception of .dockerignore brings no empty folders with it', async () => {
    for (const name of ['dist/sub/a.js', 'src/deep/a.ts', 'test/a.ts']) put(name);
    put('.dockerignore', '*\n!dist/sub\n!index.js\n!package.json\n');
    expect((await plan('app')).names).toEqual(['dist', 'dist/sub', 'dist/sub/a.js', 'index.js', 'package.json']);
  });

  test('a pattern of `files` brings no empty folders with it', async () => {
    put('package.json', { main: 'index.js', files: ['**/*.js'] });
    for (const name of ['lib/a.js', 'src/deep/a.ts']) put(name);
    expect((await plan('app')).names).toEqual(['index.js', 'lib', 'lib/a.js', 'package.json']);
  });

  test('of a workspace follow the .dockerignore of its root, where the app has none', async () => {
    put('package.json', { workspaces: ['api'] });
    for (const name of ['index.js', 'a.md', 'local.json']) put(`api/${name}`);
    put('api/package.json', { main: 'index.js' });
    put('.dockerignore', '**/*.md\napi/local.json\n');
    expect((await plan('app', {}, 'api')).names).toEqual(['api', 'api/index.js', 'api/package.json']);
    put('api/.dockerignore', 'a.md\n');
    expect((await plan('app', {}, 'api')).names).toContain('api/local.json');
  });

  test('it is said what the image lacks though the folder seems to have it', async () => {
    put('server/node_modules/x/package.json', {});
    link('current', 'releases/1');
    link('here', 'index.js');
    expect((await plan('app')).notes).toEqual([
      'current is a link to releases/1, which is not in the image',
      'server/node_modules is left out: only what package.json names is packed',
    ]);
  });
});

describe('packages', () => {
  test('keep folders of their own that are called node_modules', async () => {
    put('package.json', { main: 'index.js', dependencies: { a: '1' } });
    put('node_modules/a/package.json', {});
    put('node_modules/a/dist/node_modules/tslib/index.js');
    put('node_modules/a/node_modules/unused/package.json', {});
    const { names } = await plan('node_modules');
    expect(names).toContain('node_modules/a/dist/node_modules/tslib/index.js');
    expect(names).not.toContain('node_modules/a/node_modules/unused');
  });

  test('that a package brings along are found, whoever names them', async () => {
    put('package.json', { main: 'index.js', dependencies: { a: '1' } });
    put('node_modules/a/package.json', { bundleDependencies: ['b'], optionalDependencies: { none: '1' } });
    put('node_modules/a/node_modules/b/package.json', {});
    expect((await plan('node_modules')).names).toContain('node_modules/a/node_modules/b/package.json');
  });

  test('are found along links that lead to links, and each of them is packed', async () => {
    put('package.json', { main: 'index.js', dependencies: { a: '1' } });
    put('store/v1/a/package.json', {});
    link('store/current', 'v1');
    link('modules/a', '../store/current/a');
    link('node_modules', join(app, 'modules'));
    const { entries } = await plan('node_modules');
    const links = entries.filter((entry) => entry.type === 'link').map((entry) => [entry.name, entry.link]);
    expect(links).toEqual([
      ['app/modules/a', '../store/current/a'],
      ['app/node_modules', 'modules'],
      ['app/store/current', 'v1'],
    ]);
  });

  test("of yarn's Plug'n'Play are refused with what to do", async () => {
    put('package.json', { main: 'index.js', dependencies: { a: '1' } });
    put('.pnp.cjs');
    await expect(plan('app')).rejects.toMatchObject({
      code: 'YARN_PNP',
      hint: expect.stringContaining('nodeLinker: node-modules') as string,
    });
  });
});
