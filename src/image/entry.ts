/** One thing of a layer, with its place in the image and on this computer. */
export interface Entry {
  /** Path in the image, without a leading slash; folders without a trailing one. */
  readonly name: string;
  readonly type: 'file' | 'folder' | 'link';
  /** Absolute path on this computer; empty for folders that only the image has. */
  readonly file: string;
  /** Bytes of a file; 0 for others. */
  readonly size: number;
  readonly mode: number;
  /** Target of a link, as it stands. */
  readonly link?: string;
  /** Served to clients, who see its modification time in ETag and Last-Modified. */
  readonly served?: boolean;
}

/** What a layer is made of, before anything is read. */
export interface LayerPlan {
  /** What changes together: `node_modules`, `app`, `static`, `public`. */
  readonly kind: string;
  /** In the order of the archive: parents before what they hold. */
  readonly entries: readonly Entry[];
}

export function bytesOf(layer: LayerPlan): number {
  return layer.entries.reduce((sum, entry) => sum + entry.size, 0);
}

/** By code units of each part of the path: never by locale, and a folder directly before what it holds. */
export function sortEntries(entries: readonly Entry[]): Entry[] {
  const key = (entry: Entry) => entry.name.replaceAll('/', '\0');
  const keyed = entries.map((entry) => [key(entry), entry] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, entry]) => entry);
}

/** Adds the folders above each entry, once each, all alike: a layer must not change because another one did. */
export function withParents(entries: readonly Entry[]): Entry[] {
  const seen = new Map(entries.map((entry) => [entry.name, entry]));
  for (const entry of entries) {
    for (let slash = entry.name.lastIndexOf('/'); slash > 0; slash = entry.name.lastIndexOf('/', slash - 1)) {
      const name = entry.name.slice(0, slash);
      if (!seen.has(name)) seen.set(name, { name, type: 'folder', file: '', size: 0, mode: 0o755 });
    }
  }
  return sortEntries([...seen.values()]);
}
