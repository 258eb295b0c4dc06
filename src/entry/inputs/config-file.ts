import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Node } from 'yaml';
import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import { pathExists } from '../../base/files.js';
import { nearest } from './nearest.js';
import type { Given } from './parse-value.js';

export interface ConfigFile {
  readonly path: string;
  /** What stands under a key as `deploy.cluster`, with its place. */
  get(key: string): { readonly given: Given; readonly where: string } | undefined;
  /** Keys that are not among the known, and values of a wrong shape. */
  issues(known: ReadonlySet<string>): readonly InputIssue[];
  readonly keys: ReadonlySet<string>;
}

/** `lading.yml` or `lading.yaml` of the folder or one above, up to the root of the repository. */
export async function findConfigFile(folder: string): Promise<string | undefined> {
  for (let at = folder, last = ''; at !== last; last = at, at = dirname(at)) {
    for (const name of ['lading.yml', 'lading.yaml']) if (await pathExists(join(at, name))) return join(at, name);
    if (await pathExists(join(at, '.git'))) return undefined;
  }
  return undefined;
}

/** Every scalar is read as the text that stands there: `12345e7` is no number and `no` is no boolean. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new InputError({ where: path, message: `cannot be read: ${error.message}` });
  });
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const at = (offset: number | undefined) => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${basename(path)}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new InputError(document.errors.map((error) => ({ where: at(error.pos[0]), message: error.message })));
  }
  const found = new Map<string, { given: Given | undefined; where: string; keyAt: string }>();
  const collect = (node: unknown, prefix: string): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      const keyNode = key as Node;
      const name = prefix + String(isScalar(keyNode) ? keyNode.value : keyNode);
      const where = at((value as Node | null)?.range?.[0] ?? keyNode.range?.[0]);
      found.set(name, { given: givenOf(value), where, keyAt: at(keyNode.range?.[0]) });
      collect(value, `${name}.`);
    }
  };
  const scalar = (node: unknown) => (isScalar(node) ? String(node.value ?? '') : undefined);
  const givenOf = (node: unknown): Given | undefined => {
    if (isSeq(node)) {
      const items = node.items.map(scalar);
      return items.every((item): item is string => item !== undefined) ? items : undefined;
    }
    if (isMap(node)) {
      const pairs = node.items.map(({ key, value }) => [scalar(key), scalar(value)] as const);
      return pairs.every(([key, value]) => key !== undefined && value !== undefined)
        ? (Object.fromEntries(pairs) as Record<string, string>)
        : undefined;
    }
    const text = scalar(node);
    return text === undefined ? undefined : [text];
  };
  if (document.contents !== null && !isMap(document.contents)) {
    throw new InputError({
      where: at(0),
      message: 'is not a map of keys',
      hint: 'Begin with a section, as `deploy:`.',
    });
  }
  collect(document.contents, '');
  return {
    path,
    keys: new Set(found.keys()),
    get(key) {
      const entry = found.get(key);
      return entry?.given === undefined ? undefined : { given: entry.given, where: entry.where };
    },
    issues(known) {
      const issues: InputIssue[] = [];
      const sections = new Set([...known].flatMap((key) => prefixesOf(key)));
      for (const [key, entry] of found) {
        const parent = prefixesOf(key).at(-1);
        // What stands below a known key is its value, and below an unknown one it is told once.
        if (known.has(key) || sections.has(key) || (parent !== undefined && !sections.has(parent))) continue;
        const near = nearest(key, known);
        issues.push({
          where: entry.keyAt,
          message: `${JSON.stringify(key)} is not a key`,
          hint: near && `Did you mean ${near}?`,
        });
      }
      return issues;
    },
  };
}

function prefixesOf(key: string): string[] {
  const parts = key.split('.');
  return parts.slice(0, -1).map((_part, at) => parts.slice(0, at + 1).join('.'));
}
