import type { BaseIssue, GenericSchema, InferOutput } from 'valibot';
import { getDotPath, safeParse } from 'valibot';
import { LadingError } from './errors.js';

/**
 * Parses JSON from outside into a typed value. Unknown fields stay when the schema is a `looseObject`.
 * `what` names the thing in errors, as `manifest of registry/app:1`.
 */
export function parseJson<Schema extends GenericSchema>(
  schema: Schema,
  text: string | Uint8Array,
  what: string,
): InferOutput<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));
  } catch (cause) {
    throw new LadingError('remote', `${what} is not JSON`, { code: 'NOT_JSON', cause });
  }
  return parseShape(schema, value, what);
}

/** As `parseJson`, for a value that is already parsed. */
export function parseShape<Schema extends GenericSchema>(
  schema: Schema,
  value: unknown,
  what: string,
): InferOutput<Schema> {
  const result = safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0] as BaseIssue<unknown>;
  const place = getDotPath(issue);
  throw new LadingError('remote', `${what}${place ? ` at ${place}` : ''}: ${issue.message}`, {
    code: 'UNEXPECTED_SHAPE',
  });
}

/** JSON text with keys in order of code units at every depth: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    entry !== null && typeof entry === 'object' && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}
