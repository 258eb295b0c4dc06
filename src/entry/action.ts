import type { Command } from '../base/declare/command.js';
import { InputError } from '../base/errors.js';
import type { Inputs } from '../base/declare/input.js';
import { commandTable } from '../commands/index.js';
import { annotation } from '../report/escape/workflow-command.js';
import { runPost } from './runner/post-step.js';
import type { Runner } from './runner/runner.js';
import { runStep } from './runner/step.js';

/**
 * One step of a job. `as` is the action of others under whose names the verb is used, without its owner. Returns its exit
 * code instead of exiting.
 */
export async function runAction(verb: string, runner: Runner, as?: string): Promise<number> {
  const command = await findVerb(verb, runner);
  if (!command) return new InputError({ where: verb, message: '' }).exitCode;
  return runStep(
    command,
    runner,
    command.compat?.find(({ action }) => action.split('/').at(-1) === as),
  );
}

/** The end of the job for a step that left something to undo. */
export async function endAction(verb: string, runner: Runner): Promise<void> {
  const command = await findVerb(verb, runner);
  if (command) await runPost(command, runner);
}

async function findVerb(verb: string, runner: Runner): Promise<Command<Inputs, unknown> | undefined> {
  const entry = commandTable.find((candidate) => candidate.name === verb);
  if (entry) return entry.load();
  runner.write(`${annotation({ level: 'error', title: 'lading', text: `${verb} is not a verb of lading` })}\n`);
  return undefined;
}
