import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { LadingError, messageOf } from '../../base/errors.js';
import { canonicalJson, parseJson } from '../../base/json.js';
import { basicValue } from '../token.js';
import type { Login } from '../keychain.js';

/** An array is an object, too, and none of the kind that a file has. */
const map = <Schema extends v.GenericSchema>(values: Schema) =>
  v.pipe(
    v.unknown(),
    v.check((value) => !Array.isArray(value), 'Expected an object, not a list'),
    v.record(v.string(), values),
  );
const shape = v.looseObject({
  auths: v.optional(map(v.unknown())),
  credsStore: v.optional(v.string()),
  credHelpers: v.optional(map(v.string())),
});
export type AuthText = v.InferOutput<typeof shape>;

/** What stands in a file for one host. */
export interface HostEntries {
  readonly auth?: unknown;
  readonly helper?: string | undefined;
}

export function parseAuthText(text: string, file: string): AuthText {
  if (text.trim() === '') return {};
  try {
    return parseJson(v.pipe(map(v.unknown()), shape), text, file);
  } catch (cause) {
    throw new LadingError('input', messageOf(cause), {
      code: 'AUTH_FILE_INVALID',
      hint: `Mend ${file}, or name another one with --auth-file.`,
      cause,
    });
  }
}

/** As Docker writes it. */
export function formatAuthText(value: AuthText): string {
  return `${JSON.stringify(value, undefined, '\t')}\n`;
}

export function entriesOf({ auths, credHelpers }: AuthText, host: string): HostEntries {
  return { auth: own(auths, host), helper: own(credHelpers, host) };
}

/**
 * The login of a host as programs find it in the file. Where the file names a helper for all or for this host, the host
 * gets an empty one: only so Docker looks into the file itself.
 */
export function loginEntries(value: AuthText, host: string, login: Login): HostEntries {
  const hasHelper = Boolean(value.credsStore) || entriesOf(value, host).helper !== undefined;
  return { auth: { auth: basicValue(login) }, helper: hasHelper ? '' : undefined };
}

/** The file with these entries for the host, and none that are left out. All else stays. */
export function withEntries(value: AuthText, host: string, { auth, helper }: HostEntries): AuthText {
  const { auths, credHelpers, ...rest } = value;
  return {
    ...rest,
    ...part('auths', auths, host, auth),
    ...part('credHelpers', credHelpers, host, helper),
  };
}

/** A map with or without an entry; one that we would leave empty and that was not there is left out. */
function part(
  name: 'auths' | 'credHelpers',
  map: Readonly<Record<string, unknown>> | undefined,
  host: string,
  entry: unknown,
) {
  const others = Object.entries(map ?? {}).filter(([key]) => key !== host);
  const entries = entry === undefined ? others : [...others, [host, entry] as const];
  return entries.length === 0 ? {} : { [name]: Object.fromEntries(entries) };
}

/** Says whether the entries are still those that were written, without holding them. */
export function hashOf(entries: HostEntries): string {
  return createHash('sha256')
    .update(canonicalJson([entries.auth, entries.helper]))
    .digest('hex');
}

function own<Value>(map: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return map && Object.hasOwn(map, key) ? map[key] : undefined;
}
