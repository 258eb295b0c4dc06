import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { LadingError } from '../base/errors.js';
import type { Entry } from './entry.js';
import { walkFolder } from './walk.js';
import type { Workspace } from './workspace.js';
import { isMember, readPackage, resolvePackage } from './workspace.js';

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
  const visited = new Set<string>([app]);
  const members: string[] = [];
  const place = (path: string) => `${into}/${relative(root, path).replaceAll(sep, '/')}`;

  function visit(from: string): void {
    const wanted = readPackage(from);
    const optional = { ...wanted.optionalDependencies, ...wanted.peerDependencies };
    for (const name of new Set([...Object.keys(wanted.dependencies ?? {}), ...Object.keys(optional)])) {
      const found = resolvePackage(from, name, root);
      if (found !== undefined) add(found);
      else if (!(name in optional)) throw missing(name, relative(root, from) || 'the app', root);
    }
  }

  function add(path: string): void {
    const real = realpathSync(path);
    if (!`${real}${sep}`.startsWith(`${root}${sep}`)) throw outside(path, root);
    if (lstatSync(path).isSymbolicLink()) {
      const link = readlinkSync(path);
      const relativeLink = link.startsWith('/') ? relative(dirname(path), resolve(dirname(path), link)) : link;
      const name = place(path);
      if (!links.has(name)) entries.push({ name, type: 'link', file: path, size: 0, mode: 0o777, link: relativeLink });
      links.add(name);
    }
    if (visited.has(real)) return;
    visited.add(real);
    if (isMember(real, root)) members.push(real);
    else {
      entries.push({ name: place(real), type: 'folder', file: real, size: 0, mode: 0o755 });
      const accept = (inside: string) => inside !== 'node_modules' && !inside.endsWith('/node_modules');
      for (const entry of walkFolder(real, { into: place(real), accept })) entries.push(entry);
    }
    visit(real);
  }

  visit(app);
  return { entries, members: members.sort() };
}

function missing(name: string, by: string, root: string): LadingError {
  if (['.pnp.cjs', '.pnp.js'].some((file) => existsSync(join(root, file)))) {
    return new LadingError(
      'input',
      `the packages are installed by Yarn Plug'n'Play, which has no node_modules to pack`,
      {
        code: 'PLUG_AND_PLAY',
        hint: 'Set `nodeLinker: node-modules` in .yarnrc.yml, and run `yarn install`.',
      },
    );
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
