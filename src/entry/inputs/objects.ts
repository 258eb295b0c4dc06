import type { InputIssue } from '../../base/errors.js';
import type { Input, Inputs } from '../../base/declare/input.js';
import { camelCase } from '../../base/declare/input.js';
import type { Given } from './given.js';
import { listGiven, mapGiven, textGiven } from './given.js';
import { nearest } from '../../base/nearest.js';

export interface GivenObject {
  readonly given: ReadonlyMap<string, Given>;
  readonly issues: readonly InputIssue[];
}

/** What a program gives: values become the texts that every door hands over, so that one check serves all. */
export function readObject(
  values: Readonly<Record<string, unknown>>,
  inputs: Inputs,
  options: { readonly prefix: string; readonly what: string },
): GivenObject {
  const names = new Map(Object.keys(inputs).map((name) => [camelCase(name), name]));
  const given = new Map<string, Given>();
  const issues: InputIssue[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const where = `${options.prefix}${key}`;
    const name = names.get(key);
    const input = name === undefined ? undefined : inputs[name];
    if (name === undefined || !input) {
      const near = nearest(key, names.keys());
      issues.push({ where, message: `is not ${options.what}`, hint: near && `Did you mean ${near}?` });
      continue;
    }
    const read = readValue(input, value, where);
    if (!('is' in read)) issues.push(...read.issues);
    else given.set(name, read);
  }
  return { given, issues };
}

function readValue(
  input: Input<unknown>,
  value: unknown,
  where: string,
): Given | { readonly issues: readonly InputIssue[] } {
  const refused = { issues: [{ where, message: `is of kind ${input.kind}, not ${kindOf(value)}` }] };
  const text = (one: string) => textGiven(one, where);
  switch (input.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? text(String(value)) : refused;
    case 'integer':
      return typeof value === 'number' ? text(String(value)) : refused;
    case 'duration':
      if (typeof value === 'string') return text(value);
      return typeof value === 'number' ? text(`${value}ms`) : refused;
    case 'list': {
      const texts = Array.isArray(value) ? value.map((item) => formOf(input, item)) : [undefined];
      if (texts.every((item) => item !== undefined)) return listGiven(texts, where);
      return Array.isArray(value)
        ? { issues: [{ where, message: 'is a list of texts, and not all of it is one' }] }
        : refused;
    }
    case 'pairs':
      return isTexts(value) ? mapGiven(entriesOf(value, text), where) : refused;
    case 'entries':
      return isObject(value) ? readEntries(input, value, where) : refused;
    case 'record':
      return isObject(value) ? readFields(input, value, where) : refused;
    case 'string':
    case 'path':
    case 'choice': {
      const form = formOf(input, value);
      return form === undefined ? refused : text(form);
    }
  }
}

/** The text of a value that has a form; undefined when it has none. */
function formOf(input: Input<unknown>, value: unknown): string | undefined {
  if (typeof value === 'string' || !input.format) return typeof value === 'string' ? value : undefined;
  try {
    return input.format(value as never);
  } catch {
    // Who calls us from JavaScript may give anything.
    return undefined;
  }
}

function readEntries(input: Input<unknown>, value: object, where: string) {
  const issues: InputIssue[] = [];
  const maps: [string, Given][] = [];
  for (const [name, fields] of Object.entries(value) as [string, unknown][]) {
    const place = `${where}.${name}`;
    const read = isObject(fields) ? readFields(input, fields, place) : undefined;
    if (read === undefined) issues.push({ where: place, message: `is an object of fields, not ${kindOf(fields)}` });
    else if ('is' in read) maps.push([name, read]);
    else issues.push(...read.issues);
  }
  return issues.length > 0 ? { issues } : mapGiven(maps, where);
}

function readFields(input: Input<unknown>, value: object, where: string) {
  const fields = readObject(value as Record<string, unknown>, input.fields ?? {}, {
    prefix: `${where}.`,
    what: 'a field',
  });
  return fields.issues.length > 0 ? { issues: fields.issues } : mapGiven(fields.given, where);
}

function entriesOf(value: Readonly<Record<string, string>>, text: (one: string) => Given): [string, Given][] {
  return Object.entries(value).map(([key, one]) => [key, text(one)]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((item) => typeof item === 'string');
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}
