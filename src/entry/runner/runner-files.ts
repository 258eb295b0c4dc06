import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Environment } from '../../base/context.js';
import { namesOf } from '../inputs/arguments.js';
import type { Given } from '../inputs/given.js';
import type { Inputs } from '../../base/input.js';
import type { InputIssue } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import { readText } from '../inputs/texts.js';

/**
 * What stands under `with:`, as the runner hands it over: `INPUT_<NAME>`, upper case, hyphens kept. An input that is
 * not given comes as an empty text.
 */
export async function readActionInputs(
  env: Environment,
  inputs: Inputs,
): Promise<{ readonly given: ReadonlyMap<string, Given>; readonly issues: readonly InputIssue[] }> {
  const names = new Map([...namesOf(inputs)].map(([name, own]) => [name.toLowerCase(), own]));
  const given = new Map<string, Given>();
  const issues: InputIssue[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('INPUT_') || text === undefined || text.trim() === '') continue;
    const name = variable.slice('INPUT_'.length).toLowerCase();
    const own = names.get(name);
    const declared = own === undefined ? undefined : inputs[own];
    if (own !== undefined && declared) {
      // A block scalar ends with a line break that nobody means.
      const trimmed = declared.secret ? text : text.trim();
      const read = await readText(declared, trimmed, { where: `input ${own}`, source: 'flag' });
      issues.push(...read.issues);
      if (read.given) given.set(own, read.given);
    } else {
      const near = nearest(name, names.keys());
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
