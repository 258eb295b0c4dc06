import type { Command } from '../../base/declare/command.js';
import { InputError, messageOf } from '../../base/errors.js';
import type { Inputs } from '../../base/declare/input.js';
import { createRedactor } from '../../base/tell/redact.js';
import { chooseSink } from '../../report/choose.js';
import { isOn, parseArguments } from '../inputs/arguments.js';
import { wholeShape } from '../inputs/file/whole-shape.js';
import type { Given } from '../inputs/given.js';
import { heeding } from '../run/heed.js';
import { createPatience } from '../run/patience.js';
import { runCommand } from '../run/run-command.js';
import { readSettings } from '../run/settings.js';
import { openAsk } from './ask.js';
import { openInput } from './piped-input.js';
import { fail } from './fail.js';
import { resultText, sharedInputs } from './result-text.js';
import type { Terminal } from './terminal.js';

/** Who does not heed a signal for so long is left behind. */
const PATIENCE_MS = 1500;

/** A verb with its flags, to its end. Returns the exit code. */
export async function runVerb(
  command: Command<Inputs, unknown>,
  argv: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const shared = sharedInputs(command);
  const { flags, issues } = parseArguments(argv, { ...shared, ...command.inputs });
  // Errors come past the sinks: what was masked during the run is hidden in them, too.
  const redactor = createRedactor();
  const redact = (text: string) => redactor.redact(text);
  let json = isOn(flags.get('json')) || terminal.env.LADING_JSON === 'true';
  let told = false;
  const patience = createPatience(PATIENCE_MS);
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
      // What programs read is no place for questions.
      ask: json ? undefined : openAsk(terminal),
      readInput: openInput(terminal),
      wholeShape,
      patience,
      onResult(result, { effects }) {
        sink.close();
        const text = resultText(command, result, { settings, effects, redact, stdout: terminal.stdout });
        told = true;
        if (text !== '') terminal.stdout.write(`${text}\n`);
      },
    });
    try {
      return await heeding(work, command.name, { signal, escaped, patience: patience.ms });
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
