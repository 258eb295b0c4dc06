import { join } from 'node:path';
import { pathExists } from '../../../base/files/files.js';
import { findWorkspace } from '../../../image/builders/workspace.js';
import { peek } from './read-text.js';

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** How the packages of an app are installed. */
export interface Packages {
  readonly manager: PackageManager;
  /** Yarn from version 2 on, which has other flags. */
  readonly modern: boolean;
  /** Name of the lockfile; undefined when there is none. */
  readonly lockfile: string | undefined;
  /** Absolute path of the folder that they are installed in: of the workspace, or the app itself. */
  readonly root: string;
  /** `packageManager` of package.json names its version. */
  readonly pinned: boolean;
  /** Name of the file beside it that names the version of Node. */
  readonly nodeFile: string | undefined;
}

const lockfiles: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

/** Undefined for an app without a `package.json`. */
export async function readPackages(app: string): Promise<Packages | undefined> {
  if (!(await pathExists(join(app, 'package.json')))) return undefined;
  const { root } = findWorkspace(app);
  const manifest = manifestOf(await peek(join(root, 'package.json')));
  const named = /^(npm|pnpm|yarn|bun)@(\d+)/.exec(manifest.packageManager ?? '');
  const found = await firstThere(
    root,
    lockfiles.map(([name]) => name),
  );
  const byLock = lockfiles.find(([name]) => name === found)?.[1];
  const manager = (named?.[1] as PackageManager | undefined) ?? byLock ?? 'npm';
  const own = lockfiles.filter(([, of]) => of === manager).map(([name]) => name);
  const major = named?.[1] === 'yarn' ? Number(named[2]) : undefined;
  const nodeFile = await firstThere(root, ['.nvmrc', '.node-version', '.tool-versions']);
  return {
    manager,
    modern: manager === 'yarn' && (major === undefined ? await pathExists(join(root, '.yarnrc.yml')) : major > 1),
    lockfile: await firstThere(root, own),
    root,
    pinned: named !== null,
    nodeFile: nodeFile ?? (manifest.engines?.node === undefined ? undefined : 'package.json'),
  };
}

interface Manifest {
  readonly packageManager?: string;
  readonly engines?: { readonly node?: string };
}

/** What has another shape counts as not said: the builder tells it. */
function manifestOf(text: string | undefined): Manifest {
  try {
    const value = JSON.parse(text ?? '{}') as Record<string, unknown> | null;
    const { packageManager, engines } = value ?? {};
    const node = (engines as { node?: unknown } | null | undefined)?.node;
    return {
      ...(typeof packageManager === 'string' && { packageManager }),
      ...(typeof node === 'string' && { engines: { node } }),
    };
  } catch {
    return {};
  }
}

async function firstThere(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (await pathExists(join(folder, name))) return name;
  return undefined;
}
