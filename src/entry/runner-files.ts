import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Environment } from '../base/context.js';
import type { Given } from './inputs/parse-value.js';
import type { Inputs } from '../base/input.js';
import type { InputIssue } from '../base/errors.js';
import { nearest } from './inputs/nearest.js';
import { splitVariable } from './inputs/parse-value.js';

/**
 * What stands under `with:`, as the runner hands it over: `INPUT_<NAME>`, upper case, hyphens kept. An input that is
 * not given comes as an empty text.
 */
export function readActionInputs(
  env: Environment,
  inputs: Inputs,
): { readonly given: ReadonlyMap<string, Given>; readonly issues: readonly InputIssue[] } {
  const given = new Map<string, Given>();
  const issues: InputIssue[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('INPUT_') || text === undefined || text.trim() === '') continue;
    const name = variable.slice('INPUT_'.length).toLowerCase();
    const declared = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (declared) {
      // A block scalar ends with a line break that nobody means.
      const trimmed = declared.secret ? text : text.trim();
      given.set(name, splitVariable(declared, trimmed));
    } else {
      const near = nearest(name, Object.keys(inputs));
      issues.push({ where: name, message: 'is not an input of this action', hint: near && `Did you mean ${near}?` });
    }
  }
  return { given, issues };
}

/** Sets an output of the step. Without the file, as outside of the runner, it does nothing. */
export function setOutput(env: Environment, name: string, value: string): void {
  if (!env.GITHUB_OUTPUT) return;
  const delimiter = `ghadelimiter_${randomUUID()}`;
  appendFileSync(env.GITHUB_OUTPUT, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}
