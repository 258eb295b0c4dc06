import { describe, expect, test } from 'vitest';
import { InputError } from '../../../base/errors.js';
import type { Inputs } from '../../../base/declare/input.js';
import { input } from '../../../base/declare/input.js';
import { parseInput } from './parse-input.js';
import { readYaml } from '../file/yaml.js';

const upper = {
  parse(text: string) {
    if (text !== text.toUpperCase())
      throw new InputError({ where: 'x', message: `is not upper: ${text}`, hint: 'Shout.' });
    return { shout: text };
  },
  format: ({ shout }: { shout: string }) => shout,
};

const inputs = {
  count: input.integer(''),
  tag: input.list(''),
  label: input.pairs(''),
  wait: input.choice('', ['deployed', 'none']),
  timeout: input.duration(''),
  'dry-run': input.boolean(''),
  cluster: input.string(''),
  app: input.path(''),
  shout: input.string('', upper),
  shouts: input.list('', upper),
  smoke: input.record('', { fields: { url: input.string('', { required: true }), timeout: input.duration('') } }),
  services: input.entries('', {
    fields: {
      cluster: input.string(''),
      'desired-count': input.integer(''),
      wait: input.choice('', ['deployed', 'none'], { default: 'deployed' }),
      env: input.list(''),
      smoke: input.record('', { fields: { url: input.string('') } }),
    },
  }),
} satisfies Inputs;

/** What stands in `f` under a key, read as an input. */
async function parse(name: keyof typeof inputs, yaml: string) {
  const { given } = await readYaml(`v: ${yaml}`, { name: 'f', folder: '/file', source: 'file' });
  if (given.is !== 'map') throw new Error();
  const value = given.entries.get('v')?.value;
  if (!value) throw new Error();
  return parseInput(inputs[name], value, '/work');
}

describe('a value', () => {
  test.each<[keyof typeof inputs, string, unknown]>([
    ['count', '12', 12],
    ['tag', '[12345e7, no]', ['12345e7', 'no']],
    ['tag', 'one', ['one']],
    ['tag', '[]', []],
    ['label', '{a: b=c, d: ""}', { a: 'b=c', d: '' }],
    ['label', '[a=b=c, d=]', { a: 'b=c', d: '' }],
    ['label', 'a=b', { a: 'b' }],
    ['wait', 'none', 'none'],
    ['timeout', '1h30m', 5_400_000],
    ['dry-run', 'true', true],
    ['app', 'web', '/file/web'],
    ['app', '/web', '/web'],
    ['shout', 'HO', { shout: 'HO' }],
    ['shouts', '[HO, HA]', [{ shout: 'HO' }, { shout: 'HA' }]],
    ['smoke', '{url: u}', { url: 'u', timeout: undefined }],
  ])('of %s given as %s is %j', async (name, yaml, value) => {
    expect(await parse(name, yaml)).toEqual({ value, issues: [] });
  });

  test.each<[keyof typeof inputs, string, string[]]>([
    ['count', '12e3', ['f:1:4 is a whole number, not "12e3"']],
    ['wait', 'nome', ['f:1:4 is one of deployed, none, not "nome" Did you mean none?']],
    ['timeout', '5', ['f:1:4 is a duration, not "5" Write it as 90s, 15m or 1h30m.']],
    ['dry-run', 'yes', ['f:1:4 is true or false, not "yes"']],
    ['cluster', '', ['f:1:1 is empty']],
    ['cluster', '""', ['f:1:4 is empty']],
    ['cluster', '[{name: production}]', ['f:1:4 takes one value, not a list']],
    ['cluster', '{name: production}', ['f:1:4 takes one value, not a map']],
    ['tag', '{a: b}', ['f:1:4 takes a list, not a map']],
    [
      'tag',
      '[a, {b: c}, [d], ""]',
      ['f:1:8 takes texts, not a map', 'f:1:16 takes texts, not a list', 'f:1:21 is empty'],
    ],
    ['label', '{a: [b], c: {d: e}}', ['f:1:8 takes a text, not a list', 'f:1:16 takes a text, not a map']],
    ['label', '[a, =b]', ['f:1:5 takes K=V, not "a"', 'f:1:8 takes K=V, not "=b"']],
    ['shouts', '[HO, ha, hi]', ['f:1:9 is not upper: ha Shout.', 'f:1:13 is not upper: hi Shout.']],
    ['smoke', 'https://x', ['f:1:4 takes keys, not a text']],
    ['smoke', '', ['f:1:1 is empty']],
    ['smoke', '{timeout: 5s}', ['f:1:4 url is missing']],
    ['smoke', '{url: u, timout: 5s}', ['f:1:13 "timout" is not a key Did you mean timeout?']],
    ['services', '[web]', ['f:1:4 takes a map of names, each with its keys, not a list']],
    ['services', '{web: production}', ['f:1:10 `web` takes keys, not a text']],
    ['services', '{"w b": {}}', ['f:1:5 "w b" is not a name Use letters, digits, - and _.']],
    [
      'services',
      '{web: {clutser: a, wait: nine, smoke: {uri: x}}, api: {desired-count: two}}',
      [
        'f:1:11 "web.clutser" is not a key Did you mean cluster?',
        'f:1:29 is one of deployed, none, not "nine" Did you mean none?',
        'f:1:43 "uri" is not a key Did you mean url?',
        'f:1:74 is a whole number, not "two"',
      ],
    ],
  ])('of %s given as %s is refused with its place', async (name, yaml, expected) => {
    const { issues } = await parse(name, yaml);
    expect(issues.map(({ where, message, hint }) => [where, message, hint].filter(Boolean).join(' '))).toEqual(
      expected,
    );
  });

  test('that breaks its parser is a bug, no mistake', () => {
    const broken = input.string('', {
      parse(): string {
        throw new TypeError('a bug');
      },
      format: String,
    });
    expect(() => parseInput(broken, { is: 'text', text: 'a', where: 'f' }, '/')).toThrow('a bug');
  });
});

describe('entries', () => {
  test('stand in the order of the file, each with its name, its fields and its places', async () => {
    const { value, issues } = await parse(
      'services',
      '{web: {cluster: a, smoke: {url: u}}, __proto__: , api: {env: [X=1]}}',
    );
    expect(issues).toEqual([]);
    const entries = value as {
      name: string;
      where: (field?: string) => string;
      source: (field: string) => string;
      wait: string;
    }[];
    expect(entries.map(({ where: _where, source: _source, ...rest }) => rest)).toEqual([
      { name: 'web', cluster: 'a', desiredCount: undefined, wait: 'deployed', env: undefined, smoke: { url: 'u' } },
      {
        name: '__proto__',
        cluster: undefined,
        desiredCount: undefined,
        wait: 'deployed',
        env: undefined,
        smoke: undefined,
      },
      { name: 'api', cluster: undefined, desiredCount: undefined, wait: 'deployed', env: ['X=1'], smoke: undefined },
    ]);
    const [web, proto] = entries;
    expect(web?.where()).toBe('f:1:5');
    expect(web?.where('cluster')).toBe('f:1:20');
    expect(web?.where('smoke.url')).toBe('f:1:36');
    expect(web?.where('env')).toBe('f:1:5');
    expect(proto?.where('cluster')).toBe('f:1:41');
    expect(['cluster', 'smoke.url', 'env', 'wait'].map((field) => web?.source(field))).toEqual([
      'file',
      'file',
      'absent',
      'absent',
    ]);
  });
});
