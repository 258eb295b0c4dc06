import type { Environment } from '../../base/environment.js';
import type { InputIssue } from '../../base/errors.js';
import type { Input, Inputs } from '../../base/declare/input.js';
import { camelCase } from '../../base/declare/input.js';
import type { Origins, Source } from '../../base/declare/origin.js';
import { resolve } from 'node:path';
import { variableName } from './arguments.js';
import { givenAt } from './file/config-file.js';
import type { Given, GivenMap } from './given.js';
import { isReference } from './file/references.js';
import { overlayInput } from './file/overlay.js';
import { parseInput } from './value/parse-input.js';
import { keyOf } from './file/shape.js';
import { readText } from './texts.js';

export interface Sources {
  /** Flags, or the inputs of an action, or what a function got. */
  readonly given: ReadonlyMap<string, Given>;
  /** How a given input is called in errors: `--tag`, or the input `tag`. */
  readonly nameOf: (name: string) => string;
  readonly env: Environment;
  /** Below all: what the action that is stood for takes by itself. */
  readonly defaults?: ReadonlyMap<string, Given> | undefined;
  /** The root of `lading.yml`, with the chosen environment laid over it. */
  readonly file: GivenMap | undefined;
  /** There is a file, and it could not be read. */
  readonly unread?: boolean;
  readonly cwd: string;
  readonly command: string;
  /** What the file says by outputs of stacks counts as not given. */
  readonly beforeStacks?: boolean | undefined;
}

export interface Values {
  readonly values: Readonly<Record<string, unknown>>;
  readonly origins: Origins;
  readonly issues: readonly InputIssue[];
}

/** What was given, then `LADING_*`, then `lading.yml`, then the default; maps of fields are laid over each other. */
export async function resolveValues(inputs: Inputs, sources: Sources): Promise<Values> {
  const values: Record<string, unknown> = {};
  const found = new Map<string, { readonly source: Source; readonly where: string }>();
  const issues: InputIssue[] = [];
  for (const [name, input] of Object.entries(inputs)) {
    const given = sources.given.get(name);
    const variable = await readVariable(name, input, sources.env);
    const key = keyOf(sources.command, name, input);
    const written = key === undefined || !sources.file ? undefined : givenAt(sources.file, key);
    const file = sources.beforeStacks && isReference(written) ? undefined : written;
    issues.push(...variable.issues);
    const layers = [sources.defaults?.get(name), file, variable.given, given];
    const all = layers.reduce<Given | undefined>((below, above) => overlayInput(input, below, above), undefined);
    const source = given ? 'flag' : variable.given ? 'variable' : file ? 'file' : 'default';
    if (all === undefined) {
      const absent = input.default === undefined;
      values[camelCase(name)] = defaultOf(input, sources.cwd);
      found.set(name, { source: absent ? 'absent' : 'default', where: sources.nameOf(name) });
      const known = !sources.unread && variable.issues.length === 0;
      if (input.required && absent && known) issues.push(missing(name, input, sources));
      continue;
    }
    const parsed = parseInput(input, all, sources.cwd);
    issues.push(...parsed.issues);
    values[camelCase(name)] = parsed.value;
    found.set(name, { source, where: all.where });
  }
  const origins: Origins = {
    of: (name) => found.get(name)?.source ?? 'absent',
    where: (name) => found.get(name)?.where ?? sources.nameOf(name),
  };
  return { values, origins, issues };
}

async function readVariable(name: string, input: Input<unknown>, env: Environment) {
  for (const one of [name, ...(input.aliases ?? [])]) {
    const variable = `LADING_${variableName(one)}`;
    const text = env[variable];
    if (text !== undefined && text !== '') return readText(input, text, { where: variable, source: 'variable' });
  }
  return { given: undefined, issues: [] };
}

function missing(name: string, input: Input<unknown>, sources: Sources): InputIssue {
  const key = keyOf(sources.command, name, input);
  const file = key === undefined ? '' : ` or \`${key}\` in lading.yml`;
  return {
    where: sources.nameOf(name),
    message: 'is missing',
    hint: `Give ${sources.nameOf(name)}, LADING_${variableName(name)}${file}.`,
  };
}

function defaultOf(input: Input<unknown>, cwd: string): unknown {
  return input.kind === 'path' && typeof input.default === 'string' ? resolve(cwd, input.default) : input.default;
}
