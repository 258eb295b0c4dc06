import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '..');
const folders = ['', ...readdirSync(join(root, 'examples')).map((name) => `examples/${name}/`)];
const lockfiles = folders.map((folder) => `${folder}package-lock.json`).filter((file) => existsSync(join(root, file)));

// npm writes only the packages of the platform it runs on when node_modules is older than the lockfile, and then
// `npm ci` refuses the lockfile everywhere. `npm install --package-lock-only --ignore-scripts` makes it whole.
test.each(lockfiles)('%s names the packages of every platform', (file) => {
  const { packages } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };
  const missing = Object.entries(packages).flatMap(([path, locked]) =>
    Object.keys({ ...locked.dependencies, ...locked.optionalDependencies }).filter(
      (name) => !foldersAbove(path).some((folder) => packages[`${folder}node_modules/${name}`]),
    ),
  );
  expect([...new Set(missing)]).toEqual([]);
});

/** Where Node looks for the packages of one, nearest first: `a/node_modules/b/`, `a/`, and the root. */
function foldersAbove(path: string): readonly string[] {
  const folders = [path === '' ? '' : `${path}/`];
  for (let at = path.lastIndexOf('node_modules/'); at >= 0; at = path.slice(0, at).lastIndexOf('node_modules/'))
    folders.push(path.slice(0, at));
  return folders;
}
