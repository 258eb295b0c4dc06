import { canonicalJson } from '../../base/json.js';

/** An attribute that another value is planned for. */
export interface AttributeChange {
  /** As `desired_count`, or `container_definitions[0].image` inside of JSON. */
  readonly path: string;
  /** Left out when they are long or nobody's business. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  /** It cannot be changed in place. */
  readonly replaces: boolean;
}

interface Change {
  readonly before?: unknown;
  readonly after?: unknown;
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: readonly (readonly unknown[])[] | null | undefined;
}

/** The name of an image with its digest is longer than most things that are worth to be read. */
const SHOWN = 360;
const UNKNOWN = '(known after apply)';

/** What differs at the first level, and within texts that are JSON. Sensitive values and variables of containers are only named. */
export function readChanges(change: Change): readonly AttributeChange[] {
  const before = fieldsOf(change.before);
  const after = fieldsOf(change.after);
  const unknown = fieldsOf(change.after_unknown);
  const sensitive = { ...fieldsOf(change.before_sensitive), ...fieldsOf(change.after_sensitive) };
  const replacing = new Set((change.replace_paths ?? []).map(([first]) => String(first)));
  const names = [...new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)])].sort();
  return names.flatMap((name): readonly AttributeChange[] => {
    const replaces = replacing.has(name);
    if (isMarked(unknown[name])) {
      // What is computed anew each time a resource is replaced tells nothing.
      return before[name] === undefined || !replaces ? [] : [{ path: name, ...shown(before[name], UNKNOWN), replaces }];
    }
    if (same(before[name], after[name])) return [];
    if (isMarked(sensitive[name])) return [{ path: name, replaces }];
    const inner = jsonChanges(name, before[name], after[name], replaces);
    return inner ?? [{ path: name, ...shown(before[name], after[name]), replaces }];
  });
}

/** Undefined when they are no two texts of JSON. */
function jsonChanges(
  name: string,
  before: unknown,
  after: unknown,
  replaces: boolean,
): readonly AttributeChange[] | undefined {
  const [one, other] = [jsonOf(before), jsonOf(after)];
  if (one === undefined || other === undefined) return undefined;
  const [leaves, others] = [leavesOf(one, name), leavesOf(other, name)];
  const paths = [...new Set([...leaves.keys(), ...others.keys()])];
  return paths.flatMap((path) => {
    if (same(leaves.get(path), others.get(path))) return [];
    const values = path.endsWith('.image') ? shown(leaves.get(path), others.get(path)) : {};
    return [{ path, ...values, replaces }];
  });
}

function jsonOf(value: unknown): object | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value) as object;
  } catch {
    return undefined;
  }
}

/** Lists of things with a name, as variables of containers, by their names. */
function leavesOf(value: unknown, path: string, into = new Map<string, unknown>()): Map<string, unknown> {
  if (Array.isArray(value)) {
    value.forEach((item, at) => {
      const name = fieldsOf(item).name;
      leavesOf(item, `${path}[${typeof name === 'string' ? name : at}]`, into);
    });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) leavesOf(item, `${path}.${key}`, into);
  } else into.set(path, value);
  return into;
}

function shown(before: unknown, after: unknown): { readonly before?: string; readonly after?: string } {
  const [one, other] = [textOf(before), textOf(after)];
  return one === undefined || other === undefined ? {} : { before: one, after: other };
}

function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return '(none)';
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return text.length > SHOWN ? undefined : text;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** True itself, or true somewhere inside. */
function isMarked(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(isMarked);
  return value === true;
}

function same(one: unknown, other: unknown): boolean {
  return canonicalJson(one ?? null) === canonicalJson(other ?? null);
}
