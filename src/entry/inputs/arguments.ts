import { parseArgs } from 'node:util';
import type { InputIssue } from '../../base/errors.js';
import type { Inputs } from '../../base/input.js';
import { input } from '../../base/input.js';
import { nearest } from './nearest.js';
import type { Given } from './parse-value.js';

/** Flags that every verb has. */
export const commonInputs = {
  config: input.path('Configuration file; `lading.yml` of this folder or one above when left out', {
    placeholder: 'FILE',
    key: false,
  }),
  cwd: input.path('Folder to work in', { placeholder: 'DIR', key: false }),
  json: input.boolean('Print the result as one JSON object', { key: false }),
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
  const options: Record<string, { type: 'string' | 'boolean'; multiple: true }> = {};
  for (const [name, { kind }] of Object.entries(inputs)) {
    options[name] = { type: kind === 'boolean' ? 'boolean' : 'string', multiple: true };
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    tokens: true,
    allowPositionals: true,
    allowNegative: true,
  });
  const flags = new Map<string, Given>();
  const issues: InputIssue[] = [];
  let afterUnknown = -2;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      // What follows an unknown flag was most likely its value.
      if (afterUnknown === token.index - 1) continue;
      issues.push({ where: token.value, message: 'is no flag', hint: 'Flags begin with --.' });
      continue;
    }
    if (token.kind === 'option-terminator') continue;
    // Node names a negated option now with and now without its `no-`.
    const raw = token.rawName.replace(/^-+/, '').replace(/=.*$/s, '');
    const negated = raw.startsWith('no-') && !Object.hasOwn(inputs, raw);
    const name = negated ? raw.slice(3) : raw;
    const where = token.rawName;
    const declared = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (!declared || (negated && declared.kind !== 'boolean')) {
      if (token.value === undefined) afterUnknown = token.index;
      const near = nearest(raw, Object.keys(inputs));
      issues.push({ where, message: 'is not a flag of this verb', hint: near && `Did you mean --${near}?` });
    } else if (declared.secret) {
      issues.push({
        where,
        message: 'is a secret, and everyone can read the arguments of a program',
        hint: `Set LADING_${variableName(name)} instead.`,
      });
    } else if (declared.kind === 'boolean') {
      if (token.value !== undefined) flags.set(name, [token.value]);
      else flags.set(name, !negated);
    } else if (token.value === undefined) {
      issues.push({ where, message: 'needs a value' });
    } else {
      flags.set(name, [...((flags.get(name) as readonly string[] | undefined) ?? []), token.value]);
    }
  }
  return { flags, issues };
}

/** `dry-run` → `DRY_RUN`. */
export function variableName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}
