import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Recipe } from '../recipe.js';
import { planNode } from './plan.js';

let app = '';
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-files-'));
});
afterEach(() => rmSync(app, { recursive: true }));

function put(name: string, text: string | Buffer = ''): void {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), text);
}
const pack = (name: string, more: object = {}) =>
  put(`${name}/package.json`, JSON.stringify({ name, version: '1.0.0', ...more }));
const names = (recipe: Recipe, kind: string) =>
  (recipe.layers.find((layer) => layer.kind === kind)?.entries ?? [])
    .filter((entry) => entry.type !== 'folder')
    .map((entry) => entry.name);

describe('a Node service', () => {
  test('takes production packages along npm nesting, and leaves the others out', async () => {
    put(
      'package.json',
      JSON.stringify({
        scripts: { start: 'node --enable-source-maps "src/my app.js"' },
        dependencies: { a: '1' },
        devDependencies: { dev: '1' },
        optionalDependencies: { none: '1' },
      }),
    );
    put('src/my app.js');
    pack('node_modules/a', { dependencies: { b: '1', c: '1' } });
    pack('node_modules/a/node_modules/b');
    pack('node_modules/c');
    pack('node_modules/dev');
    const recipe = await planNode(app);
    expect(names(recipe, 'node_modules')).toEqual([
      'app/node_modules/a/node_modules/b/package.json',
      'app/node_modules/a/package.json',
      'app/node_modules/c/package.json',
    ]);
    expect(recipe.run.entrypoint).toEqual(['node', '--enable-source-maps', 'src/my app.js']);
  });

  test('keeps the links of pnpm', async () => {
    put('package.json', JSON.stringify({ main: 'index.js', dependencies: { a: '1' } }));
    put('index.js');
    pack('node_modules/.pnpm/a@1/node_modules/a', { dependencies: { b: '1' } });
    pack('node_modules/.pnpm/b@1/node_modules/b');
    symlinkSync('.pnpm/a@1/node_modules/a', join(app, 'node_modules/a'));
    symlinkSync('../../b@1/node_modules/b', join(app, 'node_modules/.pnpm/a@1/node_modules/b'));
    expect(names(await planNode(app), 'node_modules')).toEqual([
      'app/node_modules/.pnpm/a@1/node_modules/a/package.json',
      'app/node_modules/.pnpm/a@1/node_modules/b',
      'app/node_modules/.pnpm/b@1/node_modules/b/package.json',
      'app/node_modules/a',
    ]);
  });

  test('says which package is not installed', async () => {
    put('package.json', JSON.stringify({ main: 'index.js', dependencies: { gone: '1' } }));
    put('index.js');
    await expect(planNode(app)).rejects.toMatchObject({
      kind: 'input',
      code: 'PACKAGE_MISSING',
      hint: expect.stringContaining('npm ci') as string,
    });
  });

  test('of Yarn without node_modules is told what to set', async () => {
    put('package.json', JSON.stringify({ main: 'index.js', dependencies: { a: '1' } }));
    put('index.js');
    put('.pnp.cjs');
    await expect(planNode(app)).rejects.toMatchObject({ code: 'YARN_PNP' });
  });

  test('does not hold the image that is made of it', async () => {
    put('package.json', JSON.stringify({ main: 'index.js' }));
    put('index.js');
    put('out/image/index.json');
    put('out/notes.txt');
    const recipe = await planNode(app, { output: join(app, 'out/image') });
    expect(names(recipe, 'app')).toEqual(['app/index.js', 'app/out/notes.txt', 'app/package.json']);
  });

  test('leaves secrets out and says so, unless they are asked for', async () => {
    put('package.json', JSON.stringify({ main: 'index.js' }));
    for (const name of ['index.js', '.env', '.env.local', '.env.example', '.npmrc', 'certs/server.key', '.git/config'])
      put(name);
    const recipe = await planNode(app, { include: ['.env.local'] });
    expect(names(recipe, 'app')).toEqual(['app/.env.example', 'app/.env.local', 'app/index.js', 'app/package.json']);
    expect(recipe.notes.join('\n')).toMatch(/^\.env is left out/m);
  });

  test('says what to do when it is not clear what to run', async () => {
    put('package.json', JSON.stringify({ scripts: { start: 'next start' } }));
    await expect(planNode(app)).rejects.toMatchObject({ kind: 'input', code: 'NO_ENTRY' });
    expect((await planNode(app, { entrypoint: ['node', 'x.js'] })).run.entrypoint).toEqual(['node', 'x.js']);
  });

  test('follows files and .dockerignore', async () => {
    put('package.json', JSON.stringify({ main: 'dist/main.js', files: ['dist'] }));
    for (const name of ['dist/main.js', 'dist/main.js.map', 'src/main.ts']) put(name);
    put('.dockerignore', 'dist/*.map\n');
    expect(names(await planNode(app), 'app')).toEqual(['app/dist/main.js', 'app/package.json']);
  });
});
