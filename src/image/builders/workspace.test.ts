import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planNode } from './node/plan.js';
import { findWorkspace, membersFor } from './workspace.js';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'lading-workspace-')));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(name: string, content: string | object = '') {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), typeof content === 'string' ? content : JSON.stringify(content));
}

function link(name: string, target: string) {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  symlinkSync(target, join(root, name));
}

/** An app that needs an installed package and two of the workspace's own, one of them through the other. */
function putWorkspace() {
  put('package.json', { private: true, workspaces: ['apps/*', 'packages/*'] });
  put('package-lock.json', '{}');
  put('apps/api/package.json', { main: 'server.js', dependencies: { greet: '1' }, devDependencies: { lint: '1' } });
  put('apps/api/server.js');
  put('packages/greet/package.json', {
    files: ['dist/**/*.js', '!dist/*.test.js'],
    dependencies: { words: '1', pad: '1' },
  });
  for (const file of ['dist/index.js', 'dist/sub/a.js', 'dist/index.test.js', 'dist/index.js.map', 'src/index.ts'])
    put(`packages/greet/${file}`);
  put('packages/words/package.json', {});
  put('packages/words/.env', 'SECRET=1');
  put('packages/words/notes.md');
  put('packages/lint/package.json', {});
  put('node_modules/pad/package.json', {});
  for (const name of ['greet', 'words', 'lint']) link(`node_modules/${name}`, `../packages/${name}`);
}

const filesOf = async (folder: string) => {
  const recipe = await planNode(join(root, folder));
  const layers = recipe.layers.map(({ kind, entries }) => [
    kind,
    entries.filter((entry) => entry.type !== 'folder').map((entry) => entry.name),
  ]);
  return { ...recipe, files: Object.fromEntries(layers) as Record<string, string[]> };
};

describe('an app of a workspace', () => {
  test('is packed where it lies, with the packages it needs from above and from beside it', async () => {
    putWorkspace();
    put('.dockerignore', '**/*.md\n');
    const { files, run, notes } = await filesOf('apps/api');
    expect(files).toEqual({
      node_modules: ['app/node_modules/greet', 'app/node_modules/pad/package.json', 'app/node_modules/words'],
      app: [
        'app/apps/api/package.json',
        'app/apps/api/server.js',
        'app/packages/greet/dist/index.js',
        'app/packages/greet/dist/sub/a.js',
        'app/packages/greet/package.json',
        'app/packages/words/package.json',
      ],
    });
    expect(run).toMatchObject({ workingDirectory: '/app/apps/api', entrypoint: ['node', 'server.js'] });
    expect(notes).toEqual([expect.stringMatching(/^packages\/words\/\.env is left out/)]);
  });

  test('follows the links of pnpm out of its folder', async () => {
    put('pnpm-workspace.yaml', 'packages: ["apps/*"]\n');
    put('apps/api/package.json', { main: 'server.js', dependencies: { a: '1' } });
    put('apps/api/server.js');
    put('node_modules/.pnpm/a@1/node_modules/a/package.json', {});
    link('apps/api/node_modules/a', '../../../node_modules/.pnpm/a@1/node_modules/a');
    expect((await filesOf('apps/api')).files.node_modules).toEqual([
      'app/apps/api/node_modules/a',
      'app/node_modules/.pnpm/a@1/node_modules/a/package.json',
    ]);
  });

  test('is built again when a package of the workspace changes: those it is built with count', () => {
    putWorkspace();
    const names = membersFor(findWorkspace(join(root, 'apps/api'))).map((folder) => folder.slice(root.length + 1));
    expect(names).toEqual(['packages/greet', 'packages/lint', 'packages/words']);
  });

  test.each([
    ['with a lockfile of its own', 'apps/api/yarn.lock'],
    ['in a repository of its own', 'apps/api/.git/HEAD'],
  ])('stands alone %s', (_name, file) => {
    putWorkspace();
    put(file);
    const app = join(root, 'apps/api');
    expect(findWorkspace(app)).toEqual({ root: app, app, path: '' });
  });

  test('does not reach out of the workspace', async () => {
    put('package.json', { workspaces: ['api'] });
    put('api/package.json', { main: 'server.js', dependencies: { tmp: '1' } });
    put('api/server.js');
    link('node_modules/tmp', tmpdir());
    await expect(planNode(join(root, 'api'))).rejects.toMatchObject({ code: 'PACKAGE_OUTSIDE' });
  });
});
