import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { cli, lading, startLading } from '../support/command-line.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';

let app = '';
let base = '';
let work = '';
let sandbox: Sandbox;

beforeAll(async () => {
  app = writeNodeApp();
  rmSync(join(app, '.env'));
  base = (await writeTinyBase()).directory;
  work = mkdtempSync(join(tmpdir(), 'lading-work-'));
  const built = await lading(['build', '--app', app, '--base', `oci:${base}`, '--quiet'], { cwd: work });
  expect(built).toMatchObject({ code: 0, stderr: '' });
});
beforeEach(async () => {
  sandbox = await startSandbox();
  sandbox.createRepository('shop');
});
afterEach(() => sandbox.close());
afterAll(() => {
  for (const folder of [app, base, work]) rmSync(folder, { recursive: true, force: true });
});

const push = () => ['push', '--to', `${sandbox.host}/shop:v1`];
const arrived = async () =>
  ((await sandbox.call('ecr', 'DescribeImages', { repositoryName: 'shop' })) as { imageDetails: unknown[] })
    .imageDetails.length === 1;

/** The command line behind a shell, with what the shell does to its streams. */
async function redirected(redirect: string, args: readonly string[] = push()) {
  const errors = join(work, 'errors');
  writeFileSync(errors, '');
  const script = `"$@" ${redirect}`;
  const child = spawn('bash', ['-c', script, 'bash', process.execPath, cli, ...args], {
    cwd: work,
    env: { PATH: process.env.PATH, HOME: work, ERRORS: errors, ...sandbox.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const code = await new Promise((done) => child.once('close', done));
  return { code, out, errors: readFileSync(errors, 'utf8') };
}

describe('who reads the command line stops reading', () => {
  test('in the middle: the work goes on to its end, and the exit code is the truth', async () => {
    sandbox.inject({ service: 'registry', operation: 'PUT /v2/shop/manifests', delayMs: 800 });
    const running = startLading([...push(), '--verbose'], { cwd: work, env: sandbox.env });
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    const code = await new Promise((done) => running.child.once('exit', done));
    expect(await arrived()).toBe(true);
    expect(code).toBe(0);
  });

  test('and the work fails: the code is that of the failure', async () => {
    sandbox.inject({ service: 'registry', operation: 'POST /v2/shop/', status: 403, message: 'no', times: 100 });
    const running = startLading(push(), { cwd: work, env: sandbox.env });
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    expect(await new Promise((done) => running.child.once('exit', done))).toBe(3);
  });

  test('as head does', async () => {
    const ended = await redirected('2>&1 | head -n 1; exit ${PIPESTATUS[0]}');
    expect(await arrived()).toBe(true);
    expect(ended.code).toBe(0);
  });
});

describe('a place that takes nothing', () => {
  test('for the result: the work is done, and the loss is told with exit code 2', async () => {
    const ended = await redirected('> /dev/full 2> "$ERRORS"');
    expect(await arrived()).toBe(true);
    expect(ended.code).toBe(2);
    expect(ended.errors).toMatch(/error: stdout: the result cannot be written: .*(no space|ENOSPC)/i);
    expect(ended.errors).toContain('hint: push itself ended well');
    expect(ended.errors).not.toMatch(/^\s+at /m);
  });

  test('for the result of a failure: the code is that of the failure', async () => {
    sandbox.inject({ service: 'registry', operation: 'POST /v2/shop/', status: 403, message: 'no', times: 100 });
    const ended = await redirected('--json > /dev/full 2> "$ERRORS"');
    expect(ended.code).toBe(3);
    expect(ended.errors).toContain('HTTP 403');
  });

  test('for the talk: the result is there', async () => {
    const ended = await redirected('2> /dev/full');
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(/\/shop@sha256:[0-9a-f]{64}\n$/);
  });

  test.each([['--version'], ['--help'], ['push --help'], ['completion bash']])('%s', async (words) => {
    const ended = await redirected('> /dev/full 2> "$ERRORS"', words.split(' '));
    expect(ended.code).toBe(2);
    expect(ended.errors).not.toMatch(/^\s+at /m);
  });

  test('closed streams', async () => {
    expect((await redirected('<&- >&- 2>&-')).code).toBe(0);
    expect(await arrived()).toBe(true);
  });
});

test('a working directory that is gone is told', async () => {
  const ended = await redirected('2> "$ERRORS"', ['status', '--service', 'shop']);
  expect(ended.code).not.toBe(1);
  const gone = mkdtempSync(join(tmpdir(), 'lading-gone-'));
  const child = spawn(
    'bash',
    ['-c', 'cd "$0" && rmdir "$0" && "$@"', gone, process.execPath, cli, 'status', '--json'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  expect(await new Promise((done) => child.once('close', done))).toBe(2);
  expect(err).toMatch(/^error: .*working directory/);
  expect(JSON.parse(out)).toMatchObject({ error: { kind: 'input' } });
});
