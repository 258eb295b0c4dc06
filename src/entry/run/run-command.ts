import type { Clock } from '../../base/clock.js';
import type { Command } from '../../base/declare/command.js';
import type { FoundEffects } from '../../base/declare/effects.js';
import { findEffects } from '../../base/declare/effects.js';
import type { Environment } from '../../base/environment.js';
import { cancelled, LadingError, withResult } from '../../base/errors.js';
import type { Inputs } from '../../base/declare/input.js';
import { camelCase } from '../../base/declare/input.js';
import { formatDuration } from '../../base/duration.js';
import type { InputIssue } from '../../base/errors.js';
import type { Ask } from '../../base/tell/ask.js';
import type { Report } from '../../base/tell/report.js';
import type { Choice } from '../inputs/file/config-file.js';
import type { Reference } from '../inputs/file/references.js';
import type { Given, GivenMap } from '../inputs/given.js';
import { readInputs } from '../inputs/read-inputs.js';
import type { Section } from '../inputs/file/shape.js';
import { redactView, viewError } from './describe-error.js';
import { openPageFile } from './page-file.js';
import type { Patience } from './patience.js';
import { placeMistakes } from './place-mistakes.js';
import { lookUpOutputs } from './look-up-outputs.js';
import { openWorld } from './world.js';

export interface Invocation {
  readonly command: Command<Inputs, unknown>;
  readonly given: ReadonlyMap<string, Given>;
  /** Below all: what the action that is stood for takes by itself. */
  readonly defaults?: ReadonlyMap<string, Given> | undefined;
  /** Mistakes that are known already. */
  readonly issues: readonly InputIssue[];
  readonly nameOf: (name: string) => string;
  readonly env: Environment;
  readonly cwd: string;
  readonly config: string | undefined;
  /** The part of `lading.yml` that is laid over the rest. */
  readonly environment: Choice | undefined;
  readonly signal: AbortSignal;
  readonly sink: Report;
  /** The computer's own when left out. */
  readonly clock?: Clock | undefined;
  /** Asks the person at the terminal; left out where there is none. */
  readonly ask?: Ask | undefined;
  /** What is piped in; left out where nothing can be. */
  readonly readInput?: (() => Promise<string>) | undefined;
  /** Limit of the whole run in milliseconds, for verbs without a `timeout` of their own. */
  readonly timeout: number | undefined;
  /** Where the page goes, too. */
  readonly page?: { readonly file: string; readonly where: string } | undefined;
  /** Left out where nobody waits for a program's grace. */
  readonly patience?: Patience | undefined;
  /** What all verbs know, asked for when the file has a key that this one does not. */
  readonly wholeShape: () => Promise<Section>;
  /** Gets the result before the world is closed; verbs that go on (`running`) go on after it. */
  readonly onResult: (result: unknown, ended: Ended) => void;
}

/** What comes with a result. */
export interface Ended {
  /** What others see of the run; its secrets are masked by now. */
  readonly effects: FoundEffects;
  readonly redact: (text: string) => string;
}

/** From what was given to the result: one way for every door. Returns the exit code of a run that did not throw. */
export async function runCommand(invocation: Invocation): Promise<number> {
  const { command, cwd, signal, env, sink, clock } = invocation;
  if (signal.aborted) throw cancelled(command.name);
  const pageFile = await openPageFile(invocation.page?.file, {
    verb: command.name,
    where: invocation.page?.where ?? '',
  });
  const lookUp = (references: readonly Reference[], file: GivenMap) => lookUpOutputs(references, file, invocation);
  const { values, origins, configFile } = await readInputs({ ...invocation, lookUp }).catch(async (error: unknown) => {
    await pageFile?.write(viewError(error, signal)).catch(() => undefined);
    throw error;
  });
  const limit = limited(signal, invocation.timeout);
  const environment = invocation.environment?.name;
  const { patience } = invocation;
  const report: Report = (event) => {
    if (event.type === 'page') pageFile?.add(event.page);
    sink(event);
  };
  const world = openWorld({
    env: withRole(env, command.inputs, values),
    cwd,
    configFile,
    environment,
    signal: limit.signal,
    sink: report,
    clock,
    ask: invocation.ask,
    patience,
    readInput: invocation.readInput,
  });
  maskSecrets(command.inputs, values, world.context.report);
  try {
    const result = await command.run(values, world.context, origins);
    // What ran on to its end all the same is told, and is no success: the next command must not begin.
    if (signal.aborted) throw withResult(cancelled(command.name), result);
    const effects = findEffects(command.effects, result);
    for (const value of effects.secrets) world.context.report({ type: 'mask', value });
    await pageFile?.write();
    invocation.onResult(result, { effects, redact: world.redact });
    await command.running?.(result);
    return command.exitCode?.(result) ?? 0;
  } catch (thrown) {
    const error =
      limit.expired() && !signal.aborted
        ? overdue(command.name, invocation.timeout, thrown)
        : placeMistakes(thrown, command.inputs, origins);
    await pageFile?.write(redactView(viewError(error, signal), world.redact)).catch(() => undefined);
    throw error;
  } finally {
    world.close();
  }
}

function overdue(verb: string, timeout: number | undefined, cause: unknown): LadingError {
  return new LadingError('timeout', `${verb} took longer than ${formatDuration(timeout ?? 0)}`, {
    code: 'TIMEOUT',
    hint: 'Give it more time with --timeout.',
    cause,
    result: cause instanceof LadingError ? cause.result : undefined,
  });
}

/** Whoever opens AWS in this run takes the role of the configuration first. */
function withRole(env: Environment, inputs: Inputs, { role }: Readonly<Record<string, unknown>>): Environment {
  return inputs.role?.key === 'role' && typeof role === 'string' ? { ...env, LADING_ROLE: role } : env;
}

function limited(signal: AbortSignal, timeout: number | undefined) {
  if (timeout === undefined) return { signal, expired: () => false };
  // Node takes no longer waits than 24 days.
  const timer = AbortSignal.timeout(Math.min(timeout, 2 ** 31 - 1));
  return { signal: AbortSignal.any([signal, timer]), expired: () => timer.aborted };
}

function maskSecrets(inputs: Inputs, values: Readonly<Record<string, unknown>>, report: Report): void {
  for (const [name, input] of Object.entries(inputs)) {
    const value = values[camelCase(name)];
    if (input.secret && typeof value === 'string') report({ type: 'mask', value });
  }
}
