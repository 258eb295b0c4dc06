import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import { defineCommand } from '../base/declare/command.js';
import { InputError } from '../base/errors.js';
import type { Form } from '../base/declare/input.js';
import { input } from '../base/declare/input.js';
import type { ReportEvent } from '../base/tell/report.js';
import { verb } from './library.js';

const color: Form<{ readonly color: string }> = {
  parse(text) {
    if (!/^[a-z]+$/.test(text)) throw new InputError({ where: 'color', message: `is no color: ${text}` });
    return { color: text };
  },
  format(value) {
    if (typeof value.color !== 'string') throw new TypeError('no color');
    return value.color;
  },
};

const sail = defineCommand({
  name: 'sail',
  summary: 'Sails',
  inputs: {
    to: input.string('Harbour', { required: true, key: 'deploy.cluster' }),
    'dry-run': input.boolean('Dry'),
    timeout: input.duration('Longest', { default: 1000, key: false }),
    crew: input.integer('Crew', { key: false }),
    cargo: input.list('Cargo', { key: false }),
    mark: input.pairs('Mark', { key: false }),
    chart: input.path('Chart', { key: false }),
    password: input.string('Word', { key: false, secret: true }),
    flag: input.string('Flag', { key: false, ...color }),
    flags: input.list('Flags', { key: false, ...color }),
    boats: input.entries('Boats', {
      key: false,
      fields: { crew: input.integer('Crew'), flag: input.string('Flag', color) },
    }),
    mast: input.record('Mast', { key: false, fields: { height: input.integer('Height') } }),
  },
  examples: [],
  async run(values, context) {
    context.report({ type: 'message', level: 'info', text: `the word is ${values.password ?? ''}` });
    return { ...values, home: context.env.HOME };
  },
});
const call = verb(async () => sail);

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'lading-library-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

describe('a verb as a function', () => {
  test('takes values as they are and gives the result', async () => {
    const result = await call(
      { to: 'Oslo', dryRun: false, timeout: 90_500, crew: 3, cargo: ['a,b', 'c'], mark: { k: 'v=w' }, chart: 'north' },
      { cwd, env: { HOME: '/home' } },
    );
    expect(result).toEqual({
      to: 'Oslo',
      dryRun: false,
      timeout: 90_500,
      crew: 3,
      cargo: ['a,b', 'c'],
      mark: { k: 'v=w' },
      chart: join(cwd, 'north'),
      password: undefined,
      flag: undefined,
      flags: undefined,
      boats: [],
      mast: undefined,
      home: '/home',
    });
    expectTypeOf(result.to).toEqualTypeOf<string>();
    expectTypeOf(result.crew).toEqualTypeOf<number | undefined>();
    expectTypeOf(call).parameter(0).toExtend<{ readonly cargo?: readonly string[] | undefined } | undefined>();
  });

  test('takes what has a form as text and as a value, and maps of fields as objects', async () => {
    const result = await call(
      {
        to: 'Oslo',
        timeout: '90s',
        flag: 'red',
        flags: ['red', { color: 'blue' }],
        boats: { ark: { crew: 2, flag: { color: 'green' } }, raft: {} },
        mast: { height: 7 },
      },
      { cwd, env: {} },
    );
    expect(result).toMatchObject({
      timeout: 90_000,
      flag: { color: 'red' },
      flags: [{ color: 'red' }, { color: 'blue' }],
      boats: [
        { name: 'ark', crew: 2, flag: { color: 'green' } },
        { name: 'raft', crew: undefined, flag: undefined },
      ],
      mast: { height: 7 },
    });
    expect(result.boats[0]?.where('crew')).toBe('boats.ark.crew');
    expectTypeOf(result.flag).toEqualTypeOf<{ readonly color: string } | undefined>();
    expectTypeOf(result.boats).items.toHaveProperty('crew').toEqualTypeOf<number | undefined>();
    expectTypeOf(call)
      .parameter(0)
      .toExtend<{ readonly flags?: readonly (string | { readonly color: string })[] | undefined } | undefined>();
  });

  test('takes an environment of lading.yml', async () => {
    writeFileSync(
      join(cwd, 'lading.yml'),
      'deploy: {cluster: Bergen}\nenvironments: {north: {deploy: {cluster: Bodø}}}\n',
    );
    expect(await call({}, { cwd, env: {}, environment: 'north' })).toMatchObject({ to: 'Bodø' });
    expect(await call({}, { cwd, env: { LADING_ENVIRONMENT: 'north' } })).toMatchObject({ to: 'Bodø' });
    await expect(call({}, { cwd, env: {}, environment: 'south' })).rejects.toThrow(
      'environment: lading.yml has no environment "south"',
    );
  });

  test('reads the environment that it is given, and lading.yml', async () => {
    writeFileSync(join(cwd, 'lading.yml'), 'deploy:\n  cluster: Bergen\n');
    expect(await call({}, { cwd, env: { LADING_CREW: '5' } })).toMatchObject({ to: 'Bergen', crew: 5, timeout: 1000 });
    expect(await call({ to: undefined, crew: 1 }, { cwd, env: { LADING_TO: 'Kiel', LADING_CREW: '5' } })).toMatchObject(
      {
        to: 'Kiel',
        crew: 1,
      },
    );
  });

  test('tells all mistakes at once', async () => {
    const wrong = {
      ...{ cruw: 1, crew: '3', cargo: 'a', timeout: Number.NaN, flag: 'RED', flags: [{ color: 1 }] },
      ...{ boats: { ark: { crw: 1 }, raft: 3, hull: { crew: 'x' } }, mast: 'high', mark: null },
    } as never;
    const error = await call(wrong, { cwd, env: {} }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    const issues = (error as InputError).issues.map(({ where, message }) => `${where} ${message}`);
    expect(issues).toEqual([
      'cruw is not an input of this verb',
      'crew is of kind integer, not string',
      'cargo is of kind list, not string',
      'flags is a list of texts, and not all of it is one',
      'boats.ark.crw is not a field',
      'boats.raft is an object of fields, not number',
      'boats.hull.crew is of kind integer, not string',
      'mast is of kind record, not string',
      'mark is of kind pairs, not null',
      'to is missing',
      'timeout is a duration, not "NaNms"',
      'flag is no color: RED',
    ]);
  });

  test('hides secrets in what it reports', async () => {
    const events: ReportEvent[] = [];
    await call({ to: 'Oslo', password: 'open sesame' }, { cwd, env: {}, report: (event) => events.push(event) });
    expect(events).toContainEqual({ type: 'mask', value: 'open sesame' });
    expect(events).toContainEqual(expect.objectContaining({ type: 'message', text: 'the word is ***' }));
  });
});
