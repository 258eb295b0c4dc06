import { resolve } from 'node:path';
import type { Command } from '../base/command.js';
import type { Environment } from '../base/context.js';
import type { InputIssue } from '../base/errors.js';
import type { Input, Inputs, ValuesOf } from '../base/input.js';
import { camelCase } from '../base/input.js';
import type { Report } from '../base/report.js';
import { silent } from '../base/report.js';
import { nearest } from './inputs/nearest.js';
import type { Given } from './inputs/parse-value.js';

/** The world of one call. Left out, it is that of this process, and nothing is reported. */
export interface CallOptions {
  /** `LADING_*` and what AWS reads; `process.env` when left out. */
  readonly env?: Environment;
  /** Relative paths start here, and `lading.yml` is looked for from here. */
  readonly cwd?: string;
  /** Configuration file, instead of the one that is found. */
  readonly config?: string;
  readonly signal?: AbortSignal;
  /** Gets the events of the run, with secrets hidden; a `mask` event carries the secret itself. */
  readonly report?: Report;
}

/** What a call may give: any input; the others come from the environment, `lading.yml` and the defaults. */
export type CallValues<I extends Inputs> = Partial<ValuesOf<I>>;

export type Verb<I extends Inputs, Result> = (values?: CallValues<I>, options?: CallOptions) => Promise<Result>;

/** A verb as a function. It throws a `LadingError`, and loads its code when it is called. */
export function verb<I extends Inputs, Result>(load: () => Promise<Command<I, Result>>): Verb<I, Result> {
  return async (values = {}, options = {}) => {
    const [command, { runCommand }, { knownKeys }] = await Promise.all([
      load() as Promise<unknown> as Promise<Command<Inputs, unknown>>,
      import('./run-command.js'),
      import('./inputs/known-keys.js'),
    ]);
    const { given, issues } = givenOf(values, command.inputs);
    let result: unknown;
    await runCommand({
      command,
      given,
      issues,
      nameOf: camelCase,
      env: options.env ?? process.env,
      cwd: resolve(options.cwd ?? process.cwd()),
      config: options.config,
      signal: options.signal ?? new AbortController().signal,
      sink: options.report ?? silent,
      timeout: undefined,
      knownKeys,
      onResult(made) {
        result = made;
      },
    });
    return result as Result;
  };
}

/** Values as the texts that every door hands over, so that one check serves all. Durations are milliseconds here. */
function givenOf(
  values: Readonly<Record<string, unknown>>,
  inputs: Inputs,
): { readonly given: ReadonlyMap<string, Given>; readonly issues: readonly InputIssue[] } {
  const names = new Map(Object.keys(inputs).map((name) => [camelCase(name), name]));
  const given = new Map<string, Given>();
  const issues: InputIssue[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const name = names.get(key);
    const input = name === undefined ? undefined : inputs[name];
    if (name === undefined || !input) {
      const near = nearest(key, [...names.keys()]);
      issues.push({ where: key, message: 'is not an input of this verb', hint: near && `Did you mean ${near}?` });
      continue;
    }
    const text = textOf(input, value);
    if (text === undefined) issues.push({ where: key, message: `is of kind ${input.kind}, not ${typeof value}` });
    else given.set(name, text);
  }
  return { given, issues };
}

function textOf(input: Input<unknown>, value: unknown): Given | undefined {
  switch (input.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer':
      return typeof value === 'number' ? [String(value)] : undefined;
    case 'duration':
      return typeof value === 'number' ? [`${value}ms`] : undefined;
    case 'list':
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
    case 'pairs':
      return isTexts(value) ? value : undefined;
    case 'string':
    case 'path':
    case 'choice':
      return typeof value === 'string' ? [value] : undefined;
  }
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((item) => typeof item === 'string')
  );
}
