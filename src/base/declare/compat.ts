import type { StepOutput } from './step-output.js';

/** What becomes of one input of somebody else's action. */
export type CompatInput =
  | {
      /** The input of the verb that it is given to. */
      readonly to: string;
      /** Instead of the verb's own summary. */
      readonly summary?: string;
      /** Texts that it takes, with what they are for the verb. Others are mistakes. */
      readonly values?: Readonly<Record<string, string>>;
      /** From its text to the verb's; undefined for one that asks for nothing. */
      readonly text?: (text: string) => string | undefined;
      /** What that action takes when it is not given. */
      readonly default?: string;
      /** Variable that the action reads when it is not given. */
      readonly variable?: string;
    }
  /** It cannot be taken over: why, and what to do. `unless` are texts that ask for nothing, as `false`. */
  | { readonly refuse: string; readonly unless?: readonly string[] }
  /** It is of no consequence here: why. */
  | { readonly ignore: string };

/** A verb under the names of somebody else's action, so that a workflow changes one line. */
export interface Compat<Result> {
  /** `OWNER/NAME`: the name is that of the folder, `actions/NAME`. */
  readonly action: string;
  /** Beside the verb's own. */
  readonly inputs: Readonly<Record<string, CompatInput>>;
  /** Beside the verb's own. */
  readonly outputs?: Readonly<Record<string, StepOutput<Result>>>;
}

/** How most actions write a boolean. */
export const compatBoolean: Readonly<Record<string, string>> = {
  true: 'true',
  True: 'true',
  TRUE: 'true',
  false: 'false',
  False: 'false',
  FALSE: 'false',
};
