import type { Compat } from './compat.js';
import type { Context } from '../context.js';
import type { Effects } from './effects.js';
import type { StepOutput } from './step-output.js';
import type { Inputs, ValuesOf } from './input.js';
import type { Origins } from './origin.js';
import { given } from './origin.js';

/**
 * What a verb needs to be allowed to do, by the party that allows it: `aws`, `github`. Yields the policy, the workflow's
 * `permissions:` and the checks of `doctor`.
 */
export type Needs = Readonly<Record<string, readonly Need[]>>;

export interface Need {
  /** In the party's words: `ecs:UpdateService`, `write`. */
  readonly action: string;
  /** On what, in the party's words: a kind of resource, `id-token`. */
  readonly resource: string;
  /** Why, in the words of the reference page. */
  readonly why: string;
  /** The verb works without it, with less to tell. */
  readonly optional?: boolean;
}

export interface Example {
  readonly command: string;
  readonly about: string;
}

export interface Command<I extends Inputs = Inputs, Result = unknown> {
  readonly name: string;
  readonly summary: string;
  /** Markdown paragraphs for the reference page. */
  readonly description?: string;
  readonly inputs: I;
  readonly outputs?: Readonly<Record<string, StepOutput<Result>>>;
  readonly needs?: Needs;
  readonly effects?: Effects<Result>;
  /** Actions of others whose names of inputs and outputs it takes, too. */
  readonly compat?: readonly Compat<Result>[];
  readonly examples: readonly Example[];
  /** It makes stacks, or what they need: what `lading.yml` says by their outputs counts as not given. */
  readonly beforeStacks?: boolean;
  /** A GitHub Action is generated for it. */
  readonly action?: boolean;
  /** Values that a program put together itself need no origins. */
  run(values: ValuesOf<I>, context: Context, origins?: Origins): Promise<Result>;
  /** What stands on stdout without `--json`; left out, nothing does. */
  text?(result: Result): string | undefined;
  /** Instead of `text` in the log of a job, which more people read. */
  stepText?(result: Result): string | undefined;
  /** What goes on after the result is out, as a server does, until the signal aborts. */
  running?(result: Result): Promise<void>;
  /** Exit code of a run that did not throw; 0 when left out. */
  exitCode?(result: Result): number;
}

/** As it is declared: `run` always knows where its values came from. */
export interface Declaration<I extends Inputs, Result> extends Omit<Command<I, Result>, 'run'> {
  run(values: ValuesOf<I>, context: Context, origins: Origins): Promise<Result>;
}

/** Declares a verb, once for the command line, the action and the library. */
export function defineCommand<const I extends Inputs, Result>(declaration: Declaration<I, Result>): Command<I, Result> {
  return { ...declaration, run: (values, context, origins = given) => declaration.run(values, context, origins) };
}
