import { resolve } from 'node:path';
import type { Command } from '../../base/declare/command.js';
import type { Environment } from '../../base/environment.js';
import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import type { Inputs, ValuesOf } from '../../base/declare/input.js';
import type { Origins } from '../../base/declare/origin.js';
import type { Choice } from './file/config-file.js';
import { checkConfig, givenAt, readConfigFile, takeEnvironment } from './file/config-file.js';
import type { Filling, Reference } from './file/references.js';
import { fillReferences, referencesIn } from './file/references.js';
import { findConfigFile } from './file/find.js';
import type { Given, GivenMap } from './given.js';
import type { Section } from './file/shape.js';
import { keyOf, shapeOf } from './file/shape.js';
import { resolveValues } from './values.js';

export interface InputRequest {
  readonly command: Pick<Command<Inputs, unknown>, 'name' | 'inputs' | 'beforeStacks'>;
  readonly given: ReadonlyMap<string, Given>;
  /** Below all: what the action that is stood for takes by itself. */
  readonly defaults?: ReadonlyMap<string, Given> | undefined;
  /** Mistakes that are known already. */
  readonly issues: readonly InputIssue[];
  readonly nameOf: (name: string) => string;
  readonly env: Environment;
  readonly cwd: string;
  readonly config: string | undefined;
  readonly environment: Choice | undefined;
  readonly wholeShape: () => Promise<Section>;
  /** Looks up the outputs of stacks that the file refers to. Left out, they stay unknown. */
  readonly lookUp?: ((references: readonly Reference[], file: GivenMap) => Promise<Filling>) | undefined;
}

export interface ReadInputs {
  readonly values: ValuesOf<Inputs>;
  readonly origins: Origins;
  readonly configFile: string | undefined;
}

/** Everything that a verb gets, or all mistakes of flags, variables and `lading.yml` in one `InputError`. */
export async function readInputs(request: InputRequest): Promise<ReadInputs> {
  const { command, cwd, env, given, defaults, nameOf } = request;
  const issues: InputIssue[] = [...request.issues];
  const configFile = request.config ? resolve(cwd, request.config) : await findConfigFile(cwd);
  const config = await attempt(issues, async () => (configFile === undefined ? undefined : readConfigFile(configFile)));
  let shape = shapeOf([command]);
  const told = new Set<string>();
  if (config) {
    let check = checkConfig(config, shape, cwd);
    if (check.unknown) check = checkConfig(config, (shape = await request.wholeShape()), cwd);
    issues.push(...check.issues);
    for (const { where } of check.issues) told.add(where);
  }
  // What is missing may stand in a file that could not be read.
  const unread = configFile !== undefined && config === undefined;
  const { environment } = request;
  const chosen = await attempt(issues, async () =>
    environment && !unread ? takeEnvironment(config, environment, shape) : config,
  );
  const written = (chosen ?? config)?.root;
  const file = written && issues.length === 0 ? await filled(written, request) : written;
  const resolved = await resolveValues(command.inputs, {
    given,
    defaults,
    nameOf,
    env,
    cwd,
    file,
    unread,
    command: command.name,
    beforeStacks: command.beforeStacks,
  });
  // The file was checked as a whole, and here what the verb takes from it once more.
  issues.push(...resolved.issues.filter(({ where }) => !told.has(where)));
  if (issues.length > 0) throw new InputError(issues);
  return { values: resolved.values, origins: resolved.origins, configFile };
}

/** With the outputs of stacks in place, where the verb takes something that is said by them. */
async function filled(file: GivenMap, { command, given, lookUp }: InputRequest): Promise<GivenMap> {
  if (command.beforeStacks || !lookUp) return file;
  const references = Object.entries(command.inputs).flatMap(([name, input]) => {
    const key = keyOf(command.name, name, input);
    const written = key === undefined ? undefined : givenAt(file, key);
    const isOverruled = given.has(name) && !input.fields && input.kind !== 'pairs';
    return written && !isOverruled ? referencesIn(written) : [];
  });
  return references.length === 0 ? file : fillReferences(file, await lookUp(references, file));
}

async function attempt<Result>(issues: InputIssue[], work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    issues.push(...error.issues);
    return undefined;
  }
}
