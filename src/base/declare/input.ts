import type { Source } from './origin.js';

/**
 * The declaration of one input of a verb. From it come the flag, the environment variable, the action input, the key
 * in `lading.yml`, the help, the reference page and the JSON Schema.
 */
export interface Input<Value, Required extends boolean = boolean, Taken = unknown> {
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
  /**
   * On the command line it is a bare word behind the verb, too: `infra plan service`. Of several the words go to the first
   * that has none yet; a list takes all that are left.
   */
  readonly positional?: boolean | undefined;
  /** No flag, no input of an action, and in no help: from the environment and `lading.yml` alone. */
  readonly unlisted?: boolean | undefined;
  /** Further names as a flag, a variable and an action input. */
  readonly aliases?: readonly string[] | undefined;
  /** From the text, of a list from each, to what `run` gets. Throws an `InputError`, told with every other mistake. */
  readonly parse?: ((text: string, folder: string) => unknown) | undefined;
  /** Undone by `parse`. Text stays as it is when it is left out. */
  readonly format?: ((value: never) => string) | undefined;
  /** Of `entries` and `record`: what may stand in each map. */
  readonly fields?: Inputs | undefined;
  /** Phantom: the type that `run` gets. */
  readonly value?: Value;
  /** Phantom: the type that the library takes. */
  readonly taken?: Taken;
}

export type InputKind =
  'string' | 'path' | 'boolean' | 'integer' | 'duration' | 'list' | 'pairs' | 'choice' | 'entries' | 'record';

export type Inputs = Readonly<Record<string, Input<unknown>>>;

/** Text to a typed value and back. `folder` is where relative paths of that text start. */
export interface Form<Item> {
  readonly parse: (text: string, folder: string) => Item;
  readonly format: (item: Item) => string;
}

interface Options<Value> {
  readonly placeholder?: string;
  readonly default?: Value;
  readonly key?: string | false;
  readonly secret?: boolean;
  readonly positional?: boolean;
  readonly aliases?: readonly string[];
}

type Optional<Value> = Options<Value> & { readonly required?: false };
/** A value that is always there. */
type Sure<Value> = Options<Value> & ({ readonly required: true } | { readonly default: Value });

interface Maker<Value, Taken = Value> {
  (summary: string, options: Sure<Value>): Input<Value, true, Taken>;
  (summary: string, options?: Optional<Value>): Input<Value, false, Taken>;
}

interface TextMaker extends Maker<string> {
  <Item>(summary: string, options: Form<Item> & Sure<Item>): Input<Item, true, Item | string>;
  <Item>(summary: string, options: Form<Item> & Optional<Item>): Input<Item, false, Item | string>;
}

interface ListMaker extends Maker<readonly string[]> {
  <Item>(
    summary: string,
    options: Form<Item> & Sure<readonly Item[]>,
  ): Input<readonly Item[], true, readonly (Item | string)[]>;
  <Item>(
    summary: string,
    options: Form<Item> & Optional<readonly Item[]>,
  ): Input<readonly Item[], false, readonly (Item | string)[]>;
}

/** One of the maps under a key: its fields, and where it stands. */
export type Entry<Fields extends Inputs> = ValuesOf<Fields> & {
  readonly name: string;
  /** For errors: the place of a field (`smoke.url` inside of a record), else of the entry, as `lading.yml:12:5`. */
  readonly where: (field?: string) => string;
  /** Where the value of a field came from; `absent` when it was not given, also when it has a default. */
  readonly source: (field: string) => Source;
};

function maker(kind: InputKind) {
  return (summary: string, options: Options<unknown> & { required?: boolean } = {}) => ({
    kind,
    summary,
    ...options,
    required: options.required ?? false,
  });
}

/**
 * Makers of inputs. A duration is milliseconds; a list keeps its order; pairs are `K=V` split at the first `=`. A string
 * and a list may have a {@link Form}.
 */
