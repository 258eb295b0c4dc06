import { describe, expect, test } from 'vitest';
import type { Inputs } from '../../base/declare/input.js';
import { input } from '../../base/declare/input.js';
import { parseArguments } from './arguments.js';
import type { Given } from './given.js';
import { nearest } from '../../base/nearest.js';
import { parseInput } from './value/parse-input.js';
import { readText } from './texts.js';

const inputs: Inputs = {
  tag: input.list('', { aliases: ['label-tag'] }),
  count: input.integer(''),
  'dry-run': input.boolean('', { key: false }),
  token: input.string('', { secret: true }),
  service: input.string('', { required: true, key: 'deploy.service' }),
  services: input.entries('', {
    fields: {
      cluster: input.string(''),
      env: input.list(''),
      label: input.pairs(''),
      smoke: input.record('', { fields: { url: input.string(''), timeout: input.duration('') } }),
    },
  }),
  smoke: input.record('', { fields: { url: input.string(''), status: input.integer('') } }),
};

const parse = (...argv: string[]) => parseArguments(argv, inputs);
const valueOf = (name: string, given: Given | undefined) =>
  given && parseInput(inputs[name] as Inputs[string], given, '/work');

describe('flags', () => {
  test('may come again, with and without an equals sign', () => {
    const { flags, issues } = parse(
      '--tag',
      'a',
      '--tag=b',
      '--label-tag',
      'c',
      '--dry-run',
      '--no-dry-run',
      '--count',
      '-1',
    );
    expect(issues).toEqual([]);
    expect(valueOf('tag', flags.get('tag'))?.value).toEqual(['a', 'b', 'c']);
    expect(valueOf('dry-run', flags.get('dry-run'))?.value).toBe(false);
    expect(valueOf('count', flags.get('count'))?.value).toBe(-1);
  });

  test('tell every mistake at once, with the nearest name', () => {
    const { issues } = parse(
      '--servce',
      'x',
      '--dry-rn',
      'stray',
      '--token',
      'secret',
      '--constructor=x',
      '--__proto__',
      '--count',
    );
    expect(issues.map(({ where, message, hint }) => [where, hint ?? message])).toEqual([
      ['--servce', 'Did you mean --service?'],
      ['--dry-rn', 'Did you mean --dry-run?'],
      ['--token', 'Set LADING_TOKEN instead.'],
      ['--constructor', 'is not a flag of this verb'],
      ['--__proto__', 'is not a flag of this verb'],
      ['--count', 'needs a value'],
    ]);
    expect(JSON.stringify(issues)).not.toContain('secret"');
  });

  test('may be a bare word where the verb takes one, and no more than one', () => {
    const words: Inputs = { ...inputs, stack: input.string('', { positional: true }) };
    const { flags, issues } = parseArguments(['--count', '1', 'web', '--dry-run'], words);
    expect(issues).toEqual([]);
    expect(flags.get('stack')).toEqual(parseArguments(['--stack', 'web'], words).flags.get('stack'));
    expect(parseArguments(['web', 'other'], words).issues).toMatchObject([{ where: 'other', message: 'is no flag' }]);
    expect(parseArguments(['web'], inputs).issues).toMatchObject([{ where: 'web', message: 'is no flag' }]);
  });

  test('may be bare words, each for its own input, and a list for those that are left', () => {
    const words: Inputs = {
      from: input.string('', { positional: true }),
      to: input.list('', { positional: true }),
      quick: input.boolean(''),
    };
    const { flags, issues } = parseArguments(['a', '--quick', 'b', 'c'], words);
    expect(issues).toEqual([]);
    expect(flags.get('from')).toMatchObject({ text: 'a' });
    expect(flags.get('to')).toMatchObject({ items: [{ text: 'b' }, { text: 'c' }] });
    const named = parseArguments(['--from', 'a', 'b'], words).flags;
    expect(named.get('to')).toMatchObject({ items: [{ text: 'b' }] });
  });

  test('that take one value refuse two', () => {
    const { flags } = parse('--count', '1', '--count', '2');
    expect(valueOf('count', flags.get('count'))?.issues).toMatchObject([
      { where: '--count', message: 'is given 2 times' },
    ]);
  });

  test('words that belong to nothing are told', () => {
    expect(parse('--count', '1', 'stray').issues).toMatchObject([{ where: 'stray' }]);
  });
});

