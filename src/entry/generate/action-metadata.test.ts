import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { lend } from '../../../test/support/lend.js';
import { actionFiles } from './action-metadata.js';
import { referencePage } from './reference.js';

interface Metadata {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly required: boolean }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly runs: unknown;
}

const files = actionFiles(lend);
const metadata = (path: string) => parse(files.get(path) ?? '') as Metadata;

test('a verb with a post step and the names of another action has two actions with three files each', () => {
  expect([...files.keys()]).toEqual([
    ...['actions/lend/action.yml', 'actions/lend/main.mjs', 'actions/lend/post.mjs'],
    ...['actions/lend-things/action.yml', 'actions/lend-things/main.mjs', 'actions/lend-things/post.mjs'],
  ]);
  expect(files.get('actions/lend-things/main.mjs')).toContain('await startAction("lend", "lend-things");');
  expect(files.get('actions/lend-things/post.mjs')).toContain('await startPost("lend");');
  const runs = { using: 'node24', main: 'main.mjs', post: 'post.mjs', 'post-if': 'always()' };
  expect(metadata('actions/lend/action.yml').runs).toEqual(runs);
  expect(metadata('actions/lend-things/action.yml').runs).toEqual(runs);
});

test('its own action has its names and aliases, and tells of outputs that are made', () => {
  const { inputs, outputs, description } = metadata('actions/lend/action.yml');
  expect(Object.keys(inputs)).toEqual([
    ...[
      'harbour',
      'port',
      'host',
      'ropes',
      'timeout',
      'fail',
      'config',
      'cwd',
      'environment',
      'page',
      'quiet',
      'verbose',
    ],
  ]);
  expect(Object.keys(outputs)).toEqual(['harbour', 'password']);
  expect(description).toContain('Sets password_<host>, too: The password of each host');
});

test('an output that may hold a secret, and has a name, is an output like any other', () => {
  const made = { name: 'fixed', summary: 'A secret', of: () => ({ fixed: 'x' }) };
  const text = actionFiles({ ...lend, effects: { ...lend.effects, outputs: [made] } }).get('actions/lend/action.yml');
  const { outputs, description } = parse(text ?? '') as Metadata;
  expect(outputs).toMatchObject({ fixed: { description: 'A secret' } });
  expect(description).not.toContain('fixed');
});

test('the other has the names of both, as they were written', () => {
  const { name, inputs, outputs } = metadata('actions/lend-things/action.yml');
  expect(name).toBe('lading lend, as somebody/lend-things');
  expect(Object.keys(inputs).slice(0, 6)).toEqual([
    ...['Use-Ropes', 'quay', 'wait-for-minutes', 'retries', 'appspec', 'harbour'],
  ]);
  expect(inputs['Use-Ropes']?.description).toBe('With ropes. One of true, True, TRUE, false, False, FALSE');
  expect(inputs.quay?.description).toBe('Harbour. Default: oslo');
  expect(inputs.retries?.description).toBe('Of no consequence: what passes is tried again anyway');
  expect(inputs.appspec?.description).toBe('Not taken: lading does not read it');
  expect(Object.values(inputs).every(({ required }) => !required)).toBe(true);
  expect(Object.keys(outputs)).toEqual(['harbour', 'password', 'place']);
});

test('the reference page tells of both', () => {
  const page = referencePage(lend, true);
  expect(page).toContain('| variable | `LENT_PASSWORD` | The password |');
  expect(page).toContain('| output of the action | `password_<host>` | The password of each host |');
  expect(page).toContain('Takes the note away; not with `LEND_SKIP_CLEANUP_STEP=true`');
  expect(page).toContain('## Instead of somebody/lend-things');
  expect(page).toContain('| `quay` | `harbour` |');
});
