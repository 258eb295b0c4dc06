import { resolve } from 'node:path';
import type { Environment } from '../../base/context.js';
import type { InputIssue } from '../../base/errors.js';
import type { Input, Inputs } from '../../base/input.js';
import { camelCase } from '../../base/input.js';
import { variableName } from './arguments.js';
import type { ConfigFile } from './config-file.js';
import type { Given } from './parse-value.js';
import { parseValue, splitVariable } from './parse-value.js';

export interface Sources {
  /** Flags, or the inputs of an action. */
  readonly given: ReadonlyMap<string, Given>;
  /** How a given input is called in errors: `--tag`, or the input `tag`. */
  readonly nameOf: (name: string) => string;
  readonly env: Environment;
  readonly config: ConfigFile | undefined;
  readonly cwd: string;
  readonly command: string;
}

export interface Values {
  readonly values: Readonly<Record<string, unknown>>;
  readonly issues: readonly InputIssue[];
}

/** The key of an input in `lading.yml`; undefined when it may not stand there. */
export function keyOf(command: string, name: string, input: Input<unknown>): string | undefined {
  if (input.key === false) return undefined;
  return input.key ?? `${command}.${name}`;
}

/** What was given, then `LADING_*`, then `lading.yml`, then the default. All mistakes at once. */
export function resolveValues(inputs: Inputs, sources: Sources): Values {
  const values: Record<string, unknown> = {};
  const issues: InputIssue[] = [];
  for (const [name, input] of Object.entries(inputs)) {
    const found = find(name, input, sources);
    if (found === undefined) {
      values[camelCase(name)] = finish(input, input.default, sources.cwd);
      if (input.required && input.default === undefined) issues.push(missing(name, input, sources));
      continue;
    }
    const parsed = parseValue(input, found.given);
    if ('issue' in parsed) issues.push({ where: found.where, ...parsed.issue });
    else values[camelCase(name)] = finish(input, parsed.value, sources.cwd);
  }
  return { values, issues };
}

function find(name: string, input: Input<unknown>, sources: Sources): { given: Given; where: string } | undefined {
  const given = sources.given.get(name);
  if (given !== undefined) return { given, where: sources.nameOf(name) };
  const variable = `LADING_${variableName(name)}`;
  const text = sources.env[variable];
  if (text !== undefined && text !== '') return { given: splitVariable(input, text), where: variable };
  const key = keyOf(sources.command, name, input);
  return key === undefined ? undefined : sources.config?.get(key);
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

function finish(input: Input<unknown>, value: unknown, cwd: string): unknown {
  return input.kind === 'path' && typeof value === 'string' ? resolve(cwd, value) : value;
}
