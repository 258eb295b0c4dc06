import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { GenericSchema, InferOutput } from 'valibot';
import * as v from 'valibot';
import type { ErrorOptions } from '../../base/errors.js';
import { errnoOf, LadingError, messageOf } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import { unreadable } from '../layer/disk.js';

const words = v.record(v.string(), v.string());

/** By the names of https://docs.npmjs.com/cli/configuring-npm/package-json, as far as an app is packed by them. */
const fields = v.looseObject({
  name: v.optional(v.string()),
  main: v.optional(v.string()),
  bin: v.optional(v.union([v.string(), words])),
  files: v.optional(v.array(v.string())),
  workspaces: v.optional(v.unknown()),
  scripts: v.optional(words),
  dependencies: v.optional(words),
  devDependencies: v.optional(words),
});

const manifest = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), 'it is a list, not an object'),
  fields,
);

export type AppManifest = InferOutput<typeof manifest>;

/** The app's own `package.json`; undefined when there is none. Every mistake in it is an input error with its place. */
export async function readManifest(app: string): Promise<AppManifest | undefined> {
  return readJsonFile(join(app, 'package.json'), manifest);
}

/** A JSON file of the app's folder in a shape; undefined when there is none. */
export async function readJsonFile<Schema extends GenericSchema>(
  file: string,
  schema: Schema,
): Promise<InferOutput<Schema> | undefined> {
  try {
    const value = parseFile(file);
    return value === undefined ? undefined : parseShape(schema, value, file);
  } catch (error) {
    throw await withPlace(error);
  }
}

/** Its content as JSON, undefined when there is none; the place of a mistake is known to {@link withPlace}. */
export function parseFile(file: string): unknown {
  let text: string;
  try {
    // A pipe would be waited for.
    const found = statSync(file);
    if (!found.isFile() && !found.isDirectory()) throw new Error('it is no regular file');
    text = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (cause) {
    if (/^(ENOENT|ENOTDIR)$/.test(errnoOf(cause) ?? '')) return undefined;
    throw unreadable(file, cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`${file}: ${messageOf(cause)}`, { cause, details: { file } });
  }
}

/** The same error with line and column of the mistake: Node's parser does not always tell them. */
export async function withPlace(error: unknown): Promise<unknown> {
  if (!(error instanceof LadingError)) return error;
  if (error.code === 'UNEXPECTED_SHAPE') return invalid(error.message, { cause: error });
  const file = error.details?.file;
  if (error.code !== CODE || typeof file !== 'string') return error;
  const { parse } = await import('@humanwhocodes/momoa');
  try {
    parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''), { mode: 'json' });
  } catch (cause) {
    const { line, column } = cause as { readonly line?: number; readonly column?: number };
    const what = messageOf(cause).replace(/ found\. \(.*$|\. \(.*$/, '');
    if (line !== undefined && column !== undefined)
      return invalid(`${file}:${line}:${column}: ${what}`, { cause: error });
  }
  return error;
}

const CODE = 'FILE_INVALID';

function invalid(message: string, more: Pick<ErrorOptions, 'cause' | 'details'>): LadingError {
  const hint = 'Mend the file, or install the packages again when it is one of theirs.';
  return new LadingError('input', message, { code: CODE, hint, ...more });
}
