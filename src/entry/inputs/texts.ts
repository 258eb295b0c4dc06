import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import type { Input, Inputs } from '../../base/declare/input.js';
import type { Given } from './given.js';
import { listGiven, mapGiven, textGiven } from './given.js';
import { nearest } from '../../base/nearest.js';

export interface Read {
  readonly given: Given | undefined;
  readonly issues: readonly InputIssue[];
}

/** The texts of a flag that may come several times. `where` is the flag: `--services`. */
export function readFlags(input: Input<unknown>, texts: readonly string[], where: string): Read {
  switch (input.kind) {
    case 'entries':
    case 'record':
      return readFieldFlags(input, texts, where);
    case 'list':
    case 'pairs':
      return { given: listGiven(texts, where), issues: [] };
    default:
      return { given: single(texts, where), issues: [] };
  }
}

function single(texts: readonly string[], where: string): Given {
  const [only, ...more] = texts;
  if (only !== undefined && more.length === 0) return textGiven(only, where);
  return { ...listGiven(texts, where), repeated: true };
}

/** `NAME.FIELD=VALUE` of entries, `FIELD=VALUE` of a record, where `FIELD` may go on into a record: `smoke.url`. */
function readFieldFlags(input: Input<unknown>, texts: readonly string[], where: string): Read {
  const issues: InputIssue[] = [];
  const found = new Map<string, { readonly path: readonly string[]; readonly texts: string[] }>();
  for (const text of texts) {
    const at = text.indexOf('=');
    const path = text.slice(0, Math.max(0, at)).split('.');
    if (at <= 0 || path.includes('') || (input.kind === 'entries' && path.length < 2)) {
      const form = input.kind === 'entries' ? 'NAME.FIELD=VALUE' : 'FIELD=VALUE';
      issues.push({ where, message: `takes ${form}, not ${JSON.stringify(text)}` });
      continue;
    }
    const key = path.join('.');
    const entry = found.get(key) ?? { path, texts: [] };
    entry.texts.push(text.slice(at + 1));
    found.set(key, entry);
  }
  const fields = input.fields ?? {};
  const leaves = [...found.values()].flatMap(({ path, texts: values }) => {
    const within = input.kind === 'entries' ? path.slice(1) : path;
    const field = fieldAt(fields, within);
    const place = `${where} ${path.join('.')}`;
    if (field) return [{ path, given: readFlags(field, values, place).given as Given }];
    const near = nearest(within.join('.'), fieldPaths(fields));
    const start = input.kind === 'entries' ? `${path[0]}.` : '';
    issues.push({ where: place, message: 'is not a field', hint: near && `Did you mean ${start}${near}?` });
    return [];
  });
  return { given: leaves.length > 0 ? treeOf(leaves, where) : undefined, issues };
}

interface Leaf {
  readonly path: readonly string[];
  readonly given: Given;
}

function treeOf(leaves: readonly Leaf[], where: string): Given {
  const groups = new Map<string, Leaf[]>();
  for (const { path, given } of leaves) {
    const [head = '', ...rest] = path;
    groups.set(head, [...(groups.get(head) ?? []), { path: rest, given }]);
  }
  const entries = [...groups].map(([head, group]) => {
    const [first] = group;
    return [head, first?.path.length === 0 ? first.given : treeOf(group, `${where} ${head}`)] as const;
  });
  return mapGiven(entries, where);
}

function fieldAt(fields: Inputs, path: readonly string[]): Input<unknown> | undefined {
  const [head = '', ...rest] = path;
  const field = Object.hasOwn(fields, head) ? fields[head] : undefined;
  if (rest.length === 0) return field?.kind === 'record' ? undefined : field;
  return field?.kind === 'record' ? fieldAt(field.fields ?? {}, rest) : undefined;
}

/** Every field that a flag may set, as `smoke.url`. */
export function fieldPaths(fields: Inputs): readonly string[] {
  return Object.entries(fields).flatMap(([name, field]) =>
    field.kind === 'record' ? fieldPaths(field.fields ?? {}).map((inner) => `${name}.${inner}`) : [name],
  );
}

/**
 * The text of a variable or of an action's input. A list or pairs: a line each, or parted by commas when there is one
 * line. Entries and records: YAML, or JSON.
 */
export async function readText(
  input: Input<unknown>,
  text: string,
  { where, source }: { readonly where: string; readonly source: 'flag' | 'variable' },
): Promise<Read> {
  if (input.kind === 'list' || input.kind === 'pairs') {
    return { given: listGiven(splitList(input, text), where), issues: [] };
  }
  if (input.kind !== 'entries' && input.kind !== 'record') return { given: textGiven(text, where), issues: [] };
  try {
    const { readYaml } = await import('./file/yaml.js');
    return await readYaml(text, { name: where, source });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { given: undefined, issues: error.issues };
  }
}

function splitList(input: Input<unknown>, text: string): readonly string[] {
  const separator = text.includes('\n') ? /\r?\n/ : input.kind === 'list' ? ',' : /\r?\n/;
  return text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
