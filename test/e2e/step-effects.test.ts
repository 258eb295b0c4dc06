import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StepOptions } from '../support/actions-runner.js';
import { runStep } from '../support/actions-runner.js';
import { bundleStep } from '../support/bundle-step.js';

const SECRET = 'open "sesame" it\'s\n$(now)';
let main = '';
let other = '';
let post = '';
let workspace = '';

beforeAll(async () => {
  [main, other, post] = await Promise.all([
    bundleStep('lend', 'return runStep(command, runner);'),
    bundleStep('lend', 'return runStep(command, runner, command.compat[0]);'),
    bundleStep('lend', 'await runPost(command, runner); return 0;'),
  ]);
});
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'lading-lend-'));
});
afterEach(() => rmSync(workspace, { recursive: true }));

const step = (entry: string, inputs: Record<string, string> = {}, more: Partial<StepOptions> = {}) =>
  runStep(entry, { node: process.execPath, workspace, inputs, ...more });
const end = (state: Readonly<Record<string, string>>, env: Record<string, string>) =>
  step(
    post,
    {},
    { env: { ...Object.fromEntries(Object.entries(state).map(([name, text]) => [`STATE_${name}`, text])), ...env } },
  );
const note = () => existsSync(join(workspace, 'lent.txt'));

describe('the effects of a verb', () => {
  test('are there for the steps that follow, and its secrets in no log', async () => {
    const lent = await step(main, { harbour: 'oslo', host: 'x_y, z' });
    expect(lent, lent.log).toMatchObject({ code: 0, annotations: [] });
    expect(lent.exported).toEqual({ LENT_PASSWORD: SECRET, LENT_HARBOUR: 'oslo' });
    expect(lent.paths).toEqual([join(workspace, 'first'), join(workspace, 'second')]);
    expect(lent.outputs).toMatchObject({ harbour: 'oslo', password_x_y: SECRET, password_z: SECRET });
    // A declared output is shown to everyone: what is secret is hidden there.
    expect(lent.outputs.password).toBe('***');
    for (const line of SECRET.split('\n')) expect([...lent.masks]).toContain(line);
    expect(lent.log).not.toContain('sesame');
    expect(note()).toBe(true);
  });

  test('are undone at the end of the job', async () => {
    const { state } = await step(main, {}, { env: { LENT_HARBOUR: 'before' } });
    expect(JSON.stringify(state)).not.toContain('sesame');
    const ended = await end(state, { LENT_PASSWORD: SECRET, LENT_HARBOUR: 'bergen' });
    expect(ended, ended.log).toMatchObject({ code: 0, annotations: [] });
    expect(ended.exported).toEqual({ LENT_PASSWORD: '', LENT_HARBOUR: 'before' });
    expect(note()).toBe(false);
    expect(ended.log).toContain('lent.txt away');
  });

  test('but not what others have changed since, and not when it is not wanted', async () => {
    const { state } = await step(main);
    const skipped = await end(state, { LEND_SKIP_CLEANUP_STEP: 'true', LENT_PASSWORD: SECRET });
    expect(skipped).toMatchObject({ code: 0, exported: {} });
    expect(note()).toBe(true);
    const ended = await end(state, { LENT_PASSWORD: 'of another step' });
    expect(ended.exported).toEqual({});
    expect(note()).toBe(false);
    const nothing = await end({}, {});
    expect(nothing).toMatchObject({ code: 0, log: '', annotations: [] });
  });

  test('that cannot be undone are a warning and no failure', async () => {
    const { state } = await step(main);
    rmSync(join(workspace, 'lent.txt'));
    const ended = await end(state, {});
    expect(ended.code).toBe(0);
    expect(ended.annotations).toMatchObject([{ level: 'warning' }]);
    expect(ended.annotations[0]?.message).toContain('what it left is not undone: ENOENT');
    const broken = await end({ lading: '{' }, {});
    expect(broken).toMatchObject({ code: 0, annotations: [{ level: 'warning' }] });
  });

  test('of one that failed are not there, and what it had come to is undone all the same', async () => {
    const failed = await step(main, { fail: 'true' });
    expect(failed.code).toBe(4);
    expect(failed.exported).toEqual({});
    expect(failed.paths).toEqual([]);
    expect(failed.outputs).toEqual({ harbour: 'bergen', password: '***' });
    expect(failed.annotations).toMatchObject([{ level: 'error', message: 'the harbour said ***' }]);
    expect(note()).toBe(true);
    expect(await end(failed.state, {})).toMatchObject({ code: 0, annotations: [] });
    expect(note()).toBe(false);
  });
});

describe('under the names of another action', () => {
  test('its inputs are taken and its outputs set', async () => {
    const lent = await step(other, { quay: 'kiel', 'Use-Ropes': 'TRUE', retries: '5', host: 'h' });
    expect(lent, lent.log).toMatchObject({ code: 0, annotations: [] });
    expect(lent.outputs).toMatchObject({ place: 'kiel', harbour: 'kiel', password_h: SECRET });
    expect(lent.log).toContain('input retries is of no consequence');
    expect((await step(other)).outputs.place).toBe('oslo');
  });

  test('its mistakes name its inputs, all at once', async () => {
    const failed = await step(other, { appspec: 'a', 'wait-for-minutes': 'x', 'Use-Ropes': 'no' });
    expect(failed.code).toBe(2);
    const text = failed.annotations[0]?.message ?? '';
    for (const name of ['Use-Ropes', 'wait-for-minutes', 'appspec']) expect(text).toContain(`input ${name}: `);
  });
});
