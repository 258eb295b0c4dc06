/**
 * The declaration of one input of a verb. From it come the flag, the environment variable, the action input, the key
 * in `lading.yml`, the help, the reference page and the JSON Schema.
 */
export interface Input<Value, Required extends boolean = boolean> {
  readonly kind: InputKind;
  /** One sentence, without a full stop at its end. */
  readonly summary: string;
  /** What stands for the value in help, as `DIR`. */
  readonly placeholder?: string | undefined;
  readonly default?: Value | undefined;
  readonly required: Required;
  readonly choices?: readonly string[] | undefined;
  /** Key in `lading.yml` as `build.base`; `<verb>.<name>` when left out, false when it must not stand in a file. */
  readonly key?: string | false | undefined;
  /** May not be given as a flag, since argv is public: only by environment, file or action input. */
  readonly secret?: boolean | undefined;
  /** Throws an `InputError` for a text that cannot be right, of a list for each: it is told with every other mistake. */
  readonly check?: ((text: string) => unknown) | undefined;
  /** Phantom: the type that `run` gets. */
  readonly value?: Value;
}

export type InputKind = 'string' | 'path' | 'boolean' | 'integer' | 'duration' | 'list' | 'pairs' | 'choice';

interface Options<Value> {
  readonly placeholder?: string;
  readonly default?: Value;
  readonly key?: string | false;
  readonly secret?: boolean;
  readonly check?: (text: string) => unknown;
}

type Optional<Value> = Options<Value> & { readonly required?: false };
type Demanded<Value> = Options<Value> & { readonly required: true };
type Defaulted<Value> = Options<Value> & { readonly default: Value };

interface Maker<Value> {
  (summary: string, options: Demanded<Value> | Defaulted<Value>): Input<Value, true>;
  (summary: string, options?: Optional<Value>): Input<Value, false>;
}

function maker<Value>(kind: InputKind): Maker<Value> {
  return ((summary: string, options: Options<Value> & { required?: boolean } = {}) => ({
    kind,
    summary,
    ...options,
    required: options.required ?? false,
  })) as Maker<Value>;
}

/** Makers of inputs. A duration is milliseconds; a list keeps its order; pairs are `K=V` split at the first `=`. */
export const input = {
  string: maker<string>('string'),
  /** Resolved against the working directory before `run` sees it. */
  path: maker<string>('path'),
  boolean: maker<boolean>('boolean'),
  integer: maker<number>('integer'),
  duration: maker<number>('duration'),
  list: maker<readonly string[]>('list'),
  pairs: maker<Readonly<Record<string, string>>>('pairs'),
  choice<const Choice extends string, const Chosen extends Choice | undefined = undefined>(
    summary: string,
    choices: readonly Choice[],
    options: Omit<Options<Choice>, 'default'> & { readonly default?: Chosen; readonly required?: boolean } = {},
  ): Input<Choice, Chosen extends string ? true : false> {
    return {
      kind: 'choice',
      summary,
      choices,
      ...options,
      required: (options.required ?? false) as Chosen extends string ? true : false,
    };
  },
};

export type Inputs = Readonly<Record<string, Input<unknown>>>;

type ValueOf<I> =
  I extends Input<infer Value, infer Required> ? (Required extends true ? Value : Value | undefined) : never;

/** What `run` gets: the inputs by their names, `dry-run` as `dryRun`. */
export type ValuesOf<I extends Inputs> = { readonly [Name in keyof I as CamelCase<Name & string>]: ValueOf<I[Name]> };

export type CamelCase<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
