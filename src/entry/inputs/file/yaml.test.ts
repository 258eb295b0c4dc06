import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { InputError } from '../../../base/errors.js';
import type { Given } from '../given.js';
import { readYaml } from './yaml.js';

/** The tree without its places. */
function plain(given: Given): unknown {
  if (given.is === 'text') return given.blank ? null : given.text;
  if (given.is === 'list') return given.items.map(plain);
  return new Map([...given.entries].map(([key, { value }]) => [key, plain(value)]));
}

const read = async (text: string) => plain((await readYaml(text, { name: 'f', source: 'file' })).given);
const issuesOf = async (text: string) => {
  const read = await readYaml(text, { name: 'f', source: 'file' }).catch((thrown: unknown) => thrown);
  const { issues } = read as Pick<InputError, 'issues'>;
  expect(issues.length).toBeGreaterThan(0);
  return issues.map(({ where, message }) => `${where} ${message}`);
};

describe('YAML', () => {
  test('is read as text: nothing is guessed', async () => {
    expect(await read('a: [12345e7, no, 007, 0x10, null, "", ~]\nb:\nc: ""\nd: {e: 2026-01-01}')).toEqual(
      new Map<string, unknown>([
        ['a', ['12345e7', 'no', '007', '0x10', 'null', '', '~']],
        ['b', null],
        ['c', ''],
        ['d', new Map([['e', '2026-01-01']])],
      ]),
    );
  });

  test('aliases stand for what they name, the last of that name', async () => {
    const text = 'a: &x [1]\nb: *x\nc: &x {d: &y 2}\ne: *x\nf: *y\n';
    expect(await read(text)).toEqual(
      new Map<string, unknown>([
        ['a', ['1']],
        ['b', ['1']],
        ['c', new Map([['d', '2']])],
        ['e', new Map([['d', '2']])],
        ['f', '2'],
      ]),
    );
  });

  test('an anchor inside of what is named does not win over a later one of its name', async () => {
    const tree = (await read('a: &m {p: &x 1}\nb: &x 2\nc: *m\nd: *x\n')) as Map<string, unknown>;
    expect(tree.get('d')).toBe('2');
  });

  test.each([
    ['a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}', { x: '1', y: '3' }],
    ['a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}', { x: '1', y: '3' }],
    ['a: &a {x: 1}\nc: &c {x: 2, z: 4}\nb: {<<: [*a, *c]}', { x: '1', z: '4' }],
    ['a: &a {x: 1}\nc: &c {<<: *a, z: 4}\nb: {<<: *c}', { x: '1', z: '4' }],
    ['b: {<<: {x: 5}}', { x: '5' }],
    ['b: {"<<": 5}', { '<<': '5' }],
  ])('merge keys: %j', async (text, expected) => {
    const tree = (await read(text)) as Map<string, Map<string, unknown>>;
    expect(Object.fromEntries(tree.get('b') ?? [])).toEqual(expected);
  });

  test('names are names', async () => {
    const tree = (await read('__proto__: {a: 1}\nconstructor: 2\nhasOwnProperty: 3\n')) as Map<string, unknown>;
    expect([...tree.keys()]).toEqual(['__proto__', 'constructor', 'hasOwnProperty']);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  test('what a program wrote comes back, its numbers and truths as text', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', ':', '#', '&', '*', '!', '-', '"', "'", '\n', '<', '1', '{', '~', '%', '@', 'é'),
    });
    // The writer does not know merge keys.
    const key = text.filter((name) => name !== '<<');
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.array(tie('node')),
        fc.dictionary(key, tie('node')),
      ),
    })).node;
    const asText = (node: unknown): unknown => {
      if (Array.isArray(node)) return node.map(asText);
      if (typeof node !== 'object' || node === null) return String(node);
      return new Map(Object.entries(node).map(([key, one]) => [key, asText(one)]));
    };
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, value), async (root) => {
        // What is equal in it is written once, with an anchor. The writer loses blanks in block texts.
        const shared = { ...root, again: root };
        expect(await read(stringify(shared, { blockQuote: false }))).toEqual(asText(shared));
        expect(await read(JSON.stringify(shared))).toEqual(asText(shared));
      }),
      { numRuns: 150 },
    );
  });

  test('every part knows its place', async () => {
    const { given } = await readYaml('a:\n  b: c\n  d: [e, f]\n', { name: 'f', source: 'file' });
    if (given.is !== 'map') throw new Error();
    const a = given.entries.get('a');
    expect(a?.keyWhere).toBe('f:1:1');
    if (a?.value.is !== 'map') throw new Error();
    expect(a.value.entries.get('b')?.value.where).toBe('f:2:6');
    expect(a.value.entries.get('d')?.value).toMatchObject({ items: [{ where: 'f:3:7' }, { where: 'f:3:10' }] });
  });

  test.each([
    [
      'a: 1\nb: {c: 1, c: 2}\na: 3\n',
      ['f:2:11 "c" stands here twice, first in line 2', 'f:3:1 "a" stands here twice, first in line 1'],
    ],
    ['a: *b\nb: &b 1', ['f:1:4 there is no &b before it']],
    ['a: &a [*a]', ['f:1:8 *a stands inside of &a']],
    ['a: {<<: 5}', ['f:1:9 << takes a map or a list of maps']],
    ['? [a]\n: b', ['f:1:3 a key is a text']],
    ['a: !secret b', ['f:1:4 Unresolved tag: !secret']],
    ['a: [1\nb: 2', [expect.stringMatching(/^f:2:1 /)]],
    ['a: 1\n---\nb: 2', [expect.stringMatching(/^f:2:1 Source contains multiple documents/)]],
    ['a: "b\nc: [', [expect.stringMatching(/^f:2:5 /)]],
    [']'.repeat(5000), Array(20).fill(expect.stringMatching(/^f:1:/))],
  ])('mistakes are told with their place: %j', async (text, expected) => {
    expect(await issuesOf(text)).toEqual(expected);
  });

  test('an alias bomb costs nothing', async () => {
    const levels = Array.from(
      { length: 30 },
      (_, at) => `a${at + 1}: &a${at + 1} [${Array(10).fill(`*a${at}`).join(', ')}]`,
    );
    const started = performance.now();
    await readYaml(`a0: &a0 x\n${levels.join('\n')}\n`, { name: 'f', source: 'file' });
    const merges = Array.from(
      { length: 30 },
      (_, at) => `b${at + 1}: &b${at + 1} {x: *b${at}, y: *b${at}, <<: *b${at}}`,
    );
    await readYaml(`b0: &b0 {z: 1}\n${merges.join('\n')}\n`, { name: 'f', source: 'file' });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test.each([
    ['flow lists', '['.repeat(50_000)],
    ['flow maps', '{a: '.repeat(50_000)],
    ['block lists', '- '.repeat(50_000)],
    ['40 levels', `${'['.repeat(40)}${']'.repeat(40)}`],
  ])('is not as deep as one likes: %s', async (_name, text) => {
    const started = performance.now();
    expect(await issuesOf(text)).toEqual([expect.stringMatching(/^f(:\d+:\d+)? is nested too deeply$/)]);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('is not as large as one likes', async () => {
    const text = Array.from({ length: 25_000 }, (_, at) => `k${at}: 1`).join('\n');
    expect(await issuesOf(text)).toEqual([expect.stringMatching(/^f:\d+:\d+ more than 20000 values$/)]);
  });
});
