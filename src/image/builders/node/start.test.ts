import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planNode } from './plan.js';
import { parseStart, scriptOf } from './start.js';

let app = '';
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-start-'));
});
afterEach(() => rmSync(app, { recursive: true }));

function put(name: string, content: string | object = '') {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), typeof content === 'string' ? content : JSON.stringify(content));
}
const plan = (manifest: object) => {
  put('package.json', manifest);
  return planNode(app, { include: [] });
};
const start = (script: string, more: object = {}) => plan({ ...more, scripts: { start: script } });
const filesOf = (recipe: Awaited<ReturnType<typeof planNode>>) =>
  recipe.layers.flatMap(({ entries }) => entries.filter(({ type }) => type === 'file').map(({ name }) => name));

test.each([
  ['node server.js', ['node', 'server.js'], {}],
  ['exec node server.js', ['node', 'server.js'], {}],
  ['NODE_ENV=production PORT=8080 node .', ['node', '.'], { NODE_ENV: 'production', PORT: '8080' }],
  ['cross-env NODE_OPTIONS="--a --b" node x', ['node', 'x'], { NODE_OPTIONS: '--a --b' }],
  [`node --title="my app" 'src/my app.js'`, ['node', '--title=my app', 'src/my app.js'], {}],
  ['node', undefined, {}],
  ['next start', undefined, {}],
  ['npm run build && node x.js', undefined, {}],
  ['PORT=$PORT node x.js', undefined, {}],
  ['node "x.js', undefined, {}],
  ['node dist\\x.js', undefined, {}],
])('the start script %j', (script, words, env) => {
  expect(parseStart(script)).toEqual(words && { words, env });
});

test.each([
  ['node --import ./otel.mjs -r dotenv/config dist/x.js --port 1', 'dist/x.js'],
  ['node --env-file=.env --enable-source-maps x', 'x'],
  ['node -- -x.js', '-x.js'],
  ['node -e 1', undefined],
  ['node --watch', undefined],
])('%j runs %s', (script, file) => {
  expect(scriptOf(script.split(' '))).toBe(file);
});

describe('what runs', () => {
  test('is what the start script says, with its variables; another file is never run instead', async () => {
    for (const name of ['index.js', 'dist/main.js']) put(name);
    const { run } = await start('PORT=8080 node dist/main', { main: 'index.js' });
    expect(run).toMatchObject({ entrypoint: ['node', 'dist/main'], port: 8080, env: { PORT: '8080' } });
    await expect(start('ts-node src/main.ts', { main: 'index.js' })).rejects.toMatchObject({
      code: 'NO_ENTRY',
      message: expect.stringContaining('"ts-node src/main.ts"') as string,
      hint: expect.stringContaining('--entrypoint node --entrypoint server.js') as string,
    });
  });

  test('must be there', async () => {
    await expect(start('node dist/main.js')).rejects.toMatchObject({
      code: 'NO_ENTRY',
      hint: expect.stringContaining('Build the app first') as string,
    });
  });

  test('must be in the image', async () => {
    put('dist/main.js');
    put('.dockerignore', 'node_modules\ndist\n');
    await expect(start('node dist/main.js')).rejects.toMatchObject({
      code: 'ENTRY_LEFT_OUT',
      message: 'dist/main.js runs in the image, but .dockerignore leaves it out',
    });
    put('.dockerignore');
    put('.env');
    await expect(start('node --env-file=.env dist/main')).rejects.toMatchObject({
      code: 'ENTRY_LEFT_OUT',
      hint: expect.stringContaining('--include .env') as string,
    });
  });

  test('is packed whatever `files` says: script, preloads, main and programs', async () => {
    for (const name of ['server.js', 'otel.mjs', 'lib/main.js', 'bin/x.js', 'dist/a.js', 'src/a.ts']) put(name);
    const manifest = { files: ['dist'], main: './lib/main', bin: { x: './bin/x.js' } };
    expect(filesOf(await start('node --import=./otel.mjs server', manifest))).toEqual([
      'app/bin/x.js',
      'app/dist/a.js',
      'app/lib/main.js',
      'app/otel.mjs',
      'app/package.json',
      'app/server.js',
    ]);
  });
});
