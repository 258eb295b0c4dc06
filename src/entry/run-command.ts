import { resolve } from 'node:path';
import type { Clock } from '../base/clock.js';
import type { Command } from '../base/command.js';
import type { Environment } from '../base/context.js';
import { cancelled, InputError, LadingError } from '../base/errors.js';
import type { Inputs } from '../base/input.js';
import { camelCase } from '../base/input.js';
import { formatDuration } from '../base/duration.js';
import type { Given } from './inputs/parse-value.js';
import type { InputIssue } from '../base/errors.js';
import type { Report } from '../base/report.js';
import { findConfigFile, readConfigFile } from './inputs/config-file.js';
import { keyOf, resolveValues } from './inputs/values.js';
import { openWorld } from './world.js';

export interface Invocation {
  readonly command: Command<Inputs, unknown>;
  readonly given: ReadonlyMap<string, Given>;
  /** Mistakes that are known already. */
  readonly issues: readonly InputIssue[];
  readonly nameOf: (name: string) => string;
  readonly env: Environment;
  readonly cwd: string;
  readonly config: string | undefined;
  readonly signal: AbortSignal;
  readonly sink: Report;
  /** The computer's own when left out. */
  readonly clock?: Clock | undefined;
  /** Limit of the whole run in milliseconds, for verbs without a `timeout` of their own. */
  readonly timeout: number | undefined;
  /** Keys of all verbs, asked for when the file has one that this verb does not know. */
  readonly knownKeys: () => Promise<ReadonlySet<string>>;
  /** Gets the result before the world is closed; verbs that go on (`running`) go on after it. */
  readonly onResult: (result: unknown, redact: (text: string) => string) => void;
}

/** From what was given to the result: one way for every door. Returns the exit code of a run that did not throw. */
export async function runCommand(invocation: Invocation): Promise<number> {
  const { command, cwd, signal } = invocation;
  if (signal.aborted) throw cancelled(command.name);
  const path = invocation.config ? resolve(cwd, invocation.config) : await findConfigFile(cwd);
  const config = path === undefined ? undefined : await readConfigFile(path);
  const resolved = resolveValues(command.inputs, {
    given: invocation.given,
    nameOf: invocation.nameOf,
    env: invocation.env,
    config,
    cwd,
    command: command.name,
  });
  const own = new Set(
    Object.entries(command.inputs).flatMap(([name, input]) => keyOf(command.name, name, input) ?? []),
  );
  const unknown = config && config.issues(own).length > 0 ? config.issues(await invocation.knownKeys()) : [];
  const issues = [...invocation.issues, ...unknown, ...resolved.issues];
  if (issues.length > 0) throw new InputError(issues);

  const limit = limited(invocation.signal, invocation.timeout);
  const { env, sink, clock } = invocation;
  const world = openWorld({ env, cwd, configFile: path, signal: limit.signal, sink, clock });
  maskSecrets(command.inputs, resolved.values, world.context.report);
  try {
    const result = await command.run(resolved.values, world.context);
    // What ran on to its end all the same is told, and is no success: the next command must not begin.
    if (signal.aborted) throw Object.assign(cancelled(command.name), { result });
    invocation.onResult(result, world.redact);
    await command.running?.(result);
    return command.exitCode?.(result) ?? 0;
  } catch (error) {
    if (limit.expired() && !invocation.signal.aborted) {
      throw new LadingError('timeout', `${command.name} took longer than ${formatDuration(invocation.timeout ?? 0)}`, {
        code: 'TIMEOUT',
        hint: 'Give it more time with --timeout.',
        cause: error,
      });
    }
    throw error;
  } finally {
    limit.clear();
    world.close();
  }
}

function limited(signal: AbortSignal, timeout: number | undefined) {
  if (timeout === undefined) return { signal, expired: () => false, clear: () => undefined };
  // Node takes no longer waits than 24 days.
  const timer = AbortSignal.timeout(Math.min(timeout, 2 ** 31 - 1));
  return { signal: AbortSignal.any([signal, timer]), expired: () => timer.aborted, clear: () => undefined };
}

function maskSecrets(inputs: Inputs, values: Readonly<Record<string, unknown>>, report: Report): void {
  for (const [name, input] of Object.entries(inputs)) {
    const value = values[camelCase(name)];
    if (input.secret && typeof value === 'string') report({ type: 'mask', value });
  }
}
