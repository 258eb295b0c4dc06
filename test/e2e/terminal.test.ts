import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { lading } from '../support/command-line.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';
import type { TerminalOptions, TerminalRun } from '../support/terminal.js';
import { runInTerminal } from '../support/terminal.js';

let app = '';
let base = '';
let work = '';
let digest = '';
let sandbox: Sandbox;

beforeEach(async () => {
  app = writeNodeApp();
  rmSync(join(app, '.env'));
  base = (await writeTinyBase()).directory;
  work = mkdtempSync(join(tmpdir(), 'lading-work-'));
  sandbox = await startSandbox();
  sandbox.createRepository('shop');
  const built = await lading(['build', '--app', app, '--base', `oci:${base}`, '--quiet'], { cwd: work });
  expect(built).toMatchObject({ code: 0, stderr: '' });
  digest = built.stdout.trim();
});
afterEach(async () => {
  await sandbox.close();
  for (const folder of [app, base, work]) rmSync(folder, { recursive: true, force: true });
});

const to = () => `${sandbox.host}/shop:v1`;
const push = (options: Partial<TerminalOptions> = {}, more: readonly string[] = []): Promise<TerminalRun> | undefined =>
  runInTerminal(['push', '--to', to(), ...more], {
    cwd: work,
    ...options,
    env: { ...sandbox.env, ...options.env },
  });

/** Without the time and the size of it, which differ. */
const plain = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/ \([\d.]+ k?B sent\) \d+(\.\d+)?m?s$/, ' (SIZE) TIME'));
const COLOR = /\u001b\[\d+m/;
const title = () => `Push to ${sandbox.host}/shop`;
const result = () => `${sandbox.host}/shop@${digest}`;

test('what runs is shown with its progress, and what is left are clean lines', async (context) => {
  const run = await push();
  if (!run) return context.skip();
  expect(run.code).toBe(0);
  expect(plain(run.screen)).toEqual([`✓ ${title()} (SIZE) TIME`, result()]);
  const running = run.pictures.map((lines) => lines.at(-1) ?? '').filter((line) => line.startsWith(`• ${title()}`));
  expect(running).toContainEqual(expect.stringMatching(/ [\d.]+ k?B of [\d.]+ kB$/));
  expect(run.raw).toMatch(COLOR);
});

test('a narrow terminal: lines wrap, and nothing of what ran stays', async (context) => {
  const run = await push({ columns: 24 });
  if (!run) return context.skip();
  expect(run.code).toBe(0);
  expect(run.pictures.some((lines) => lines.some((line) => line.startsWith('•')))).toBe(true);
  expect(run.screen.every((line) => line.length <= 24 && !line.includes('•'))).toBe(true);
  expect(run.screen.join('')).toMatch(/^✓ Push to \S+\s?\([\d.]+ kB\s?sent\)\s?\d+\s?m?s/);
  expect(run.screen.join('')).toContain(result());
});

test.each([
  ['NO_COLOR', { NO_COLOR: '1' }],
  ['a dumb terminal', { TERM: 'dumb' }],
])('%s: no colors', async (_name, env) => {
  const run = await push({ env });
  if (!run) return;
  expect(run.raw).not.toMatch(COLOR);
  expect(plain(run.screen)).toEqual([`✓ ${title()} (SIZE) TIME`, result()]);
});

test.each([
  ['a dumb terminal', { TERM: 'dumb' }],
  ['a CI that lends a terminal', { CI: 'true' }],
])('%s gets lines and no live report', async (_name, env) => {
  const run = await push({ env });
  if (!run) return;
  expect(run.raw).not.toContain('•');
  expect(run.raw).not.toContain('\u001b');
});

test('the result goes where it is sent, and the report stays on the terminal, in colors', async (context) => {
  const run = await push({ redirect: '> result' });
  if (!run) return context.skip();
  expect(readFileSync(join(work, 'result'), 'utf8')).toBe(`${result()}\n`);
  expect(plain(run.screen)).toEqual([`✓ ${title()} (SIZE) TIME`]);
  expect(run.raw).toMatch(COLOR);
});

test('a report that goes to a file has neither colors nor steps', async (context) => {
  const run = await push({ redirect: '2> report' });
  if (!run) return context.skip();
  expect(plain(readFileSync(join(work, 'report'), 'utf8').split('\n'))).toEqual([`✓ ${title()} (SIZE) TIME`, '']);
  expect(run.screen).toEqual([result()]);
});

test('--quiet says nothing but the result', async (context) => {
  const run = await push({}, ['--quiet']);
  if (!run) return context.skip();
  expect(run.raw.replaceAll('\r', '')).toBe(`${result()}\n`);
});

test('a failure: the task, what went wrong and what to do, each on its line', async (context) => {
  sandbox.inject({ service: 'registry', operation: 'POST /v2/shop/', status: 403, message: 'not you', times: 100 });
  const run = await push();
  if (!run) return context.skip();
  expect(run.code).toBe(3);
  expect(run.screen.join(' ')).toMatch(
    new RegExp(`^✗ ${title()} \\S+s error: start an upload at \\S+: not you \\(HTTP 403\\) hint: Allow `),
  );
});

test('Ctrl-C ends it with 130 and leaves clean lines', async (context) => {
  sandbox.inject({ service: 'registry', operation: 'PUT /v2/shop/manifests', delayMs: 30_000 });
  let typed = false;
  const type = (raw: string) => {
    // All blobs are there, the manifest is on its way.
    if (typed || !/([\d.]+ kB) of \1/.test(raw)) return undefined;
    typed = true;
    return '\u0003';
  };
  const run = await push({ type });
  if (!run) return context.skip();
  expect(run.code).toBe(130);
  expect(run.screen[0]).toMatch(new RegExp(`^(\\^C)?✗ ${title()} \\S+s$`));
  expect(run.screen.slice(1)).toEqual([expect.stringMatching(/^error: .*cancelled$/)]);
});
