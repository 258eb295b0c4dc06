import { InputError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import type { CommandEntry } from '../commands/index.js';
import { commandTable } from '../commands/index.js';
import type { Terminal } from './terminal/terminal.js';

export type { Terminal };

/** One run of the command line. Returns its exit code instead of exiting. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [verb, ...rest] = joinVerb(argv);
  try {
    if (verb === undefined || verb === '--help' || verb === '-h') return await showHelp(undefined, terminal);
    if (verb === 'help') return await showHelp(joinVerb(rest)[0], terminal);
    if (verb === 'completion') return await complete(rest[0], terminal);
    if (rest.includes('--help')) return await showHelp(verb, terminal);
    const command = await findVerb(verb).load();
    const { runVerb } = await import('./terminal/run-verb.js');
    return await runVerb(command, rest, terminal);
  } catch (error) {
    const { fail } = await import('./terminal/fail.js');
    return fail(error, terminal, rest.includes('--json') || terminal.env.LADING_JSON === 'true');
  }
}

function findVerb(verb: string): CommandEntry {
  const entry = commandTable.find((candidate) => candidate.name === verb);
  if (entry) return entry;
  const group = groupOf(verb);
  if (group.length > 0) {
    const names = group.map(({ name }) => name).join(', ');
    throw new InputError({ where: verb, message: 'takes a second word', hint: `It is one of: ${names}.` });
  }
  const near = nearest(
    verb,
    commandTable.map((candidate) => candidate.name),
  );
  const hint = near ? `Did you mean ${near}?` : 'lading --help lists them.';
  throw new InputError({ where: verb, message: 'is not a verb of lading', hint });
}

/** Verbs of two words that begin with this one. */
function groupOf(word: string): readonly CommandEntry[] {
  return commandTable.filter(({ name }) => name.startsWith(`${word} `));
}

/** Verbs of two words, as `init rotate`, become one. */
function joinVerb(argv: readonly string[]): readonly string[] {
  const pair = argv.slice(0, 2).join(' ');
  return commandTable.some((entry) => entry.name === pair) ? [pair, ...argv.slice(2)] : argv;
}

async function showHelp(verb: string | undefined, terminal: Terminal): Promise<number> {
  const { helpOf, overview } = await import('./terminal/help.js');
  const group = verb === undefined ? commandTable : groupOf(verb);
  const isVerb = commandTable.some(({ name }) => name === verb);
  const text =
    verb === undefined || (!isVerb && group.length > 0) ? overview(group) : helpOf(await findVerb(verb).load());
  terminal.stdout.write(`${text}\n`);
  return 0;
}

async function complete(shell = 'completion', terminal: Terminal): Promise<number> {
  const { completionFor } = await import('./terminal/completion.js');
  const script = await completionFor(shell);
  if (script === undefined) {
    const message = 'is not a shell with completions';
    throw new InputError({ where: shell, message, hint: 'Choose bash, zsh or fish.' });
  }
  terminal.stdout.write(script);
  return 0;
}
