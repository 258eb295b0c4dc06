import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findEntry } from './node-entry.js';

let app = '';
beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-entry-'));
  writeFileSync(join(app, 'main.js'), '');
});
afterAll(() => rmSync(app, { recursive: true }));

test.each([
  ['node server.js', ['node', 'server.js'], {}],
  [' node  --import ./otel.mjs dist/x.js ', ['node', '--import', './otel.mjs', 'dist/x.js'], {}],
  [`node --require="./with space.js" 'a b.js'`, ['node', '--require=./with space.js', 'a b.js'], {}],
  ['NODE_ENV=test PORT=8080 node x', ['node', 'x'], { NODE_ENV: 'test', PORT: '8080' }],
  ['cross-env A="b c" node x', ['node', 'x'], { A: 'b c' }],
])('%s runs without a shell', async (start, words, env) => {
  expect(await findEntry(app, { main: 'main.js', scripts: { start } })).toEqual({ words, env, notes: [] });
});

test.each(['next start', 'node', 'node a && node b', 'node $FILE', 'node *.js', 'node x > log', 'npm run serve', ''])(
  '%j is no plain command: main runs, and that is told',
  async (start) => {
    const entry = await findEntry(app, { main: 'main.js', scripts: { start } });
    expect(entry.words).toEqual(['node', 'main.js']);
    expect(entry.notes).toEqual([expect.stringContaining(`${JSON.stringify(start)}, is no plain node command`)]);
  },
);