export const input = {
  string: maker('string') as TextMaker,
  /** Absolute when `run` sees it: from the folder of `lading.yml` when it stands there, else the working directory. */
  path: maker('path') as Maker<string>,
  boolean: maker('boolean') as Maker<boolean>,
  integer: maker('integer') as Maker<number>,
  duration: maker('duration') as Maker<number, number | string>,
  list: maker('list') as ListMaker,
  pairs: maker('pairs') as Maker<Readonly<Record<string, string>>>,
  choice<
    const Choice extends string,
    const Chosen extends Choice | undefined = undefined,
    const Needed extends boolean = false,
  >(
    summary: string,
    choices: readonly Choice[],
    options: Omit<Options<Choice>, 'default'> & { readonly default?: Chosen; readonly required?: Needed } = {},
  ): Input<Choice, Chosen extends string ? true : Needed, Choice> {
    return {
      kind: 'choice',
      summary,
      choices,
      ...options,
      required: (options.required ?? false) as Chosen extends string ? true : Needed,
    };
  },
  /** Maps by name, in the order in which they stand; none is an empty list. A field may not be called name, where or source. */
  entries<const Fields extends Inputs>(
    summary: string,
    options: { readonly fields: Fields; readonly key?: string | false; readonly placeholder?: string },
  ): Input<readonly Entry<Fields>[], true, Readonly<Record<string, CallOf<Fields>>>> {
    return { kind: 'entries', summary, ...options, default: [], required: false as true };
  },
  /** One map with declared fields. */
  record<const Fields extends Inputs>(
    summary: string,
    options: { readonly fields: Fields; readonly key?: string | false; readonly placeholder?: string },
  ): Input<ValuesOf<Fields>, false, CallOf<Fields>> {
    return { kind: 'record', summary, ...options, required: false };
  },
};

type ValueOf<I> =
  I extends Input<infer Value, infer Required> ? (Required extends true ? Value : Value | undefined) : never;

/** What `run` gets: the inputs by their names, `dry-run` as `dryRun`. */
export type ValuesOf<I extends Inputs> = { readonly [Name in keyof I as CamelCase<Name & string>]: ValueOf<I[Name]> };

type TakenOf<I> = I extends { readonly taken?: infer Taken } ? Taken : never;

/** What the library takes: any of the inputs, as text where it has a form, or typed. */
export type CallOf<I extends Inputs> = {
  readonly [Name in keyof I as CamelCase<Name & string>]?: TakenOf<I[Name]> | undefined;
};

/** The same inputs as fields of an entry: what is not said stays open, so that a default can come from elsewhere. */
export type FieldsOf<I extends Inputs> = {
  readonly [Name in keyof I]: I[Name] extends Input<infer Value> ? Input<Value, false, TakenOf<I[Name]>> : never;
};

export function fieldsOf<const I extends Inputs>(inputs: I): FieldsOf<I> {
  const fields = Object.entries(inputs).map(([name, one]) => {
    const { default: _default, key: _key, ...rest } = one;
    return [name, { ...rest, required: false }];
  });
  return Object.fromEntries(fields) as FieldsOf<I>;
}

/** Inputs that a reader of flags and of help does not meet. */
export function listed(inputs: Inputs): Inputs {
  return Object.fromEntries(Object.entries(inputs).filter(([, { unlisted }]) => !unlisted));
}

/**
 * Inputs of another verb that this one takes from the environment and from `lading.yml`: under names with a prefix, and
 * from the same variables where the verb has none of its own by that name.
 */
export function unlisted<const I extends Inputs, Prefix extends string>(
  prefix: Prefix,
  inputs: I,
  own: Inputs,
): { readonly [Name in keyof I & string as `${Prefix}-${Name}`]: I[Name] } {
  const renamed = Object.entries(inputs).map(([name, one]) => [
    `${prefix}-${name}`,
    { ...one, unlisted: true, aliases: Object.hasOwn(own, name) ? [] : [name] },
  ]);
  return Object.fromEntries(renamed) as { readonly [Name in keyof I & string as `${Prefix}-${Name}`]: I[Name] };
}

export type CamelCase<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
