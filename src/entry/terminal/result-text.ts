import type { Command } from '../../base/declare/command.js';
import type { FoundEffects } from '../../base/declare/effects.js';
import { InputError } from '../../base/errors.js';
import type { Inputs } from '../../base/declare/input.js';
import { input } from '../../base/declare/input.js';
import { printable, printableJson } from '../../base/tell/printable.js';
import { commonInputs } from '../inputs/arguments.js';
import type { Settings } from '../run/settings.js';
import type { Shell } from './shell-lines.js';
import { shellLines, shells } from './shell-lines.js';

const shellInput = {
  shell: input.choice('Print what this shell runs to see the result', shells, { key: false }),
};

/** Inputs of a verb that leaves something for a shell to see. */
export function shellInputs({ effects }: Pick<Command<Inputs, unknown>, 'effects'>): Inputs {
  return effects?.variables !== undefined || effects?.paths !== undefined ? shellInput : {};
}

/** The inputs that the verb has on the command line beside its own. */
export function sharedInputs(command: Pick<Command<Inputs, unknown>, 'effects'>): Inputs {
  return { ...(commonInputs as unknown as Inputs), ...shellInputs(command) };
}

interface Shown {
  readonly settings: Pick<Settings, 'json' | 'shell'>;
  readonly effects: FoundEffects;
  readonly redact: (text: string) => string;
  readonly stdout: { readonly isTTY?: boolean };
}

/** What stands on stdout at the end of a run; empty when nothing does. */
export function resultText(command: Command<Inputs, unknown>, result: unknown, shown: Shown): string {
  const { settings, effects, redact, stdout } = shown;
  if (settings.json) return printableJson(redact(JSON.stringify(result, undefined, 2)));
  if (settings.shell === undefined && effects.print !== undefined) return effects.print;
  const shell = settings.shell ?? (command.text || !command.effects?.variables ? undefined : 'sh');
  if (shell === undefined) return printable(redact(command.text?.(result) ?? ''));
  if (stdout.isTTY && effects.secrets.length > 0) {
    throw new InputError({
      where: 'stdout',
      message: 'is a terminal, and what would stand there holds secrets',
      hint: `Let the shell run it: ${howToRun(shell, command.name)}`,
    });
  }
  // Who asks for them gets them as they are: they go to the shell, not to a reader.
  return shellLines(effects, shell);
}

function howToRun(shell: Shell, verb: string): string {
  if (shell === 'fish') return `lading ${verb} --shell fish | source`;
  return shell === 'powershell' ? `lading ${verb} --shell powershell | Invoke-Expression` : `eval "$(lading ${verb})"`;
}
