import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Recipe } from '../recipe.js';
import { checkOutput, outputOf } from './configuration.js';
import { layerOf, planNext } from './plan.js';

let app = '';
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-files-'));
});
afterEach(() => rmSync(app, { recursive: true }));

function put(name: string, text: string | Buffer = ''): void {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), text);
}
const names = (recipe: Recipe, kind: string) =>
  (recipe.layers.find((layer) => layer.kind === kind)?.entries ?? [])
    .filter((entry) => entry.type !== 'folder')
    .map((entry) => entry.name);

describe('a Next.js app', () => {
  test('is refused with the line to add', async () => {
    put('next.config.js', 'module.exports = {};');
    await expect(checkOutput(app)).rejects.toMatchObject({
      code: 'NOT_STANDALONE',
      hint: expect.stringContaining("output: 'standalone',") as string,
    });
    put('next.config.js', "module.exports = { output: 'standalone' };");
    await checkOutput(app);
  });

  test('is packed in layers that change at different speeds, in a monorepo too', async () => {
    put('.next/standalone/apps/web/server.js');
    put('.next/standalone/apps/web/.next/server/page.js');
    put('.next/standalone/apps/web/.env', 'SECRET=1');
    put('.next/standalone/node_modules/next/index.js');
    put('.next/static/chunk.js');
    put('.next/static/id-1/_buildManifest.js');
    put('.next/BUILD_ID', 'id-1\n');
    put('public/logo.svg');
    put('.next/required-server-files.json', '{"relativeAppDir":"apps/web"}');
    const recipe = await planNext(app);
    expect(recipe.layers.map((layer) => [layer.kind, names(recipe, layer.kind)])).toEqual([
      ['node_modules', ['app/node_modules/next/index.js']],
      ['public', ['app/apps/web/public/logo.svg']],
      ['static', ['app/apps/web/.next/static/chunk.js']],
      [
        'app',
        [
          'app/apps/web/.next/server/page.js',
          'app/apps/web/.next/static/id-1/_buildManifest.js',
          'app/apps/web/server.js',
        ],
      ],
    ]);
    expect(recipe.run).toMatchObject({
      workingDirectory: '/app/apps/web',
      user: '1000:1000',
      port: 3000,
      env: { HOSTNAME: '0.0.0.0', NODE_ENV: 'production' },
    });
  });
});

test.each([
  ["distDir: 'out/next'", 'out/next'],
  ['distDir: process.env.DIST', 'computed'],
])('a Next.js app with %s is packed from %s', async (setting, output) => {
  put('next.config.mjs', `export default { output: 'standalone', ${setting} }`);
  put(`${output}/standalone/server.js`);
  put(`${output}/standalone/${output}/server/page.js`);
  put(`${output}/static/chunk.js`);
  put(`${output}/required-server-files.json`, '{}');
  const recipe = await planNext(app);
  expect(names(recipe, 'static')).toEqual([`app/${output}/static/chunk.js`]);
  expect(names(recipe, 'app')).toEqual([`app/${output}/server/page.js`, 'app/server.js']);
});

describe('folders of a Next.js app that are links', () => {
  let outside = '';
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'lading-outside-'));
    writeFileSync(join(outside, 'id_of_somebody'), 'secret');
    put('.next/standalone/server.js');
    put('.next/required-server-files.json', '{}');
  });
  afterEach(() => rmSync(outside, { recursive: true }));

  test.each(['public', '.next/static', '.next/standalone', '.next'])(
    '%s: are refused when they leave the app',
    async (name) => {
      rmSync(join(app, name), { recursive: true, force: true });
      if (name === '.next') mkdirSync(join(outside, 'standalone'));
      symlinkSync(outside, join(app, name));
      await expect(planNext(app)).rejects.toMatchObject({
        kind: 'input',
        code: 'UNPACKABLE',
        message: expect.stringContaining(outside) as string,
      });
    },
  );

  test('are followed within the app', async () => {
    put('assets/logo.svg');
    symlinkSync('assets', join(app, 'public'));
    expect(names(await planNext(app), 'public')).toEqual(['app/public/logo.svg']);
  });

  test('are refused when they lead to nothing', async () => {
    symlinkSync('gone', join(app, 'public'));
    await expect(planNext(app)).rejects.toMatchObject({
      message: expect.stringContaining('leads to nothing') as string,
    });
  });
});

test('a prerendered page says that it was made when the image says so, and nothing else does', async () => {
  put('.next/standalone/server.js');
  for (const name of ['app/a.html', 'app/b.body', 'pages/c.html', 'pages/c.js'])
    put(`.next/standalone/.next/server/${name}`);
  put('.next/standalone/public/d.html');
  const timed = async (createdAt?: number) =>
    (await planNext(app, { createdAt })).layers
      .flatMap((layer) => layer.entries.filter((entry) => entry.time !== undefined))
      .map((entry) => [entry.name.slice('app/.next/server/'.length), entry.time]);
  expect(await timed(1_700_000_000)).toEqual([
    ['app/a.html', 1_700_000_000],
    ['app/b.body', 1_700_000_000],
    ['pages/c.html', 1_700_000_000],
  ]);
  expect(await timed()).toEqual([]);
});

describe('a Next.js app that is exported', () => {
  test.each([
    ['said in words', "export default { output: 'export' };", undefined],
    ['told by the build', 'export default { output: process.env.OUTPUT };', 'export'],
  ])('is refused with what to do instead: %s', async (_name, config, built) => {
    put('next.config.mjs', config);
    put('.next/required-server-files.json', JSON.stringify({ config: { output: built } }));
    const refused = built === undefined ? checkOutput(app) : checkOutput(app).then(() => planNext(app));
    await expect(refused).rejects.toMatchObject({
      kind: 'input',
      code: 'STATIC_EXPORT',
      hint: expect.stringContaining("output: 'standalone',") as string,
    });
  });

  test.each([
    ["output: 'standalone'", 'standalone'],
    ['"output": "standalone"', 'standalone'],
    ["// output: 'export'\noutput: 'standalone'", 'standalone'],
    ["/* output: 'standalone' */ reactStrictMode: true", 'none'],
    ['output: process.env.OUTPUT', 'computed'],
    ["import x from './x'", 'computed'],
    ['', 'none'],
  ])('%j is %s', (text, output) => {
    expect(outputOf(text)).toBe(output);
  });
});

test.each([
  ['app/server.js', 'app'],
  ['app/node_modules/next/index.js', 'node_modules'],
  ['app/apps/web/node_modules/x/index.js', 'node_modules'],
  ['app/apps/web/public/node_modules/x.js', 'public'],
  ['app/apps/web/publication/x.js', 'app'],
  ['app/apps/web/.next/static/chunks/a.js', 'static'],
  ['app/apps/web/.next/static/id-1/_buildManifest.js', 'app'],
  ['app/apps/web/.next/static/id-10/x.js', 'static'],
  ['app/apps/web/.next/server/chunks/a.js', 'app'],
])('%s belongs to the layer %s', (name, layer) => {
  expect(layerOf(name, { home: 'app/apps/web', output: '.next', buildId: 'id-1' })).toBe(layer);
});
