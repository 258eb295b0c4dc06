import type { Compat, CompatInput } from '../../base/declare/compat.js';
import type { Environment } from '../../base/environment.js';
import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import type { Inputs } from '../../base/declare/input.js';
import { nearest } from '../../base/nearest.js';
import { namesOf } from '../inputs/arguments.js';
import type { Given } from '../inputs/given.js';
import { readText } from '../inputs/texts.js';

export interface StepInputs {
  readonly given: ReadonlyMap<string, Given>;
  /** What the other action takes when nothing is said, here or in `lading.yml`. */
  readonly defaults: ReadonlyMap<string, Given>;
  readonly issues: readonly InputIssue[];
  /** Inputs of another action that mean nothing here, with why. */
  readonly ignored: readonly string[];
}

/**
 * What stands under `with:`, as the runner hands it over: `INPUT_<NAME>`, upper case, hyphens kept. An input that is
 * not given comes as an empty text. With `compat` the names of that action are taken, too.
 */
export async function readStepInputs(env: Environment, inputs: Inputs, compat?: Compat<unknown>): Promise<StepInputs> {
  const names = new Map([...namesOf(inputs)].map(([name, own]) => [name.toLowerCase(), own]));
  const foreign = new Map(Object.entries(compat?.inputs ?? {}).map(([name, to]) => [name.toLowerCase(), { name, to }]));
  const texts = new Map<string, Text>();
  const defaults = new Map<string, Text>();
  const issues: InputIssue[] = [];
  const ignored: string[] = [];
  const add = (own: string, text: string, where: string) => {
    const before = texts.get(own);
    if (before) issues.push({ where, message: `says the same as ${before.where}`, hint: 'Give one of them.' });
    else texts.set(own, { text, where });
  };
  const given = givenTexts(env);
  for (const { name, to } of foreign.values()) takeForeign(name, to, { env, given, add, defaults, issues, ignored });
  for (const [name, text] of given) {
    if (foreign.has(name)) continue;
    const own = names.get(name);
    if (own !== undefined) add(own, text, `input ${own}`);
    else {
      const near = nearest(name, [...names.keys(), ...foreign.keys()]);
      issues.push({ where: name, message: 'is not an input of this action', hint: near && `Did you mean ${near}?` });
    }
  }
  const readAll = (from: ReadonlyMap<string, Text>) => readTexts(from, inputs, issues);
  return { given: await readAll(texts), defaults: await readAll(defaults), issues, ignored };
}

interface Text {
  readonly text: string;
  readonly where: string;
}

async function readTexts(texts: ReadonlyMap<string, Text>, inputs: Inputs, issues: InputIssue[]) {
  const read = new Map<string, Given>();
  for (const [own, { text, where }] of texts) {
    const declared = inputs[own];
    if (!declared) throw new Error(`${where} stands for ${own}, which is no input`);
    // A block scalar ends with a line break that nobody means.
    const result = await readText(declared, declared.secret ? text : text.trim(), { where, source: 'flag' });
    issues.push(...result.issues);
    if (result.given) read.set(own, result.given);
  }
  return read;
}

/** By lower-case name, in the order of the runner. */
function givenTexts(env: Environment): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(env).flatMap(([variable, text]) =>
      variable.startsWith('INPUT_') && text !== undefined && text.trim() !== ''
        ? [[variable.slice('INPUT_'.length).toLowerCase(), text] as const]
        : [],
    ),
  );
}

interface Taking {
  readonly env: Environment;
  readonly given: ReadonlyMap<string, string>;
  readonly add: (own: string, text: string, where: string) => void;
  readonly defaults: Map<string, Text>;
  readonly issues: InputIssue[];
  readonly ignored: string[];
}

/** One input of the other action: as it was given, by its variable, or by its default. */
function takeForeign(name: string, to: CompatInput, { env, given, add, defaults, issues, ignored }: Taking): void {
  const text = given.get(name.toLowerCase());
  const where = `input ${name}`;
  if ('refuse' in to) {
    if (text !== undefined && !to.unless?.includes(text.trim())) {
      issues.push({ where, message: `cannot be taken over: ${to.refuse}` });
    }
  } else if ('ignore' in to) {
    if (text !== undefined) ignored.push(`${where} is of no consequence: ${to.ignore}`);
  } else {
    const variable = to.variable === undefined ? undefined : env[to.variable];
    const found =
      text !== undefined ? { text, where } : variable ? { text: variable, where: to.variable ?? '' } : undefined;
    const byDefault = !found && to.default !== undefined ? ownText(to, to.default, where) : undefined;
    if (byDefault !== undefined) defaults.set(to.to, { text: byDefault, where });
    if (!found) return;
    try {
      const own = ownText(to, found.text, found.where);
      if (own !== undefined) add(to.to, own, found.where);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      issues.push(...error.issues.map((issue) => ({ ...issue, where: found.where })));
    }
  }
}

/** The verb's text for that of the other action. */
function ownText(to: Extract<CompatInput, { to: string }>, text: string, where: string): string | undefined {
  const { values } = to;
  const trimmed = text.trim();
  const value = !values ? text : Object.hasOwn(values, trimmed) ? values[trimmed] : undefined;
  if (value !== undefined) return to.text ? to.text(value.trim()) : value;
  const message = `is one of ${Object.keys(values ?? {}).join(', ')}, not ${JSON.stringify(trimmed)}`;
  throw new InputError({ where, message });
}