describe('flags of entries', () => {
  test('set fields of entries, a list field by several, a record by its fields', () => {
    const { flags, issues } = parse(
      ...['--services', 'web.cluster=a=b', '--services=web.env=X=1', '--services', 'web.env=Y=2'],
      ...['--services', 'api.smoke.url=https://x', '--services', 'api.label=k=v', '--services', 'web.smoke.timeout=5s'],
      ...['--smoke', 'url=https://y', '--smoke', 'status=200'],
    );
    expect(issues).toEqual([]);
    const services = valueOf('services', flags.get('services'));
    expect(services?.issues).toEqual([]);
    expect(services?.value).toMatchObject([
      { name: 'web', cluster: 'a=b', env: ['X=1', 'Y=2'], smoke: { url: undefined, timeout: 5000 } },
      { name: 'api', smoke: { url: 'https://x' }, label: { k: 'v' } },
    ]);
    const [web] = services?.value as { where: (field?: string) => string }[];
    expect([web?.where(), web?.where('cluster'), web?.where('smoke.timeout')]).toEqual([
      '--services web',
      '--services web.cluster',
      '--services web.smoke.timeout',
    ]);
    expect(valueOf('smoke', flags.get('smoke'))?.value).toEqual({ url: 'https://y', status: 200 });
  });

  test('tell each mistake with its place', () => {
    const { flags, issues } = parse(
      ...['--services', 'web', '--services', 'web=a', '--services', 'web.clutser=a', '--services', '.cluster=a'],
      ...[
        '--services',
        'web.smoke=x',
        '--services',
        'web.smoke.uri=x',
        '--services',
        'web.cluster=a',
        '--services',
        'web.cluster=b',
      ],
      ...['--services', 'web.smoke.timeout=5', '--smoke', 'https://x'],
    );
    const later = valueOf('services', flags.get('services'))?.issues ?? [];
    expect([...issues, ...later].map(({ where, message, hint }) => [where, hint ?? message])).toEqual([
      ['--services', 'takes NAME.FIELD=VALUE, not "web"'],
      ['--services', 'takes NAME.FIELD=VALUE, not "web=a"'],
      ['--services', 'takes NAME.FIELD=VALUE, not ".cluster=a"'],
      ['--services web.clutser', 'Did you mean web.cluster?'],
      ['--services web.smoke', 'is not a field'],
      ['--services web.smoke.uri', 'Did you mean web.smoke.url?'],
      ['--smoke', 'takes FIELD=VALUE, not "https://x"'],
      ['--services web.cluster', 'is given 2 times'],
      ['--services web.smoke.timeout', 'Write it as 90s, 15m or 1h30m.'],
    ]);
  });
});

describe('the text of a variable', () => {
  test.each([
    ['tag', 'a, b,', ['a', 'b']],
    ['tag', 'a,b\nc', ['a,b', 'c']],
    ['service', 'a,b', 'a,b'],
    ['smoke', 'url: x', { url: 'x', status: undefined }],
    ['smoke', '{"url": "x", "status": 200}', { url: 'x', status: 200 }],
  ])('of %s given as %j is %j', async (name, text, value) => {
    const read = await readText(inputs[name] as Inputs[string], text, { where: 'LADING_X', source: 'variable' });
    expect(valueOf(name, read.given)).toEqual({ value, issues: [] });
  });

  test('is YAML for entries, with places inside of it', async () => {
    const read = await readText(inputs.services as Inputs[string], 'web:\n  cluster: [a]\n', {
      where: 'LADING_SERVICES',
      source: 'variable',
    });
    expect(valueOf('services', read.given)?.issues).toMatchObject([
      { where: 'LADING_SERVICES:2:12', message: 'takes one value, not a list' },
    ]);
    const broken = await readText(inputs.services as Inputs[string], 'web: [', {
      where: 'input services',
      source: 'flag',
    });
    expect(broken).toMatchObject({
      given: undefined,
      issues: [{ where: expect.stringMatching(/^input services:1:/) as string }],
    });
    expect(
      valueOf(
        'services',
        (await readText(inputs.services as Inputs[string], 'web.cluster=a', { where: 'V', source: 'variable' })).given,
      )?.issues,
    ).toMatchObject([{ where: 'V:1:1', message: 'takes a map of names, each with its keys, not a text' }]);
  });
});

test.each([
  ['deply', 'deploy'],
  ['shp', 'ship'],
  ['xyz', undefined],
])('the verb nearest to %s is %s', (name, near) => {
  expect(nearest(name, ['deploy', 'ship', 'build'])).toBe(near);
});
