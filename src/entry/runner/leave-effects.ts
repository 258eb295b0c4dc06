import { createHash } from 'node:crypto';
import type { Command } from '../../base/declare/command.js';
import type { FoundEffects } from '../../base/declare/effects.js';
import type { Environment } from '../../base/environment.js';
import type { Inputs } from '../../base/declare/input.js';
import { addPath, exportVariable, saveState, setOutput } from './runner-files.js';

/** Under this name the state comes back at the end of the job, as `STATE_lading`. */
export const STATE = 'lading';

/** What the end of a job must know. The values that were set are known by their hashes: they may be secrets. */
export interface SavedState {
  readonly kept: unknown;
  readonly variables: readonly {
    readonly name: string;
    /** What it was before; undefined when it was not there. */
    readonly before: string | undefined;
    readonly hash: string;
  }[];
}

/** Lets the steps that follow see what a verb left. Its state first: whatever fails here is undone. */
export function leaveEffects(
  command: Command<Inputs, unknown>,
  result: unknown,
  { effects, env }: { readonly effects: FoundEffects; readonly env: Environment },
): void {
  keepState(command, result, { variables: effects.variables, env });
  for (const [name, value] of effects.outputs) setOutput(env, name, value);
  for (const [name, value] of effects.variables) exportVariable(env, name, value);
  // The runner puts each before those that came earlier.
  for (const folder of [...effects.paths].reverse()) addPath(env, folder);
}

/** Also of a verb that failed and had come to something. */
export function keepState(
  command: Command<Inputs, unknown>,
  result: unknown,
  { variables, env }: { readonly variables: ReadonlyMap<string, string>; readonly env: Environment },
): void {
  const post = command.effects?.post;
  if (!post) return;
  const kept = post.keep(result);
  if (kept === undefined && variables.size === 0) return;
  const state: SavedState = {
    kept,
    variables: [...variables].map(([name, value]) => ({ name, before: env[name], hash: hashOf(value) })),
  };
  saveState(env, STATE, JSON.stringify(state));
}

export function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
