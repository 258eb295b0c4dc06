import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lend, typedLend } from '../../../test/support/lend.js';
import { findEffects } from '../../base/declare/effects.js';
import { verb } from '../library.js';
import { helpOf } from './help.js';
import { resultText } from './result-text.js';

const result = { harbour: 'oslo', hosts: [], password: "it's", file: '/f', folder: '/x' };
const effects = findEffects(lend.effects, result);
const settings = { json: false, shell: undefined };
const shown = { settings, effects, redact: (text: string) => text.replaceAll("it's", '***'), stdout: {} };

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'lading-lend-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

test('a verb without a text of its own prints what a shell runs', () => {
  const text = `export LENT_PASSWORD='it'\\''s'\nexport LENT_HARBOUR='oslo'\nexport PATH='/x/second':"$PATH"\nexport PATH='/x/first':"$PATH"`;
  expect(resultText(lend, result, shown)).toBe(text);
  const fish = resultText(lend, result, { ...shown, settings: { json: false, shell: 'fish' } });
  expect(fish.split('\n')[0]).toBe("set -gx LENT_PASSWORD 'it\\'s'");
});

test('one with a text prints it, and the lines when it is asked for them', () => {
  const own = { ...lend, text: () => "lent it's" };
  expect(resultText(own, result, shown)).toBe('lent ***');
  expect(resultText(own, result, { ...shown, settings: { json: false, shell: 'sh' } })).toContain(
    "export LENT_HARBOUR='oslo'",
  );
});

test('secrets are not shown on a terminal, nor in JSON', () => {
  expect(() => resultText(lend, result, { ...shown, stdout: { isTTY: true } })).toThrow(
    expect.objectContaining({ kind: 'input', hint: 'Let the shell run it: eval "$(lading lend)"' }),
  );
  const json = resultText(lend, result, { ...shown, settings: { json: true, shell: undefined } });
  expect(JSON.parse(json)).toMatchObject({ harbour: 'oslo', password: '***' });
});

test('what somebody asked to see is printed as it is, but not instead of lines or JSON that were asked for', () => {
  const asked = { ...shown, effects: { ...effects, print: "it's" }, stdout: { isTTY: true } };
  expect(resultText(lend, result, asked)).toBe("it's");
  expect(resultText(lend, result, { ...asked, settings: { json: true, shell: undefined } })).not.toContain("it's");
  const lines = resultText(lend, result, { ...asked, stdout: {}, settings: { json: false, shell: 'sh' } });
  expect(lines).toContain('export LENT_HARBOUR');
});

test('the help has the flag, where there is something to see', () => {
  expect(helpOf(lend)).toContain('--shell sh|fish|powershell');
  expect(helpOf({ ...lend, effects: {} })).not.toContain('--shell');
});

test('the library gives the effects beside the result', async () => {
  const call = verb(async () => typedLend);
  const lent = await call({ harbour: 'kiel', host: ['h'] }, { cwd, env: {} });
  const found = await call.effects(lent);
  expect(found.variables.get('LENT_HARBOUR')).toBe('kiel');
  expect(found.files).toEqual([join(cwd, 'lent.txt')]);
  expect(found.secrets).toEqual([lent.password]);
  expect(found.outputs.get('password_h')).toBe(lent.password);
});
