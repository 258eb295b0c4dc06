import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import type { Inputs } from '../../src/base/declare/input.js';
import { input } from '../../src/base/declare/input.js';
import { parseArguments } from '../../src/entry/inputs/arguments.js';
import type { InputRequest } from '../../src/entry/inputs/read-inputs.js';
import { readInputs } from '../../src/entry/inputs/read-inputs.js';
import { shapeOf } from '../../src/entry/inputs/file/shape.js';

const fields = {
  cluster: input.string(''),
  image: input.string(''),
  after: input.list(''),
  label: input.pairs(''),
  app: input.path(''),
  smoke: input.record('', { fields: { url: input.string(''), timeout: input.duration('') } }),
};
const inputs = {
  app: input.path('', { default: '.', key: 'build.app' }),
  tag: input.list('', { key: 'push.tag' }),
  wait: input.choice('', ['deployed', 'none'], { default: 'deployed', key: 'deploy.wait' }),
  timeout: input.duration('', { default: 900_000, key: 'deploy.timeout' }),
  service: input.string('', { required: true, key: 'deploy.service' }),
  label: input.pairs('', { key: 'build.label' }),
  region: input.string('', { key: 'region' }),
  services: input.entries('', { fields, key: 'services' }),
} satisfies Inputs;
/** A verb with one input of each kind that matters. */
export const command = { name: 'deploy', inputs: inputs as Inputs };
export const other = { name: 'rotate', inputs: { to: input.list(''), 'max-age': input.duration('') } as Inputs };

export let folder = '';
/** Gives each test of the file that calls it a folder of its own. */
export function inOwnFolders(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lading-inputs-'));
    mkdirSync(join(folder, '.git'));
    mkdirSync(join(folder, 'sub'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
}

interface Request {
  readonly file?: string;
  readonly argv?: readonly string[];
  readonly env?: Record<string, string>;
  readonly environment?: string;
  readonly more?: Partial<InputRequest>;
}

/** What the verb gets, from a folder inside of a repository whose root has the file. */
export async function read({ file, argv = [], env = {}, environment, more }: Request) {
  if (file !== undefined) writeFileSync(join(folder, 'lading.yml'), file);
  const { flags, issues } = parseArguments(argv, command.inputs);
  const { values, origins } = await readInputs({
    command,
    given: flags,
    issues,
    nameOf: (name) => `--${name}`,
    env,
    cwd: join(folder, 'sub'),
    config: undefined,
    environment: environment === undefined ? undefined : { name: environment, where: '--environment' },
    wholeShape: async () => shapeOf([command, other]),
    ...more,
  });
  return { values: values as Record<string, unknown>, origins };
}

/** Every mistake with its place and its hint. */
export async function mistakes(request: Request): Promise<string[]> {
  const error = await read(request).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).issues.map(({ where, message, hint }) =>
    [`${where}: ${message}`, hint].filter(Boolean).join(' | '),
  );
}
