import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Command } from '../../src/base/declare/command.js';
import { InputError } from '../../src/base/errors.js';
import type { Inputs } from '../../src/base/declare/input.js';
import type { Origins } from '../../src/base/declare/origin.js';
import { deploy } from '../../src/commands/deploy.js';
import { imageFieldNames } from '../../src/commands/inputs/release.js';
import { ship } from '../../src/commands/ship.js';
import { parseArguments } from '../../src/entry/inputs/arguments.js';
import { wholeShape } from '../../src/entry/inputs/file/whole-shape.js';
import { readInputs } from '../../src/entry/inputs/read-inputs.js';
import type { ReleaseValues } from '../../src/release/plan-release.js';
import { planRelease } from '../../src/release/plan-release.js';
import type { ImageFields, Release } from '../../src/release/release.js';

/** Where relative paths start; it holds nothing but the `lading.yml` of the last question, and is there only while it is read. */
export const folder = join(tmpdir(), `lading-release-${process.pid}`);

export interface Asked {
  /** What stands in `lading.yml`. */
  readonly file?: string;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a verb gets, through the door of the command line. */
export async function ask(command: unknown, { file = '', argv = [], env = {} }: Asked) {
  const verb = command as Command<Inputs>;
  const at = argv.indexOf('--environment');
  const environment = at < 0 ? undefined : { name: argv[at + 1] ?? '', where: '--environment' };
  const rest = at < 0 ? argv : argv.filter((_word, index) => index !== at && index !== at + 1);
  const { flags, issues } = parseArguments(rest, verb.inputs);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, 'lading.yml'), file);
    return await readInputs({
      command: verb,
      given: flags,
      issues,
      nameOf: (name) => `--${name}`,
      env,
      cwd: folder,
      config: join(folder, 'lading.yml'),
      environment,
      wholeShape,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type ShipValues = ReleaseValues &
  Omit<ImageFields, 'env'> & { readonly imageEnv: ImageFields['env']; readonly env: never };

export async function planShip(asked: Asked): Promise<Release> {
  const { values, origins } = (await ask(ship, asked)) as unknown as { values: ShipValues; origins: Origins };
  const making = {
    values: { ...values, env: values.imageEnv },
    fields: imageFieldNames,
    renamed: { env: 'image-env' },
  };
  return planRelease(values, origins, making);
}

export async function planDeploy(asked: Asked): Promise<Release> {
  const { values, origins } = await ask(deploy, asked);
  return planRelease(values as unknown as ReleaseValues, origins);
}

/** Every mistake with its place and its hint. */
export async function mistakes(work: Promise<unknown>): Promise<string[]> {
  const error = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).issues.map(({ where, message, hint }) =>
    [`${where.replace(`${folder}/`, '')}: ${message}`, hint].filter(Boolean).join(' | '),
  );
}
