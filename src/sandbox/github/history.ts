/** Entries by name that remember what they were: GitHub's reads may come from a copy that is seconds behind. */
export interface History<Entry> {
  set(name: string, entry: Entry, at: number): void;
  delete(name: string, at: number): void;
  /** What is true now. */
  get(name: string): Entry | undefined;
  values(): readonly Entry[];
  /** What a reader gets whose copy stands at this moment. */
  getAt(name: string, at: number): Entry | undefined;
  valuesAt(at: number): readonly Entry[];
}

interface Version<Entry> {
  readonly at: number;
  /** Undefined when it was deleted. */
  readonly entry: Entry | undefined;
}

export function createHistory<Entry>(): History<Entry> {
  const versions = new Map<string, Version<Entry>[]>();

  function add(name: string, version: Version<Entry>): void {
    versions.set(name, [...(versions.get(name) ?? []), version]);
  }

  function getAt(name: string, at: number): Entry | undefined {
    return versions.get(name)?.findLast((version) => version.at <= at)?.entry;
  }

  function valuesAt(at: number): readonly Entry[] {
    return [...versions.keys()].flatMap((name) => getAt(name, at) ?? []);
  }

  return {
    set: (name, entry, at) => add(name, { at, entry }),
    delete: (name, at) => add(name, { at, entry: undefined }),
    get: (name) => versions.get(name)?.at(-1)?.entry,
    values: () => valuesAt(Infinity),
    getAt,
    valuesAt,
  };
}
