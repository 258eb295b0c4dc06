import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError, messageOf } from '../../../base/errors.js';
import type { Settings, SettingValue } from '../settings.js';
import { settingKeys } from '../settings.js';
import { readText } from './read-text.js';
import type { NamedRelease } from './release.js';
import { namedReleaseIn } from './release.js';

/** The `lading.yml` that is there. The door has read it already: it has no mistake. */
export interface Config {
  /** Absolute, of the file itself: the door takes a link within the repository for it. */
  readonly path: string;
  /** As it was asked for or found. */
  readonly named: string;
  readonly text: string;
  readonly settings: Settings;
  /** It has `images` or `services`: its places are names that `init` does not choose. */
  readonly isLong: boolean;
  readonly release: NamedRelease;
}

/** Undefined where there is none. */
export async function readConfig(named: string): Promise<Config | undefined> {
  const path = await realpath(named).catch(() => named);
  const text = await readText(path);
  if (text === undefined) return undefined;
  const root = await plainOf(text, basename(named));
  const settings = settingKeys.flatMap((key) => {
    const value = settingOf(valueAt(root, key.split('.')));
    return value === undefined ? [] : [[key, value] as const];
  });
  const isLong = ['images', 'services'].some((key) => valueAt(root, [key]) !== undefined);
  return { path, named, text, settings: Object.fromEntries(settings), isLong, release: namedReleaseIn(root) };
}

/** As plain values, so that anchors and merge keys count. */
async function plainOf(text: string, name: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text, { schema: 'failsafe', uniqueKeys: false, merge: true, maxAliasCount: 1000 });
  } catch (error) {
    throw new InputError({ where: name, message: `cannot be read: ${messageOf(error)}` });
  }
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let at = root;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return undefined;
    at = Object.hasOwn(at, part) ? (at as Record<string, unknown>)[part] : undefined;
  }
  return at === '' || at === null ? undefined : at;
}

function settingOf(value: unknown): SettingValue | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, String(item)]));
}
