import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReportEvent } from '../../base/tell/report.js';
import type { Sureness } from './builder.js';
import { chooseBuilder, decide } from './choose.js';
import { builderChoices, builderTable } from './index.js';

let app = '';
let events: ReportEvent[];
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-choose-'));
  events = [];
});
afterEach(() => rmSync(app, { recursive: true }));

function put(name: string, content: string | object = '') {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), typeof content === 'string' ? content : JSON.stringify(content));
}
const choose = (asked: (typeof builderChoices)[number] = 'auto') =>
  chooseBuilder(app, asked, (event) => events.push(event));

test.each<[readonly Sureness[], number | undefined]>([
  [['none', 'none'], undefined],
  [['none', 'maybe'], 1],
  [['maybe', 'sure'], 1],
  [['sure', 'sure'], 0],
  [['maybe', 'maybe'], 0],
  [[], undefined],
])('of %j the one at %j is taken', (sureness, at) => {
  const answers = sureness.map((one, index) => ({ sureness: one, index }));
  expect(decide(answers)?.index).toBe(at);
});

describe('auto', () => {
  const start = { scripts: { start: 'node server.js' } };
  test.each<[string, Readonly<Record<string, string | object>>, string, string]>([
    ['a configuration of Next.js', { 'next.config.ts': '' }, 'next', 'it has next.config.ts'],
    [
      'next among the dependencies',
      { 'package.json': { ...start, dependencies: { next: '16' } } },
      'next',
      'needs next',
    ],
    ['a start script', { 'package.json': start }, 'node', 'has a start script'],
    ['a main', { 'package.json': { main: 'x.js', devDependencies: { next: '16' } } }, 'node', 'has a main'],
    ['a package.json', { 'package.json': {} }, 'node', 'it has a package.json'],
    ['a package.json with a byte order mark', { 'package.json': '\ufeff{"main":"x"}' }, 'node', 'has a main'],
  ])('takes a folder with %s and says why', async (_name, files, name, why) => {
    for (const [file, content] of Object.entries(files)) put(file, content);
    expect((await choose()).name).toBe(name);
    expect(events).toMatchObject([{ type: 'message', level: 'debug', text: expect.stringContaining(why) as string }]);
  });

  test('takes a Dockerfile when no other builder is sure, and says why', async () => {
    put('Dockerfile', 'FROM scratch');
    put('package.json', {});
    expect((await choose()).name).toBe('dockerfile');
    expect(events).toMatchObject([
      {
        level: 'info',
        text: expect.stringMatching(/built from its Dockerfile.*Node: not sure, it has a package/) as string,
      },
    ]);
  });

  test('packs an app that it is sure of, and says that there is a Dockerfile', async () => {
    put('Dockerfile', 'FROM scratch');
    put('package.json', start);
    expect((await choose()).name).toBe('node');
    expect(events).toMatchObject([
      {
        level: 'info',
        text: expect.stringMatching(/start script; --builder dockerfile builds its Dockerfile$/) as string,
      },
    ]);
  });

  test('refuses a folder that no builder knows, and says what each looked for', async () => {
    put('go.mod', 'module x');
    await expect(choose()).rejects.toMatchObject({
      kind: 'input',
      code: 'NO_BUILDER',
      message: expect.stringMatching(
        /\(Dockerfile: it has no Dockerfile; Next\.js: it has no next\.config.*; Node: it has no package\.json\)$/,
      ) as string,
    });
  });

  test('refuses what is no folder', async () => {
    put('file');
    const report = () => undefined;
    for (const name of ['file', 'gone'])
      await expect(chooseBuilder(join(app, name), 'auto', report)).rejects.toMatchObject({ code: 'APP_MISSING' });
  });

  test.each([
    ['{\n  "main": "x.js",\n  scripts: {}\n}', /package\.json:3:3: Unexpected character 's'$/],
    ['{\n  "main": "x.js",\n}', /package\.json:3:1: /],
    ['', /package\.json:1:1: /],
    ['{"main": 5}', /package\.json at main: /],
    ['{"scripts": {"start": ["node"]}}', /package\.json at scripts\.start: /],
    ['[]', /package\.json: /],
  ])('refuses the package.json %j with the place of the mistake', async (text, message) => {
    put('package.json', text);
    await expect(choose()).rejects.toMatchObject({
      kind: 'input',
      code: 'FILE_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });
});

test('a builder that is asked for by name is taken unseen', async () => {
  expect((await choose('next')).name).toBe('next');
});

test('the table has every builder under its own name', async () => {
  for (const { name, load } of builderTable) expect((await load()).name).toBe(name);
  expect(builderChoices).toEqual(['auto', ...builderTable.map(({ name }) => name)]);
});
