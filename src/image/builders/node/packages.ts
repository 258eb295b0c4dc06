import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LadingError } from '../../../base/errors.js';
import type { Entry } from '../../layer/entry.js';
import { walkFolder } from '../../layer/walk.js';
import type { Workspace } from '../workspace.js';
import { isMember, readPackage, resolvePackage } from '../workspace.js';

export interface Packages {
  /** What was installed, and the links to it. */
  readonly entries: readonly Entry[];
  /** Real paths of the workspace's own packages: their files are the reader's to choose. */
  readonly members: readonly string[];
}

/**
 * The packages that the app needs in production, found as Node finds them, along the links of npm, pnpm and yarn.
 * Links stay links. What is not reached from `dependencies` stays out.
 */
export function collectPackages({ root, app }: Workspace, into: string): Packages {
  const entries: Entry[] = [];
  const links = new Set<string>();
  const plain = new Set<string>();
  const visited = new Set<string>([app]);
  const members: string[] = [];
  const place = (path: string) => `${into}/${relative(root, path).replaceAll(sep, '/')}`;

  function visit(from: string): void {
    const wanted = readPackage(from);
    const optional = new Set([
      ...Object.keys(wanted.optionalDependencies),
      ...Object.keys(wanted.peerDependencies),
      ...wanted.bundled,
    ]);
    for (const name of new Set([...Object.keys(wanted.dependencies), ...optional])) {
      const found = resolvePackage(from, name, root);
      if (found !== undefined) add(found);
      else if (!optional.has(name)) throw missing(name, relative(root, from) || 'the app', { root, app });
    }
  }

  function add(path: string): void {
    const real = realpathSync(path);
    if (!`${real}${sep}`.startsWith(`${root}${sep}`)) throw outside(path, root);
    if (real !== path) addLinks(path);
    if (visited.has(real)) return;
    visited.add(real);
    if (isMember(real, root)) members.push(real);
    else {
      entries.push({ name: place(real), type: 'folder', file: real, size: 0, mode: 0o755 });
      // Its own packages are found one by one; a folder of this name further down is part of it, as npm packs it.
      const accept = (inside: string) => inside !== 'node_modules';
      for (const entry of walkFolder(real, { into: place(real), accept })) entries.push(entry);
    }
    visit(real);
  }

  /** Each link on the way, as the system follows them: one may lead to the next. */
  function addLinks(path: string): void {
    const parts = relative(root, path).split(sep);
    if (parts[0] === '..') throw outside(path, root);
    for (let count = 1; count <= parts.length; count++) {
      const at = join(root, ...parts.slice(0, count));
      if (plain.has(at)) continue;
      if (!lstatSync(at).isSymbolicLink()) {
        plain.add(at);
        continue;
      }
      const told = readlinkSync(at);
      const link = isAbsolute(told) ? relative(dirname(at), told) : told;
      if (!links.has(at)) entries.push({ name: place(at), type: 'link', file: at, size: 0, mode: 0o777, link });
      links.add(at);
      return addLinks(resolve(dirname(at), told, ...parts.slice(count)));
    }
  }

  visit(app);
  return { entries, members: members.sort() };
}

function missing(name: string, by: string, { root, app }: Pick<Workspace, 'root' | 'app'>): LadingError {
  if ([root, app].some((folder) => existsSync(join(folder, '.pnp.cjs')))) {
    return new LadingError('input', `the packages are installed by yarn's Plug'n'Play, without node_modules`, {
      code: 'YARN_PNP',
      hint: 'Write `nodeLinker: node-modules` into .yarnrc.yml and run `yarn install`.',
    });
  }
  return new LadingError('input', `the package ${name}, which ${by} needs, is not installed`, {
    code: 'PACKAGE_MISSING',
    hint: 'Install the packages first, as with `npm ci`.',
  });
}

function outside(path: string, root: string): LadingError {
  return new LadingError('input', `the package at ${path} lies outside of ${root}`, {
    code: 'PACKAGE_OUTSIDE',
    hint: 'Make both parts of one workspace, or install a copy (`install-links` of npm, `pnpm deploy`).',
  });
}
