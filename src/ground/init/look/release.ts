/** What a long `lading.yml` releases, by the names that it gives. */
export interface NamedRelease {
  readonly images: readonly NamedImage[];
  /** Services and tasks, with the images that they run. */
  readonly users: readonly ImageUser[];
}

export interface NamedImage {
  readonly name: string;
  /** As it stands there; undefined when `build.app` says it. */
  readonly app: string | undefined;
  /** `auto` counts as not said; undefined when `build.builder` says it. */
  readonly builder: string | undefined;
  /** Undefined when `push.to` says it. */
  readonly to: string | undefined;
}

export interface ImageUser {
  readonly section: 'services' | 'tasks';
  readonly name: string;
  /** Each `NAME`, `CONTAINER=NAME` or a reference; empty when it is left out. */
  readonly images: readonly string[];
}

/** Out of the plain values of the file. The door has checked their shapes. */
export function namedReleaseIn(root: unknown): NamedRelease {
  const images = entriesOf(root, 'images').map(([name, entry]) => ({
    name,
    app: textIn(entry, 'app'),
    builder: textIn(entry, 'builder')?.replace(/^auto$/, '') || undefined,
    to: textIn(entry, 'to'),
  }));
  const users = (['services', 'tasks'] as const).flatMap((section) =>
    entriesOf(root, section).map(([name, entry]) => ({ section, name, images: textsIn(entry, 'image') })),
  );
  return { images, users };
}

function entriesOf(root: unknown, key: string): readonly (readonly [string, unknown])[] {
  const map = fieldOf(root, key);
  return typeof map === 'object' && map !== null && !Array.isArray(map) ? Object.entries(map) : [];
}

function textIn(entry: unknown, key: string): string | undefined {
  const value = fieldOf(entry, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textsIn(entry: unknown, key: string): readonly string[] {
  const value = fieldOf(entry, key);
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' && value !== '' ? [value] : [];
}

function fieldOf(entry: unknown, key: string): unknown {
  if (typeof entry !== 'object' || entry === null || !Object.hasOwn(entry, key)) return undefined;
  return (entry as Record<string, unknown>)[key];
}
