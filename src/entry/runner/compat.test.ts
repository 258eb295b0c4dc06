import { describe, expect, test } from 'vitest';
import type { Compat } from '../../base/declare/compat.js';
import { lend } from '../../../test/support/lend.js';
import { parseInput } from '../inputs/value/parse-input.js';
import { resolveValues } from '../inputs/values.js';
import { readYaml } from '../inputs/file/yaml.js';
import type { GivenMap } from '../inputs/given.js';
import { readStepInputs } from './step-inputs.js';

const [compat] = lend.compat as readonly Compat<unknown>[];

async function read(env: Record<string, string>) {
  const { given, issues, ignored } = await readStepInputs(env, lend.inputs, compat);
  const values = [...given].map(([name, one]) => {
    const input = lend.inputs[name];
    return [name, input && parseInput(input, one, '/').value];
  });
  return { values: Object.fromEntries(values) as unknown, issues, ignored };
}

describe('the names of another action', () => {
  test('are taken, in any case, with their texts and variables', async () => {
    expect(
      await read({
        'INPUT_USE-ROPES': 'True',
        INPUT_QUAY: 'kiel',
        'INPUT_WAIT-FOR-MINUTES': ' 30 ',
        INPUT_HOST: 'a,b',
      }),
    ).toEqual({
      values: { ropes: true, harbour: 'kiel', timeout: 1_800_000, host: ['a', 'b'] },
      issues: [],
      ignored: [],
    });
    expect(await read({ QUAY: 'kiel', INPUT_QUAY: '' })).toMatchObject({ values: { harbour: 'kiel' } });
    expect(await read({ QUAY: 'kiel', INPUT_QUAY: 'oslo' })).toMatchObject({ values: { harbour: 'oslo' } });
  });

  test('beside those of the verb, but not twice', async () => {
    expect(await read({ INPUT_HARBOUR: 'kiel' })).toMatchObject({ values: { harbour: 'kiel' }, issues: [] });
    expect(await read({ INPUT_PORT: 'kiel', INPUT_QUAY: 'oslo' })).toMatchObject({
      issues: [{ where: 'input harbour', message: 'says the same as input quay' }],
    });
  });

  test('with a text that asks for nothing are as if they were not given', async () => {
    expect(await read({ 'INPUT_WAIT-FOR-MINUTES': '0' })).toEqual({ values: {}, issues: [], ignored: [] });
  });

  test('that cannot be taken are told with why, and those of no consequence, too', async () => {
    const { issues, ignored } = await read({
      INPUT_APPSPEC: 'mine.yaml',
      INPUT_RETRIES: '3',
      'INPUT_USE-ROPES': 'yes',
      'INPUT_WAIT-FOR-MINUTES': 'long',
      INPUT_QUAI: 'x',
    });
    expect(issues.map(({ where, message, hint }) => [where, hint ?? message])).toEqual([
      ['input Use-Ropes', 'is one of true, True, TRUE, false, False, FALSE, not "yes"'],
      ['input wait-for-minutes', 'is a number of minutes'],
      ['input appspec', 'cannot be taken over: lading does not read it'],
      ['quai', 'Did you mean quay?'],
    ]);
    expect(ignored).toEqual(['input retries is of no consequence: what passes is tried again anyway']);
    expect((await read({ INPUT_APPSPEC: 'appspec.yaml' })).issues).toEqual([]);
    expect((await read({ 'INPUT_USE-ROPES': 'constructor' })).issues).toHaveLength(1);
  });

  test('have defaults that come after lading.yml', async () => {
    const { given, defaults } = await readStepInputs({}, lend.inputs, compat);
    const { given: file } = await readYaml('lend: {harbour: kiel}', { name: 'f', source: 'file' });
    const sources = { given, defaults, nameOf: (name: string) => name, env: {}, cwd: '/', command: 'lend' };
    const without = await resolveValues(lend.inputs, { ...sources, file: undefined });
    expect([without.values.harbour, without.origins.of('harbour')]).toEqual(['oslo', 'default']);
    expect((await resolveValues(lend.inputs, { ...sources, file: file as GivenMap })).values.harbour).toBe('kiel');
  });
});
