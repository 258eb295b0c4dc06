import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '../base/errors.js';
import type { Inputs } from '../base/input.js';
import { input } from '../base/input.js';
import { parseArguments } from './inputs/arguments.js';
import { findConfigFile, readConfigFile } from './inputs/config-file.js';
import { nearest } from './inputs/nearest.js';
import { parseValue, splitVariable } from './inputs/parse-value.js';
import { resolveValues } from './inputs/values.js';

const folder = mkdtempSync(join(tmpdir(), 'lading-entry-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inputs: Inputs = {
  app: input.path('', { default: '.', key: 'build.app' }),
  tag: input.list('', { key: 'push.tag' }),
  label: input.pairs(''),
  count: input.integer(''),
  wait: input.choice('', ['deployed', 'none'], { default: 'deployed', key: 'deploy.wait' }),
  timeout: input.duration('', { default: 900_000, key: 'deploy.timeout' }),
  'dry-run': input.boolean('', { key: false }),
  token: input.string('', { secret: true }),
  service: input.string('', { required: true, key: 'deploy.service' }),
};

describe('a value', () => {
  test.each([
    ['count', ['12'], 12],
    ['count', ['12e3'], undefined],
    ['count', ['1', '2'], undefined],
    ['tag', ['12345e7', 'no'], ['12345e7', 'no']],
    ['label', ['a=b=c', 'd='], { a: 'b=c', d: '' }],
    ['label', ['=b'], undefined],
    ['wait', ['none'], 'none'],
    ['wait', ['soon'], undefined],
    ['timeout', ['1h30m'], 5_400_000],
    ['timeout', ['5'], undefined],
    ['dry-run', ['true'], true],
    ['dry-run', ['yes'], undefined],
    ['service', [''], undefined],
    ['service', { a: 'b' }, undefined],
  ])('of %s given as %j is %j', (name, given, value) => {
    const parsed = parseValue(inputs[name] as never, given);
    if (value === undefined) expect(parsed).toHaveProperty('issue.message');
    else expect(parsed).toEqual({ value });
  });

  test('that its own check refuses is told with the hint, of a list the first', () => {
    const check = (text: string) => {
      if (text !== 'a') throw new InputError({ where: 'x', message: `not a: ${text}`, hint: 'Write a.' });
    };
    expect(parseValue(input.list('', { check }), ['a', 'b', 'c'])).toEqual({
      issue: { message: 'not a: b', hint: 'Write a.' },
    });
    expect(parseValue(input.string('', { check }), ['a'])).toEqual({ value: 'a' });
    const broken = input.string('', {
      check() {
        throw new Error('a bug');
      },
    });
    expect(() => parseValue(broken, ['a'])).toThrow('a bug');
  });

  test('in a variable is parted by commas, or by lines when there are several', () => {
    expect(splitVariable(inputs.tag as never, 'a, b,')).toEqual(['a', 'b']);
    expect(splitVariable(inputs.tag as never, 'a,b\nc')).toEqual(['a,b', 'c']);
    expect(splitVariable(inputs.service as never, 'a,b')).toEqual(['a,b']);
  });
});

describe('arguments', () => {
  const parse = (...argv: string[]) => parseArguments(argv, inputs);

  test('are flags that may come again, with and without an equals sign', () => {
    const { flags, issues } = parse('--tag', 'a', '--tag=b', '--dry-run', '--no-dry-run', '--count', '-1');
    expect(issues.map((issue) => issue.where)).toEqual([]);
    expect(Object.fromEntries(flags)).toMatchObject({ tag: ['a', 'b'], 'dry-run': false });
  });

  test('tell every mistake at once, with the nearest name', () => {
    const { issues } = parse('--servce', 'x', '--dry-rn', 'stray', '--token', 'secret');
    expect(issues.map(({ where, hint }) => [where, hint])).toEqual([
      ['--servce', 'Did you mean --service?'],
      ['--dry-rn', 'Did you mean --dry-run?'],
      ['--token', 'Set LADING_TOKEN instead.'],
    ]);
    expect(JSON.stringify(issues)).not.toContain('secret"');
  });

  test('words that belong to nothing are told', () => {
    expect(parse('--count', '1', 'stray').issues).toMatchObject([{ where: 'stray' }]);
  });
});

describe('lading.yml', () => {
  const write = (text: string) => {
    const file = join(folder, 'lading.yml');
    writeFileSync(file, text);
    return file;
  };
  const known = new Set(['build.app', 'push.tag', 'deploy.wait', 'deploy.service', 'build.env']);

  test('is read as text: nothing is guessed', async () => {
    const config = await readConfigFile(
      write('push:\n  tag: [12345e7, no, 007]\ndeploy:\n  service: 0x10\nbuild:\n  env: { A: 1, B: "" }\n'),
    );
    expect(config.get('push.tag')?.given).toEqual(['12345e7', 'no', '007']);
    expect(config.get('deploy.service')?.given).toEqual(['0x10']);
    expect(config.get('build.env')?.given).toEqual({ A: '1', B: '' });
    expect(config.issues(known)).toEqual([]);
  });

  test('tells keys that it does not know, with line and column and the nearest', async () => {
    const config = await readConfigFile(write('build:\n  ap: .\nother:\n  deep: 1\n'));
    expect(config.issues(known)).toEqual([
      { where: 'lading.yml:2:3', message: '"build.ap" is not a key', hint: 'Did you mean build.app?' },
      { where: 'lading.yml:3:1', message: '"other" is not a key', hint: undefined },
    ]);
  });

  test('tells mistakes of YAML with their place', async () => {
    await expect(readConfigFile(write('deploy: [1\n'))).rejects.toThrow(/lading\.yml:2:1/);
    await expect(readConfigFile(write('- a\n'))).rejects.toBeInstanceOf(InputError);
  });

  test('is found above the folder, up to the root of the repository', async () => {
    write('build: {}\n');
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    expect(await findConfigFile(join(folder, 'a/b'))).toBe(join(folder, 'lading.yml'));
    mkdirSync(join(folder, 'a/.git'));
    expect(await findConfigFile(join(folder, 'a/b'))).toBeUndefined();
  });

  test('comes after flags and variables, and before the defaults', async () => {
    const config = await readConfigFile(
      write('deploy:\n  service: file\n  wait: none\n  timeout: 1m\nbuild:\n  app: web\n'),
    );
    const { values, issues } = resolveValues(inputs, {
      given: new Map([['service', ['flag']]]),
      nameOf: (name) => `--${name}`,
      env: { LADING_SERVICE: 'variable', LADING_WAIT: 'deployed' },
      config,
      cwd: '/work',
      command: 'deploy',
    });
    expect(issues).toEqual([]);
    expect(values).toMatchObject({
      service: 'flag',
      wait: 'deployed',
      timeout: 60_000,
      app: '/work/web',
      tag: undefined,
    });
  });

  test('a needed input that is nowhere says all places where it may stand', () => {
    const { issues } = resolveValues(inputs, {
      given: new Map(),
      nameOf: (name) => `--${name}`,
      env: {},
      config: undefined,
      cwd: '/',
      command: 'deploy',
    });
    expect(issues).toEqual([
      {
        where: '--service',
        message: 'is missing',
        hint: 'Give --service, LADING_SERVICE or `deploy.service` in lading.yml.',
      },
    ]);
  });
});

test.each([
  ['deply', 'deploy'],
  ['shp', 'ship'],
  ['xyz', undefined],
])('the verb nearest to %s is %s', (name, near) => {
  expect(nearest(name, ['deploy', 'ship', 'build'])).toBe(near);
});
