import { invalid } from './fault.js';
import type { Json } from './state.js';

/** Reading of inputs, which are JSON of someone else. Absent and null are the same. */
export function text(input: Json, name: string): string | undefined {
  const value = input[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw invalid(`${name} must be a string.`);
  return value;
}

export function needText(input: Json, name: string): string {
  const value = text(input, name);
  if (value === undefined || value === '') throw invalid(`${name} cannot be blank.`);
  return value;
}

export function number(input: Json, name: string): number | undefined {
  const value = input[name] ?? undefined;
  if (value !== undefined && typeof value !== 'number') throw invalid(`${name} must be a number.`);
  return value;
}

export function texts(input: Json, name: string): readonly string[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string'))
    throw invalid(`${name} must be a list of strings.`);
  return value as string[];
}

export function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

/** Without the fields that are undefined, since none of them goes over the wire. */
export function compact(fields: Json): Json {
  const kept: Record<string, unknown> = {};
  for (const name in fields) if (fields[name] !== undefined && fields[name] !== null) kept[name] = fields[name];
  return kept;
}

export const seconds = (at: number) => at / 1000;
export const secondsOr = (at: number | undefined) => (at === undefined ? undefined : at / 1000);

/** Whether two values are the same JSON, whatever the order of the keys. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
}
