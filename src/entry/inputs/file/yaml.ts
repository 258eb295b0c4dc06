import type * as Yaml from 'yaml';
import type { Document, Node, Pair, ParsedNode } from 'yaml';
import type { InputIssue } from '../../../base/errors.js';
import { InputError } from '../../../base/errors.js';
import type { Source } from '../../../base/declare/origin.js';
import type { Given, GivenEntry, GivenMap } from '../given.js';

/** Deeper than anything that has a meaning. */
const MAX_DEPTH = 32;
const MAX_NODES = 20_000;

export interface YamlOptions {
  /** What stands before line and column in errors: `lading.yml`. */
  readonly name: string;
  /** Where relative paths in it start. */
  readonly folder?: string | undefined;
  readonly source: Source;
}

export interface ReadYaml {
  readonly given: Given;
  /** Names that stand twice, aliases of nothing, merges of what is no map. */
  readonly issues: readonly InputIssue[];
}

/**
 * YAML text as what was given. Every scalar is the text that stands there: `12345e7` is no number and `no` is no boolean.
 * Aliases are the very nodes they name, so that they cost nothing however often they come, and `<<` is laid below the
 * keys of its map. Throws an `InputError` for what is no YAML; other mistakes come beside the rest, which can be checked, too.
 */
export async function readYaml(text: string, options: YamlOptions): Promise<ReadYaml> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const at = (offset: number | undefined) => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${options.name}:${line}:${col}`;
  };
  const parsing = { schema: 'failsafe', lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const;
  const tooDeep = (where: string) => new InputError({ where, message: 'is nested too deeply' });
  let document: Document.Parsed;
  try {
    document = yaml.parseDocument(text, parsing);
  } catch (error) {
    // The parser goes as deep as the text does; now and then it tells so by itself.
    if (error instanceof RangeError) throw tooDeep(options.name);
    throw error;
  }
  const wrong = [...document.errors, ...document.warnings];
  const deep = wrong.find(({ message }) => message.includes('call stack'));
  if (deep) throw tooDeep(at(deep.pos[0]));
  if (wrong.length > 0) {
    // What follows the first mistakes is mostly their consequence.
    throw new InputError(
      wrong.slice(0, 20).map(({ pos, message }) => ({ where: at(pos[0]), message: message.trim() })),
    );
  }
  const reader = new Reader(yaml, at, options);
  const given = reader.read(document.contents, 0);
  return { given, issues: reader.issues };
}

class Reader {
  readonly issues: InputIssue[] = [];
  /** The last node that an anchor named, in the order of the text. */
  private readonly anchors = new Map<string, Node>();
  private readonly made = new Map<Node, Given | 'begun'>();
  private nodes = 0;

  constructor(
    private readonly yaml: typeof Yaml,
    private readonly at: (offset: number | undefined) => string,
    private readonly options: YamlOptions,
  ) {}

  read(node: Node | ParsedNode | null | undefined, depth: number): Given {
    const where = this.at(node?.range?.[0]);
    const { source } = this.options;
    if (!node) return { is: 'text', text: '', where, source, blank: true };
    if (++this.nodes > MAX_NODES) throw new InputError({ where, message: `more than ${MAX_NODES} values` });
    if (depth > MAX_DEPTH) throw new InputError({ where, message: 'is nested too deeply' });
    if (this.yaml.isAlias(node)) return this.readAlias(node.source, where);
    if ('anchor' in node && node.anchor) this.anchors.set(node.anchor, node);
    this.made.set(node, 'begun');
    const given = this.readNew(node, where, depth);
    this.made.set(node, given);
    return given;
  }

  private readAlias(name: string, where: string): Given {
    const target = this.anchors.get(name);
    const given = target && this.made.get(target);
    if (given !== undefined && given !== 'begun') return { ...given, where };
    this.issues.push({
      where,
      message: given ? `*${name} stands inside of &${name}` : `there is no &${name} before it`,
    });
    return { is: 'text', text: '', where, source: this.options.source };
  }

  private readNew(node: Node, where: string, depth: number): Given {
    const { isMap, isScalar, isSeq } = this.yaml;
    const { source, folder } = this.options;
    if (isMap(node)) return this.readMap(node.items, where, depth);
    if (isSeq(node))
      return { is: 'list', items: node.items.map((item) => this.read(item as Node, depth + 1)), where, source };
    if (!isScalar(node)) throw new InputError({ where, message: 'is not a text, a list or a map' });
    const text = typeof node.value === 'string' ? node.value : '';
    const blank = text === '' && (node.type === undefined || node.type === 'PLAIN');
    return { is: 'text', text, where, source, ...(blank && { blank }), ...(folder && { folder }) };
  }

  private readMap(items: readonly Pair[], where: string, depth: number): GivenMap {
    const entries = new Map<string, GivenEntry>();
    const below: GivenMap[] = [];
    for (const item of items) {
      const key = item.key as Node;
      const keyWhere = this.at(key.range?.[0]);
      if (!this.yaml.isScalar(key)) {
        this.issues.push({ where: keyWhere, message: 'a key is a text' });
        continue;
      }
      if (key.anchor) this.anchors.set(key.anchor, key);
      const value = this.read(item.value as Node | null, depth + 1);
      if (key.value === '<<' && key.type === 'PLAIN') {
        below.push(...this.readMerge(value));
        continue;
      }
      const name = String(key.value ?? '');
      const first = entries.get(name);
      if (first) {
        const line = first.keyWhere.split(':').at(-2);
        this.issues.push({
          where: keyWhere,
          message: `${JSON.stringify(name)} stands here twice, first in line ${line}`,
        });
      }
      const blank = value.is === 'text' && value.blank;
      entries.set(name, { keyWhere, value: blank ? { ...value, where: keyWhere } : value });
    }
    // What is named first wins, and keys of the map itself win over all.
    for (const map of below) for (const [name, entry] of map.entries) if (!entries.has(name)) entries.set(name, entry);
    return { is: 'map', entries, where, source: this.options.source };
  }

  private readMerge(value: Given): readonly GivenMap[] {
    const maps = value.is === 'list' ? value.items : [value];
    return maps.flatMap((map) => {
      if (map.is === 'map') return [map];
      this.issues.push({ where: map.where, message: '<< takes a map or a list of maps' });
      return [];
    });
  }
}
