import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { input } from '../../base/declare/input.js';
import { parseInput } from '../inputs/value/parse-input.js';
import { addPath, exportVariable, saveState, setOutput } from './runner-files.js';
import { readStepInputs } from './step-inputs.js';

const inputs = {
  'dry-run': input.boolean('Dry'),
  tag: input.list('Tag'),
  label: input.pairs('Label'),
  base: input.string('Base', { aliases: ['from-image', 'assign-IP'] }),
  key: input.string('Key', { secret: true }),
  services: input.entries('Services', { fields: { cluster: input.string('Cluster') } }),
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lading-runner-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const valueOf = async (variable: string, text: string, name: keyof typeof inputs) => {
  const { given, issues } = await readStepInputs({ [variable]: text }, inputs);
  const one = given.get(name);
  return { issues, value: one && parseInput(inputs[name], one, '/').value };
};

test.each<[string, string, keyof typeof inputs, unknown]>([
  ['INPUT_DRY-RUN', 'true', 'dry-run', true],
  ['INPUT_TAG', 'v1', 'tag', ['v1']],
  ['INPUT_TAG', 'v1, v2', 'tag', ['v1', 'v2']],
  ['INPUT_TAG', 'v1\n\n  v2\n', 'tag', ['v1', 'v2']],
  ['INPUT_LABEL', 'a=1,2\nb=3\n', 'label', { a: '1,2', b: '3' }],
  ['INPUT_BASE', '  node:22\n', 'base', 'node:22'],
  ['INPUT_FROM-IMAGE', 'node:22', 'base', 'node:22'],
  ['INPUT_ASSIGN-IP', 'x', 'base', 'x'],
  ['INPUT_KEY', '-----BEGIN\nabc\n', 'key', '-----BEGIN\nabc\n'],
  [
    'INPUT_SERVICES',
    'web:\n  cluster: a\n',
    'services',
    [{ name: 'web', cluster: 'a', where: expect.any(Function) as unknown, source: expect.any(Function) as unknown }],
  ],
])('%s=%j is given as %s', async (variable, text, name, value) => {
  expect(await valueOf(variable, text, name)).toEqual({ issues: [], value });
});

test('what is empty is not given, and what is no input is told', async () => {
  const { given, issues } = await readStepInputs(
    { INPUT_BASE: '', INPUT_TAG: ' ', INPUT_BASSE: 'x', INPUT_CONSTRUCTOR: 'x', INPUT_SERVICES: '[', OTHER: 'x' },
    inputs,
  );
  expect(given.size).toBe(0);
  expect(issues.map(({ where, hint }) => [where, hint])).toEqual([
    ['basse', 'Did you mean base?'],
    ['constructor', undefined],
    [expect.stringMatching(/^input services:1:/), undefined],
  ]);
});

test.each([
  ['GITHUB_OUTPUT', setOutput],
  ['GITHUB_ENV', exportVariable],
  ['GITHUB_STATE', saveState],
])('a value for %s cannot end its own heredoc', (variable, write) => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  write({ [variable]: file }, 'a', 'one\nEOF\nb=2');
  write({ [variable]: file }, 'c', '3');
  write({}, 'd', '4');
  const lines = readFileSync(file, 'utf8').split('\n');
  const delimiter = lines[0]?.slice('a<<'.length) ?? '';
  expect(delimiter).toMatch(/^ghadelimiter_[0-9a-f-]{36}$/);
  expect(lines.slice(1, 5)).toEqual(['one', 'EOF', 'b=2', delimiter]);
  expect(lines[5]).toMatch(/^c<<ghadelimiter_/);
  expect(lines[5]).not.toContain(delimiter);
});

test('what the runner refuses is not written to it, and a full disk has words', () => {
  const env = { GITHUB_ENV: '/dev/full', GITHUB_PATH: join(folder, 'path') };
  expect(() => exportVariable(env, 'NODE_OPTIONS', '--inspect')).toThrow('NODE_OPTIONS cannot be set');
  expect(() => exportVariable(env, 'GITHUB_SHA', 'x')).toThrow('GITHUB_SHA cannot be set');
  expect(() => exportVariable(env, 'A\nB<<C', 'x')).toThrow('is no name');
  expect(() => addPath(env, '/a\n/b')).toThrow('no line breaks');
  expect(() => exportVariable(env, 'A', 'x')).toThrow(expect.objectContaining({ kind: 'input', code: 'RUNNER_FILE' }));
});
