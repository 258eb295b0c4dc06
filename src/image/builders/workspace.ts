import { realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { LadingError } from '../../base/errors.js';
import { parseFile } from './package-json.js';

/** Where the packages of an app are looked for. */
export interface Workspace {
  /** Real path of the outermost folder; the app itself outside of a workspace. */
  readonly root: string;
  /** Real path of the app, at or below the root. */
  readonly app: string;
  /** From the root to the app, with `/`; empty when they are one. */
  readonly path: string;
}

type Words = Readonly<Record<string, string>>;

/** What of a package.json says which packages and files belong together; what has another shape counts as not said. */
export interface PackageManifest {
  readonly workspaces: unknown;
  readonly files: readonly string[] | undefined;
  readonly main: string | undefined;
  readonly bin: string | Words | undefined;
  readonly dependencies: Words;
  readonly devDependencies: Words;
  readonly optionalDependencies: Words;
  readonly peerDependencies: Words;
  readonly bundled: readonly string[];
}

const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

/** The workspace of npm, pnpm or yarn around an app: an app with a lockfile of its own stands alone. */
export function findWorkspace(folder: string): Workspace {
  const app = realpathSync(folder);
  const alone = { root: app, app, path: '' };
  if (LOCKFILES.some((name) => isThere(join(app, name)))) return alone;
  for (let at = dirname(app), below = app; at !== below; below = at, at = dirname(at)) {
    if (isThere(join(below, '.git'))) return alone;
    if (isThere(join(at, 'pnpm-workspace.yaml')) || hasWorkspaces(at))
      return { root: at, app, path: relative(at, app).replaceAll(sep, '/') };
  }
  return alone;
}

function hasWorkspaces(folder: string): boolean {
  return isThere(join(folder, 'package.json')) && readPackage(folder).workspaces !== undefined;
}

/** Folder of a package as Node finds it: in `node_modules` here or further up, as far as the root. */
export function resolvePackage(from: string, name: string, root: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (isFolder(candidate)) return candidate;
    if (at === root || at === dirname(at)) return undefined;
  }
}

/** A package of the workspace itself: its real path is in no `node_modules`. */
export function isMember(real: string, root: string): boolean {
  return real.startsWith(`${root}${sep}`) && !relative(root, real).split(sep).includes('node_modules');
}

/** Folders of the workspace's packages that the app is built with, itself left out. */
export function membersFor(workspace: Workspace): string[] {
  const found = new Set([workspace.app]);
  for (const folder of found) {
    const { dependencies, devDependencies, optionalDependencies } = readPackage(folder);
    for (const name of Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      const place = resolvePackage(folder, name, workspace.root);
      const real = place === undefined ? undefined : realpathSync(place);
      if (real !== undefined && isMember(real, workspace.root)) found.add(real);
    }
  }
  return [...found].slice(1).sort();
}

/** As npm reads it, which overlooks what somebody else published in a wrong shape. */
export function readPackage(folder: string): PackageManifest {
  const file = join(folder, 'package.json');
  const told = parseFile(file);
  if (told === undefined) throw missing(file);
  const fields = isMap(told) ? told : {};
  const words = (name: string): Words => {
    const value = fields[name];
    return isMap(value) ? (value as Words) : {};
  };
  const list = (name: string) => {
    const value = fields[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
  };
  const { main, bin } = fields;
  return {
    workspaces: fields.workspaces,
    files: list('files'),
    main: typeof main === 'string' ? main : undefined,
    bin: typeof bin === 'string' ? bin : words('bin'),
    dependencies: words('dependencies'),
    devDependencies: words('devDependencies'),
    optionalDependencies: words('optionalDependencies'),
    peerDependencies: words('peerDependencies'),
    bundled: [...(list('bundleDependencies') ?? []), ...(list('bundledDependencies') ?? [])],
  };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function missing(file: string): LadingError {
  return new LadingError('input', `${file} is missing`, {
    code: 'PACKAGE_INVALID',
    hint: 'Install the packages again, as with `npm ci`.',
  });
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
