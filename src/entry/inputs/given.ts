import type { Source } from '../../base/declare/origin.js';

/**
 * What was given for an input, before it is read: the text of a flag, of a variable, of a node of `lading.yml`. Every
 * part knows its place, so that each mistake is told where it stands, and its source, so that one may win over another.
 */
export type Given = GivenText | GivenList | GivenMap;

interface Place {
  /** For errors: `--tag`, `LADING_TAG`, `lading.yml:4:7`. */
  readonly where: string;
  /** A flag when left out. */
  readonly source?: Source | undefined;
}

export interface GivenText extends Place {
  readonly is: 'text';
  readonly text: string;
  /** A key with nothing behind it. */
  readonly blank?: boolean;
  /** Where a relative path in it starts; the working directory when left out. */
  readonly folder?: string;
}

export interface GivenList extends Place {
  readonly is: 'list';
  readonly items: readonly Given[];
  /** A flag that came several times. */
  readonly repeated?: boolean;
}

export interface GivenMap extends Place {
  readonly is: 'map';
  readonly entries: ReadonlyMap<string, GivenEntry>;
}

export interface GivenEntry {
  /** The place of the key. */
  readonly keyWhere: string;
  readonly value: Given;
}

export function textGiven(text: string, where: string): GivenText {
  return { is: 'text', text, where };
}

export function listGiven(texts: readonly string[], where: string): GivenList {
  return { is: 'list', items: texts.map((text) => textGiven(text, where)), where };
}

export function mapGiven(entries: Iterable<readonly [string, Given]>, where: string): GivenMap {
  return {
    is: 'map',
    entries: new Map([...entries].map(([key, value]) => [key, { keyWhere: value.where, value }])),
    where,
  };
}

/** A key with nothing behind it stands for an empty map, where a map is meant. */
export function asMap(given: Given): GivenMap | undefined {
  if (given.is === 'map') return given;
  const { where, source } = given;
  return given.is === 'text' && given.blank ? { is: 'map', entries: new Map(), where, source } : undefined;
}
