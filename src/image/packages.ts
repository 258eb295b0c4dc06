import { lstatSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { LadingError } from '../base/errors.js';
import type { Entry } from './entry.js';
import { walkFolder } from './walk.js';

interface Wanted {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * The packages that the app needs in production, found as Node finds them, along the links of npm, pnpm and yarn.
 * Links stay links. What is not reached from `dependencies` stays out.
 */
export async function collectPackages(app: string, into: string): Promise<Entry[]> {
  const root = realpathSync(app);
  const entries = new Map<string, Entry>();
  const visited = new Set<string>();
  const place = (path: string) => `${into}/${relative(root, path).replaceAll(sep, '/')}`;

  function visit(from: string): void {
    const wanted = readWanted(from);
    const optional = { ...wanted.optionalDependencies, ...wanted.peerDependencies };
    for (const name of new Set([...Object.keys(wanted.dependencies ?? {}), ...Object.keys(optional)])) {
      const found = resolvePackage(from, name);
      if (found === undefined) {
        if (name in optional) continue;
        throw new LadingError(
          'input',
          `the package ${name}, which ${relative(root, from) || 'the app'} needs, is not installed`,
          {
            code: 'PACKAGE_MISSING',
            hint: 'Install the packages first, as with `npm ci`.',
          },
        );
      }
      add(found);
    }
  }

  function add(path: string): void {
    const real = realpathSync(path);
    if (!`${real}${sep}`.startsWith(`${root}${sep}`)) {
      throw new LadingError('input', `the package at ${path} lies outside of ${root}`, {
        code: 'PACKAGE_OUTSIDE',
        hint: 'Name the root of the workspace with --app, or install with a hoisted or deployed tree (`pnpm deploy`).',
      });
    }
    if (lstatSync(path).isSymbolicLink()) {
      const link = readlinkSync(path);
      const relativeLink = link.startsWith('/') ? relative(dirname(path), resolve(dirname(path), link)) : link;
      entries.set(place(path), {
        name: place(path),
        type: 'link',
        file: path,
        size: 0,
        mode: 0o777,
        link: relativeLink,
      });
    }
    if (visited.has(real)) return;
    visited.add(real);
    entries.set(place(real), { name: place(real), type: 'folder', file: real, size: 0, mode: 0o755 });
    const accept = (inside: string) => inside !== 'node_modules' && !inside.endsWith('/node_modules');
    for (const entry of walkFolder(real, { into: place(real), accept })) entries.set(entry.name, entry);
    visit(real);
  }

  function resolvePackage(from: string, name: string): string | undefined {
    for (let at = from; ; at = dirname(at)) {
      const candidate = join(at, 'node_modules', name);
      if (isFolder(candidate)) return candidate;
      if (at === root || at === dirname(at)) return undefined;
    }
  }

  visit(root);
  return [...entries.values()];
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(realpathSync(path)).isDirectory();
  } catch {
    return false;
  }
}

function readWanted(folder: string): Wanted {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Wanted;
  } catch (cause) {
    throw new LadingError('input', `${join(folder, 'package.json')} cannot be read: ${(cause as Error).message}`, {
      code: 'PACKAGE_INVALID',
      hint: 'Install the packages again, as with `npm ci`.',
      cause,
    });
  }
}
