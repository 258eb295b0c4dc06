import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Entry } from '../../layer/entry.js';
import { ANYWHERE, walkFolder } from '../../layer/walk.js';
import { findWorkspace, membersFor } from '../workspace.js';

/** Folders that a build writes or does not read, besides what it writes its result to. */
const NOT_SOURCES = new Set([
  'node_modules',
  '.next',
  '.git',
  '.lading',
  'lading.yml',
  'coverage',
  '.turbo',
  '.terraform',
]);

/** Whether a change of it asks for a new build; by its path below a folder of sources. Public files are packed as they are. */
export function isSource(path: string): boolean {
  return (
    !NOT_SOURCES.has(path.split('/').at(-1) ?? '') &&
    path !== 'public' &&
    path !== 'next-env.d.ts' &&
    !/\.(tsbuildinfo|md)$/.test(path)
  );
}

/** Of an app and the packages of its workspace; by content, since file times differ between two copies of one folder. */
export function hashSources(app: string, without: readonly string[]): string {
  const hash = createHash('sha256');
  const workspace = findWorkspace(app);
  for (const folder of [workspace.app, ...membersFor(workspace)]) {
    hash.update(`${relative(workspace.root, folder)}\0`);
    for (const entry of sourcesOf(folder, without)) {
      hash.update(`${entry.name}\0${entry.type === 'link' ? entry.link : ''}\0`);
      if (entry.type === 'file') hash.update(readFileSync(entry.file));
    }
  }
  return hash.digest('hex');
}

/** A source of the app that was written after a moment, in milliseconds since 1970. */
export function newerSource(app: string, time: number, without: readonly string[]): string | undefined {
  const isNewer = (entry: Entry) => entry.type === 'file' && statSync(entry.file).mtimeMs > time;
  return sourcesOf(app, without).find(isNewer)?.name;
}

/** `without`: absolute paths that are left out with what they hold. */
function sourcesOf(folder: string, without: readonly string[]): Entry[] {
  const accept = (path: string) => isSource(path) && !without.includes(join(folder, path));
  return walkFolder(folder, { into: '', within: ANYWHERE, accept }).filter((entry) => entry.type !== 'folder');
}
