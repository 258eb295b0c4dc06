import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Environment } from '../../base/environment.js';
import { LadingError, messageOf } from '../../base/errors.js';

/** Refused by the runner, or its own. https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
const NOT_OURS = /^(?:NODE_OPTIONS$|GITHUB_|RUNNER_)/;

/** Sets an output of the step. Without the file, as outside of the runner, it does nothing; so do the others. */
export function setOutput(env: Environment, name: string, value: string): void {
  appendPair(env, 'GITHUB_OUTPUT', name, value);
}

/** Sets a variable for the steps that follow. An empty text stands for none: the runner cannot take one away. */
export function exportVariable(env: Environment, name: string, value: string): void {
  if (NOT_OURS.test(name)) throw new Error(`${name} cannot be set for later steps`);
  appendPair(env, 'GITHUB_ENV', name, value);
}

/** Puts a folder first on the PATH of the steps that follow. */
export function addPath(env: Environment, folder: string): void {
  if (/[\r\n]/.test(folder)) throw new Error(`a folder on PATH has no line breaks: ${JSON.stringify(folder)}`);
  append(env, 'GITHUB_PATH', `${folder}\n`);
}

/** Keeps a text for the end of the job, where it comes as the variable `STATE_<name>`. */
export function saveState(env: Environment, name: string, value: string): void {
  appendPair(env, 'GITHUB_STATE', name, value);
}

function appendPair(env: Environment, file: string, name: string, value: string): void {
  // A name ends the line's grammar where a value cannot: its delimiter is not known to who made the value.
  if (!/^[\w.-]+$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name for ${file}`);
  const delimiter = `ghadelimiter_${randomUUID()}`;
  append(env, file, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

function append(env: Environment, variable: string, text: string): void {
  const file = env[variable];
  if (!file) return;
  try {
    appendFileSync(file, text);
  } catch (cause) {
    throw new LadingError('input', `cannot write to the file of ${variable}: ${messageOf(cause)}`, {
      code: 'RUNNER_FILE',
      hint: 'Free some space on the runner.',
      cause,
    });
  }
}
