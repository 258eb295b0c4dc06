import type { Clock } from '../base/clock.js';
import type { Command } from '../base/command.js';
import type { Environment } from '../base/context.js';
import { InputError, messageOf } from '../base/errors.js';
import type { Inputs } from '../base/input.js';
import { printable, printableJson } from '../base/printable.js';
import { createRedactor } from '../base/redact.js';
import type { CommandEntry } from '../commands/index.js';
import { commandTable } from '../commands/index.js';
import { chooseSink } from '../report/choose.js';
import { annotation, harmless } from '../report/escape/workflow-command.js';
import { isOn, parseArguments } from './inputs/arguments.js';
import { errorJson, exitCodeOf, formatError, viewError } from './run/describe-error.js';
import { wholeShape } from './inputs/file/whole-shape.js';
import { heeding } from './run/heed.js';
import { nearest } from '../base/nearest.js';
import type { Given } from './inputs/given.js';
import { runCommand } from './run/run-command.js';
import { resultText, sharedInputs } from './terminal/result-text.js';
import { readSettings } from './run/settings.js';

export interface Terminal {
  readonly env: Environment;
  /** Throws when the working directory is gone. */
  readonly cwd: string | (() => string);
  readonly signal: AbortSignal;
  /** Rejects with a failure that nobody waited for. */
  readonly escaped?: Promise<never>;
  /** The computer's own when left out. */
  readonly clock?: Clock;
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
}

/** Who does not heed a signal for so long is left behind. */
const PATIENCE_MS = 1500;

/** One run of the command line. Returns its exit code instead of exiting. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [verb, ...rest] = joinVerb(argv);
  try {
    if (verb === undefined || verb === '--help' || verb === '-h') return await showHelp(undefined, terminal);
    if (verb === 'help') return await showHelp(joinVerb(rest)[0], terminal);
    if (verb === 'completion') return await complete(rest[0], terminal);
    if (rest.includes('--help')) return await showHelp(verb, terminal);
    return await run(await findVerb(verb).load(), rest, terminal);
  } catch (error) {
    return fail(error, terminal, rest.includes('--json') || terminal.env.LADING_JSON === 'true');
  }
}

function findVerb(verb: string): CommandEntry {
  const entry = commandTable.find((candidate) => candidate.name === verb);
  if (entry) return entry;
  const near = nearest(
    verb,
    commandTable.map((candidate) => candidate.name),
  );
  const hint = near ? `Did you mean ${near}?` : 'lading --help lists them.';
  throw new InputError({ where: verb, message: 'is not a verb of lading', hint });
}

/** Verbs of two words, as `init rotate`, become one. */
function joinVerb(argv: readonly string[]): readonly string[] {
  const pair = argv.slice(0, 2).join(' ');
  return commandTable.some((entry) => entry.name === pair) ? [pair, ...argv.slice(2)] : argv;
}

async function run(command: Command<Inputs, unknown>, argv: readonly string[], terminal: Terminal): Promise<number> {
  const shared = sharedInputs(command);
  const { flags, issues } = parseArguments(argv, { ...shared, ...command.inputs });
  // Errors come past the sinks: what was masked during the run is hidden in them, too.
  const redactor = createRedactor();
  const redact = (text: string) => redactor.redact(text);
  let json = isOn(flags.get('json')) || terminal.env.LADING_JSON === 'true';
  let told = false;
  try {
    const { env, signal, clock, escaped } = terminal;
    const cwd = typeof terminal.cwd === 'string' ? terminal.cwd : workingDirectory(terminal.cwd);
    const nameOf = (name: string) => `--${name}`;
    const settings = await readSettings(shared, { command, given: flags, nameOf, env, cwd });
    const { quiet, verbose = false } = settings;
    json = settings.json;
    const sink = await chooseSink(terminal, { quiet, verbose });
    const work = runCommand({
      ...settings,
      command,
      given: onlyOwn(flags, command.inputs),
      issues: [...issues, ...settings.issues],
      nameOf,
      env,
      signal,
      clock,
      sink(event) {
        if (event.type === 'mask') redactor.add(event.value);
        sink.report(event);
      },
      wholeShape,
      onResult(result, { effects }) {
        sink.close();
        const text = resultText(command, result, { settings, effects, redact, stdout: terminal.stdout });
        told = true;
        if (text !== '') terminal.stdout.write(`${text}\n`);
      },
    });
    try {
      return await heeding(work, command.name, { signal, escaped, patienceMs: PATIENCE_MS });
    } finally {
      sink.close();
    }
  } catch (error) {
    // There is one object on stdout, whatever the end.
    return fail(error, terminal, json && !told, redact);
  }
}

function workingDirectory(cwd: () => string): string {
  try {
    return cwd();
  } catch (error) {
    throw new InputError({
      where: 'working directory',
      message: `the working directory cannot be used: ${messageOf(error)}`,
      hint: 'Go to a folder that exists.',
    });
  }
}

function onlyOwn(flags: ReadonlyMap<string, Given>, inputs: Inputs): ReadonlyMap<string, Given> {
  return new Map([...flags].filter(([name]) => Object.hasOwn(inputs, name)));
}

/** The one place where a failure is shown. */
function fail(
  error: unknown,
  terminal: Pick<Terminal, 'env' | 'signal' | 'stdout' | 'stderr'>,
  json: boolean,
  redact: (text: string) => string = (text) => text,
): number {
  const view = viewError(error, terminal.signal);
  if (json) {
    terminal.stdout.write(`${printableJson(redact(errorJson(view, error)))}\n`);
  }
  const text = printable(redact(formatError(view)));
  if (terminal.env.GITHUB_ACTIONS !== 'true') terminal.stderr.write(`${text}\n`);
  else {
    terminal.stderr.write(`${harmless(text)}\n`);
    terminal.stderr.write(`${annotation({ level: 'error', title: 'lading', text: redact(view.message) })}\n`);
  }
  return exitCodeOf(view);
}

async function showHelp(verb: string | undefined, terminal: Terminal): Promise<number> {
  const { helpOf, overview } = await import('./terminal/help.js');
  const text = verb === undefined ? overview(commandTable) : helpOf(await findVerb(verb).load());
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
