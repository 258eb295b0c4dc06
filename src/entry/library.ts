import { resolve } from 'node:path';
import type { Command } from '../base/declare/command.js';
import type { FoundEffects } from '../base/declare/effects.js';
import type { Environment } from '../base/context.js';
import type { CallOf, Inputs } from '../base/declare/input.js';
import { camelCase } from '../base/declare/input.js';
import type { Report } from '../base/tell/report.js';
import { silent } from '../base/tell/report.js';

/** The world of one call. Left out, it is that of this process, and nothing is reported. */
export interface CallOptions {
  /** `LADING_*` and what AWS reads; `process.env` when left out. */
  readonly env?: Environment;
  /** Relative paths start here, and `lading.yml` is looked for from here. */
  readonly cwd?: string;
  /** Configuration file, instead of the one that is found. */
  readonly config?: string;
  /** Part under `environments` of `lading.yml` that is laid over the rest; `LADING_ENVIRONMENT` when left out. */
  readonly environment?: string;
  readonly signal?: AbortSignal;
  /** Gets the events of the run, with secrets hidden; a `mask` event carries the secret itself. */
  readonly report?: Report;
}

/**
 * What a call may give: any input, typed or as the text of a flag. The others come from the environment, `lading.yml` and
 * the defaults.
 */
export type CallValues<I extends Inputs> = CallOf<I>;

export interface Verb<I extends Inputs, Result> {
  (values?: CallValues<I>, options?: CallOptions): Promise<Result>;
  /** What the command line and an action would show to those that come after: variables, folders, made outputs. */
  effects(result: Result): Promise<FoundEffects>;
}

/** A verb as a function. It throws a `LadingError`, and loads its code when it is called. */
export function verb<I extends Inputs, Result>(load: () => Promise<Command<I, Result>>): Verb<I, Result> {
  const loaded = () => load() as Promise<unknown> as Promise<Command<Inputs, unknown>>;
  return Object.assign(
    async (values: CallValues<I> = {}, options: CallOptions = {}) =>
      (await call(await loaded(), values, options)) as Result,
    {
      async effects(result: Result) {
        const { findEffects } = await import('../base/declare/effects.js');
        return findEffects((await loaded()).effects, result);
      },
    },
  );
}

async function call(
  command: Command<Inputs, unknown>,
  values: Readonly<Record<string, unknown>>,
  options: CallOptions,
): Promise<unknown> {
  const [{ runCommand }, { readObject }, { wholeShape }] = await Promise.all([
    import('./run/run-command.js'),
    import('./inputs/objects.js'),
    import('./inputs/file/whole-shape.js'),
  ]);
  const { given, issues } = readObject(values, command.inputs, { prefix: '', what: 'an input of this verb' });
  const env = options.env ?? process.env;
  const environment = options.environment ?? env.LADING_ENVIRONMENT;
  let result: unknown;
  await runCommand({
    command,
    given,
    issues,
    nameOf: camelCase,
    env,
    cwd: resolve(options.cwd ?? process.cwd()),
    config: options.config,
    environment: environment ? { name: environment, where: 'environment' } : undefined,
    signal: options.signal ?? new AbortController().signal,
    sink: options.report ?? silent,
    timeout: undefined,
    wholeShape,
    onResult(made) {
      result = made;
    },
  });
  return result;
}
