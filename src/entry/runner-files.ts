import { randomUUID } from 'node:crypto';
import { appendFileSync, statSync } from 'node:fs';
import type { Environment } from '../base/context.js';
import type { Given } from './inputs/parse-value.js';
import type { Inputs } from '../base/input.js';
import type { InputIssue } from '../base/errors.js';
import { nearest } from './inputs/nearest.js';
import { splitVariable } from './inputs/parse-value.js';

/** GitHub drops a step's summary beyond it. https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
const SUMMARY_LIMIT = 1024 * 1024;

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

/** Appends to the summary of the job, and leaves out what would make GitHub drop all of it. */
export function appendSummary(env: Environment, markdown: string): void {
  const file = env.GITHUB_STEP_SUMMARY;
  if (!file) return;
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const text = markdown.endsWith('\n') ? markdown : `${markdown}\n`;
  if (size + Buffer.byteLength(text) <= SUMMARY_LIMIT) appendFileSync(file, text);
}
