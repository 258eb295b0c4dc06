import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import { InputError } from '../../../base/errors.js';

/** A part of somebody's YAML with its place. It is read as far as one asks: a text that names itself costs nothing. */
export interface Tree {
  /** `deploy.yml:12`. */
  readonly where: string;
  readonly line: number;
  readonly is: 'text' | 'list' | 'map' | 'nothing';
  /** Of a scalar, as it stands there. */
  readonly text: string | undefined;
  /** A text of several lines, whose first stands below its key. */
  readonly isBlock: boolean;
  get(...path: readonly string[]): Tree | undefined;
  readonly entries: readonly (readonly [string, Tree])[];
  readonly items: readonly Tree[];
}

const DEEPEST = 40;

/** Throws an input error with every mistake of the YAML. */
export function readTree(text: string, name: string): Tree {
  const lines = new LineCounter();
  const options = {
    schema: 'failsafe',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    merge: true,
  } as const;
  let document: Document.Parsed;
  try {
    document = parseDocument(text, options);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError({ where: name, message: 'is nested too deeply' });
    throw error;
  }
  if (document.errors.length > 0) {
    const at = (offset: number) => `${name}:${lines.linePos(offset).line}`;
    throw new InputError(document.errors.slice(0, 10).map(({ pos, message }) => ({ where: at(pos[0]), message })));
  }
  const lineOf = (node: Node | null | undefined) => lines.linePos(node?.range?.[0] ?? 0).line;
  return treeOf(document.contents, { document, name, lineOf, line: 1, depth: 0 });
}

interface Place {
  readonly document: Document;
  readonly name: string;
  readonly lineOf: (node: Node | null | undefined) => number;
  /** Of what holds it, for what has no place itself. */
  readonly line: number;
  readonly depth: number;
}

/** `key` is the line of the key that it stands behind: that is where a reader looks. */
function treeOf(given: unknown, place: Place, key?: number): Tree {
  if (place.depth > DEEPEST) throw new InputError({ where: place.name, message: 'is nested too deeply' });
  const resolved = isAlias(given) ? given.resolve(place.document) : given;
  const node = (resolved ?? undefined) as Node | undefined;
  const line = key ?? (isAlias(given) || !node?.range ? place.line : place.lineOf(node));
  const below = { ...place, line, depth: place.depth + 1 };
  const text = isScalar(node) ? String(node.value ?? '') : undefined;
  const tree: Tree = {
    where: `${place.name}:${line}`,
    line,
    is: isMap(node) ? 'map' : isSeq(node) ? 'list' : text === undefined || text === '' ? 'nothing' : 'text',
    text,
    isBlock: isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'),
    get(first, ...rest) {
      if (first === undefined) return tree;
      return tree.entries.find(([key]) => key === first)?.[1].get(...rest);
    },
    get entries() {
      if (!isMap(node)) return [];
      return node.items.map(({ key, value }) => {
        return [isScalar(key) ? String(key.value) : '', treeOf(value, below, place.lineOf(key as Node))] as const;
      });
    },
    get items() {
      return isSeq(node) ? node.items.map((item) => treeOf(item, below)) : [];
    },
  };
  return tree;
}

/** As a list: what is one text is a list of one. */
export function textsOf(tree: Tree | undefined): readonly string[] {
  if (tree === undefined) return [];
  if (tree.is === 'text') return [tree.text ?? ''];
  return tree.items.flatMap(({ text }) => (text === undefined ? [] : [text]));
}

/** Plain values, texts as they stand. */
export function plainOf(tree: Tree): unknown {
  if (tree.is === 'map') return Object.fromEntries(tree.entries.map(([key, value]) => [key, plainOf(value)]));
  if (tree.is === 'list') return tree.items.map(plainOf);
  return tree.is === 'nothing' ? null : scalarOf(tree.text ?? '');
}

/** Booleans and numbers of YAML 1.2 stay what they are. */
function scalarOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}
