import { parseArgs } from 'node:util';
import type { InputIssue } from '../../base/errors.js';
import type { Inputs } from '../../base/declare/input.js';
import { input, listed } from '../../base/declare/input.js';
import type { Given } from './given.js';
import { nearest } from '../../base/nearest.js';
import { readFlags } from './texts.js';

/** Flags that every verb has. */
export const commonInputs = {
  config: input.path('Configuration file; `lading.yml` of this folder or one above when left out', {
    placeholder: 'FILE',
    key: false,
  }),
  cwd: input.path('Folder to work in', { placeholder: 'DIR', key: false }),
  environment: input.string('Part under `environments` of `lading.yml` that is laid over the rest', {
    placeholder: 'NAME',
    key: false,
  }),
  json: input.boolean('Print the result as one JSON object', { key: false }),
  page: input.path('Write the page of this run, as a job summary shows it, into one HTML file', {
    placeholder: 'FILE',
    key: false,
  }),
  quiet: input.boolean('Say only what went wrong', { key: false }),
  verbose: input.boolean('Say more, as retries', { key: false }),
  timeout: input.duration('Longest time for the whole run', { placeholder: 'DURATION', key: false }),
  help: input.boolean('Show the help of the verb', { key: false }),
} as const;

export interface Arguments {
  readonly flags: ReadonlyMap<string, Given>;
  readonly issues: readonly InputIssue[];
}

/** Flags by their declarations. Every mistake is told, not only the first. */
export function parseArguments(argv: readonly string[], inputs: Inputs): Arguments {
  const names = namesOf(inputs);
  const options: Record<string, { type: 'string' | 'boolean'; multiple: true }> = {};
  for (const [name, own] of names) {
    options[name] = { type: inputs[own]?.kind === 'boolean' ? 'boolean' : 'string', multiple: true };
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    tokens: true,
    allowPositionals: true,
    allowNegative: true,
  });
  const texts = new Map<string, string[]>();
  const issues: InputIssue[] = [];
  const words = Object.keys(inputs).filter((name) => inputs[name]?.positional);
  let afterUnknown = -2;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      // What follows an unknown flag was most likely its value.
      if (afterUnknown === token.index - 1) continue;
      const word = words.find((name) => !texts.has(name) || inputs[name]?.kind === 'list');
      if (word !== undefined) {
        texts.set(word, [...(texts.get(word) ?? []), token.value]);
        continue;
      }
      issues.push({ where: token.value, message: 'is no flag', hint: 'Flags begin with --.' });
      continue;
    }
    if (token.kind === 'option-terminator') continue;
    // Node names a negated option now with and now without its `no-`.
    const raw = token.rawName.replace(/^-+/, '').replace(/=.*$/s, '');
    const negated = raw.startsWith('no-') && !names.has(raw);
    const name = names.get(negated ? raw.slice(3) : raw);
    const where = token.rawName;
    const declared = name === undefined ? undefined : inputs[name];
    const add = (text: string) => texts.set(name ?? '', [...(texts.get(name ?? '') ?? []), text]);
    if (name === undefined || !declared || (negated && declared.kind !== 'boolean')) {
      if (token.value === undefined) afterUnknown = token.index;
      const near = nearest(raw, names.keys());
      issues.push({ where, message: 'is not a flag of this verb', hint: near && `Did you mean --${near}?` });
    } else if (declared.secret) {
      issues.push({
        where,
        message: 'is a secret, and everyone can read the arguments of a program',
        hint: `Set LADING_${variableName(name)} instead.`,
      });
    } else if (declared.kind === 'boolean') {
      // Of several the last counts, so that a script can be overruled.
      texts.set(name, [token.value ?? String(!negated)]);
    } else if (token.value === undefined) {
      issues.push({ where, message: 'needs a value' });
    } else {
      add(token.value);
    }
  }
  const flags = new Map<string, Given>();
  for (const [name, values] of texts) {
    const declared = inputs[name];
    if (!declared) continue;
    const read = readFlags(declared, values, `--${name}`);
    issues.push(...read.issues);
    if (read.given) flags.set(name, read.given);
  }
  return { flags, issues };
}

/** Own names and aliases, each with the name of its input. */
export function namesOf(inputs: Inputs): ReadonlyMap<string, string> {
  const entries = Object.entries(listed(inputs));
  return new Map([
    ...entries.flatMap(([name, { aliases = [] }]) => aliases.map((alias) => [alias, name] as const)),
    ...entries.map(([name]) => [name, name] as const),
  ]);
}

/** `dry-run` → `DRY_RUN`. */
export function variableName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}

/** A switch that is on, as `--json`. */
export function isOn(given: Given | undefined): boolean {
  return given !== undefined && given.is === 'text' && given.text !== 'false';
}
