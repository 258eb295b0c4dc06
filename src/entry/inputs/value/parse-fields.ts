import type { InputIssue } from '../../../base/errors.js';
import type { Input, Inputs } from '../../../base/declare/input.js';
import { camelCase } from '../../../base/declare/input.js';
import type { Source } from '../../../base/declare/origin.js';
import type { Given, GivenMap } from '../given.js';
import { asMap } from '../given.js';
import { nearest } from '../../../base/nearest.js';
import type { Parsed } from './parsed.js';
import { collect, wrong } from './parsed.js';

/** Reads one field. */
type ParseField = (field: Input<unknown>, given: Given) => Parsed;

/** What an entry may be called: it is named by flags (`web.cluster=…`), by other entries, and in reports. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,254}$/;

/** A map of maps to entries, in the order in which they stand. */
export function parseEntries(input: Input<unknown>, given: Given, parse: ParseField): Parsed {
  const map = asMap(given);
  if (!map) return wrong(given, `takes a map of names, each with its keys, not a ${given.is}`);
  const parts = [...map.entries].map(([name, { keyWhere, value }]): Parsed => {
    if (!NAME.test(name)) {
      return wrong({ where: keyWhere }, `${JSON.stringify(name)} is not a name`, 'Use letters, digits, - and _.');
    }
    const fields = asMap(value);
    if (!fields) return wrong(value, `\`${name}\` takes keys, not a ${value.is}`);
    const parsed = parseFields(input.fields ?? {}, fields, { parse, where: keyWhere, of: name });
    const where = (field?: string) => partOf(fields, field)?.where ?? keyWhere;
    const source = (field: string) => sourceOf(partOf(fields, field));
    return { ...parsed, value: { ...(parsed.value as object), name, where, source } };
  });
  return collect(parts, (values) => values);
}

export function parseRecord(input: Input<unknown>, given: Given, parse: ParseField): Parsed {
  if (given.is !== 'map')
    return wrong(given, given.is === 'text' && given.blank ? 'is empty' : `takes keys, not a ${given.is}`);
  return parseFields(input.fields ?? {}, given, { parse, where: given.where, of: '' });
}

/** What was given for a field, also for one in a record: `smoke.url`. */
function partOf(map: GivenMap, field: string | undefined): Given | undefined {
  let at: Given | undefined = map;
  for (const part of field?.split('.') ?? []) at = at?.is === 'map' ? at.entries.get(part)?.value : undefined;
  return at === map ? undefined : at;
}

function sourceOf(given: Given | undefined): Source {
  return given ? (given.source ?? 'flag') : 'absent';
}

interface FieldsOptions {
  readonly parse: ParseField;
  /** The place of the entry. */
  readonly where: string;
  /** The name of the entry; empty for a record. */
  readonly of: string;
}

function parseFields(fields: Inputs, map: GivenMap, { parse, where, of }: FieldsOptions): Parsed {
  const issues: InputIssue[] = [];
  const values: Record<string, unknown> = {};
  const prefix = of === '' ? '' : `${of}.`;
  for (const [name, { keyWhere }] of map.entries) {
    if (Object.hasOwn(fields, name)) continue;
    const near = nearest(name, Object.keys(fields));
    const message = `${JSON.stringify(`${prefix}${name}`)} is not a key`;
    issues.push({ where: keyWhere, message, hint: near && `Did you mean ${near}?` });
  }
  for (const [name, field] of Object.entries(fields)) {
    const given = map.entries.get(name)?.value;
    if (given === undefined) {
      values[camelCase(name)] = field.default;
      if (field.required && field.default === undefined) {
        issues.push({ where, message: `${prefix}${name} is missing` });
      }
      continue;
    }
    const parsed = parse(field, given);
    issues.push(...parsed.issues);
    values[camelCase(name)] = parsed.value;
  }
  return { value: values, issues };
}
