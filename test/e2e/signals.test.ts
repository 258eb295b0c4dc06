import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { cli } from '../support/command-line.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';

let work = '';
let app = '';
let base = '';
let sandbox: Sandbox | undefined;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'lading-work-'));
  app = writeNodeApp();
  base = (await writeTinyBase()).directory;
});
afterEach(() => sandbox?.close());
afterAll(() => {
  for (const folder of [app, base, work]) rmSync(folder, { recursive: true, force: true });
});

/** Runs the command line with a module before it that ends it by a signal at a moment of its start. */
async function run(args: readonly string[], options: { readonly preload?: string; readonly env?: object }) {
  const preload = join(work, 'preload.mjs');
  writeFileSync(preload, options.preload ?? '');
  const child = spawn(process.execPath, ['--import', preload, cli, ...args], {
    cwd: work,
    env: { PATH: process.env.PATH, HOME: work, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const started = performance.now();
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise((done) => child.once('close', done));
  return { code, out, err, ms: performance.now() - started };
}

const atStart = (signal: string) => `
  const on = process.on.bind(process);
  process.on = (name, listener) => {
    on(name, listener);
    if (name === 'SIGTERM') process.kill(process.pid, '${signal}');
    return process;
  };`;

describe.each(['SIGINT', 'SIGTERM'])('%s', (signal) => {
  test.each([
    ['build', () => ['build', '--app', app, '--base', `oci:${base}`]],
    ['push', () => ['push', '--to', '127.0.0.1:1/shop']],
    ['status', () => ['status', '--service', 'shop']],
  ])('while %s starts ends it with 130 and no stack', async (_verb, args) => {
    const ended = await run([...args(), '--json'], { preload: atStart(signal) });
    expect(ended.code, ended.err).toBe(130);
    expect(ended.err).not.toMatch(/^\s+at /m);
    expect(JSON.parse(ended.out)).toMatchObject({ error: { kind: 'cancelled', code: 'CANCELLED' } });
  });

  test.each([50, 150, 250, 350])('%i ms after the start', async (ms) => {
    sandbox = await startSandbox();
    sandbox.createRepository('shop');
    sandbox.inject({ service: 'registry', operation: '', delayMs: 20_000, times: 1000 });
    const preload = `setTimeout(() => process.kill(process.pid, '${signal}'), ${ms});`;
    const args = ['build', '--app', app, '--base', `oci:${base}`, '--to', `${sandbox.host}/shop`, '--push', '--json'];
    const ended = await run(args, { preload, env: sandbox.env });
    expect(ended.code, ended.err).toBe(130);
    expect(ended.err).not.toMatch(/^\s+at /m);
    expect(JSON.parse(ended.out)).toMatchObject({ error: { kind: 'cancelled' } });
    expect(ended.ms).toBeLessThan(ms + 5000);
  });
});
