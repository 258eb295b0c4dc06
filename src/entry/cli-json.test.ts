import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InputError, LadingError } from '../base/errors.js';
import { runCli } from './cli.js';
import { errorJson, viewError } from './run/describe-error.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'lading-json-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

async function run(
  argv: readonly string[],
  more: { readonly env?: Record<string, string>; readonly aborted?: boolean } = {},
) {
  const texts = { stdout: '', stderr: '' };
  const controller = new AbortController();
  if (more.aborted) controller.abort();
  const code = await runCli(argv, {
    env: { AWS_EC2_METADATA_DISABLED: 'true', HOME: cwd, ...more.env },
    cwd,
    signal: controller.signal,
    stdout: { write: (text) => (texts.stdout += text) },
    stderr: { write: (text) => (texts.stderr += text) },
  });
  return { code, ...texts };
}

const aws = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'sandbox-secret-key' };
const status = ['status', '--service', 'shop', '--json'];

test.each<[string, readonly string[], Parameters<typeof run>[1], number, object]>([
  ['an unknown verb', ['stats', '--json'], {}, 2, { kind: 'input', hint: 'Did you mean status?' }],
  ['an unknown verb, asked for by a variable', ['stats'], { env: { LADING_JSON: 'true' } }, 2, { kind: 'input' }],
  [
    'an unknown flag',
    [...status, '--clutser', 'x'],
    {},
    2,
    { code: 'INVALID_INPUT', issues: [{ where: '--clutser' }] },
  ],
  ['a missing input', ['status', '--json'], {}, 2, { issues: [{ where: '--service', message: 'is missing' }] }],
  ['no shell', ['completion', 'tcsh', '--json'], {}, 2, { issues: [{ where: 'tcsh' }] }],
  ['no help', ['help', 'stats', '--json'], {}, 2, { issues: [{ where: 'stats' }] }],
  ['no credentials', status, { env: { AWS_REGION: 'eu-central-1' } }, 3, { kind: 'credentials' }],
  ['no answer', status, { env: { ...aws, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' } }, 4, { kind: 'remote' }],
  ['a cancelled run', status, { aborted: true }, 130, { kind: 'cancelled', code: 'CANCELLED' }],
])('%s is one object on stdout', async (_name, argv, more, code, error) => {
  const ended = await run(argv, more);
  expect(ended.code, ended.stderr).toBe(code);
  expect(JSON.parse(ended.stdout)).toMatchObject({ error });
  expect(ended.stderr).toMatch(/^error: /);
});

test('a mistake in lading.yml, too', async () => {
  writeFileSync(join(cwd, 'lading.yml'), 'deploy:\n  cluster: [{name: production}]\n');
  const ended = await run(status);
  expect(ended.code).toBe(2);
  expect(JSON.parse(ended.stdout)).toEqual({
    error: {
      kind: 'input',
      code: 'INVALID_INPUT',
      message: 'lading.yml:2:12: takes one value, not a list',
      issues: [{ where: 'lading.yml:2:12', message: 'takes one value, not a list' }],
    },
  });
});

test.each<[unknown, object]>([
  [undefined, {}],
  [
    { outcome: 'failed', services: [{ error: {} }] },
    { outcome: 'failed', services: [{ error: {} }] },
  ],
  [{ error: 'of the result', a: 1 }, { a: 1 }],
  [['a'], { result: ['a'] }],
])('what the verb had come to stands beside the error: %j', (result, beside) => {
  const error = new LadingError('deploy-failed', 'no', { code: 'NO', hint: 'Do.', details: { at: 1 }, result });
  const view = viewError(error, new AbortController().signal);
  expect(JSON.parse(errorJson(view, error))).toEqual({
    error: { kind: 'deploy-failed', code: 'NO', message: 'no', hint: 'Do.', details: { at: 1 } },
    ...beside,
  });
});

test('a bug keeps its stack for stderr', () => {
  const bug = new TypeError('x is not a function');
  const view = viewError(bug, new AbortController().signal);
  expect(JSON.parse(errorJson(view, bug))).toEqual({
    error: { kind: 'bug', code: 'BUG', message: 'x is not a function', hint: expect.any(String) as string },
  });
  expect(view.stack).toContain('cli-json.test');
  const controller = new AbortController();
  controller.abort();
  expect(viewError(bug, controller.signal)).toMatchObject({ kind: 'cancelled', message: 'cancelled' });
  const input = new InputError({ where: 'a', message: 'b' });
  expect(viewError(input, controller.signal)).toMatchObject({
    kind: 'cancelled',
    message: 'cancelled; the last that was seen: a: b',
  });
});
