import { readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { InputError } from '../../../base/errors.js';
import { pathExists } from '../../../base/files/files.js';
import { decide } from '../../../image/builders/choose.js';
import type { BuilderName } from '../../../image/builders/index.js';
import { builderTable } from '../../../image/builders/index.js';
import { CONFIGS } from '../../../image/builders/next/configuration.js';
import { readManifest } from '../../../image/builders/package-json.js';
import type { Packages } from './packages.js';
import { readPackages } from './packages.js';

/** What is packed. */
export interface App {
  /** Absolute. */
  readonly folder: string;
  readonly builder: BuilderName | undefined;
  /** As `Next.js`; undefined when no builder knows it. */
  readonly title: string | undefined;
  /** What was seen, as `it has next.config.mjs`. */
  readonly reason: string;
  /** Name of its package. */
  readonly name: string | undefined;
  /** It has a script `build`. */
  readonly builds: boolean;
  readonly packages: Packages | undefined;
  readonly dockerfile: boolean;
}

export async function readApp(folder: string): Promise<App> {
  await refuseOddFiles(folder);
  const [chosen, manifest, packages, dockerfile] = await Promise.all([
    recognise(folder),
    readManifest(folder),
    readPackages(folder),
    pathExists(join(folder, 'Dockerfile')),
  ]);
  return {
    folder,
    builder: chosen?.name,
    title: chosen?.title,
    reason: chosen?.reason ?? 'no builder of lading knows it',
    name: manifest?.name,
    builds: manifest?.scripts?.build !== undefined,
    packages,
    dockerfile,
  };
}

/** What is read of an app is a file, and no pipe, which would be waited for; in the folders above it, too. */
async function refuseOddFiles(folder: string): Promise<void> {
  for (let at = folder, last = ''; at !== last; last = at, at = dirname(at)) {
    for (const name of ['package.json', ...(at === folder ? ['Dockerfile', ...CONFIGS] : [])]) {
      const path = join(at, name);
      const found = await stat(path).catch(() => undefined);
      if (!found || found.isFile()) continue;
      throw new InputError({ where: path, message: 'is no file', hint: `Remove it, or name the app by --app.` });
    }
    if (await pathExists(join(at, '.git'))) return;
  }
}

async function recognise(folder: string) {
  const answers = await Promise.all(
    builderTable.map(async ({ name, load }) => {
      const builder = await load();
      return { name, title: builder.title, ...(await builder.recognises(folder)) };
    }),
  );
  return decide(answers);
}

/** More folders than that are no workspace that anybody could choose from. */
const MOST_FOLDERS = 300;

/**
 * Apps of a workspace whose root is none: folders up to two below it that a builder is sure of. Empty when the root is an
 * app itself. A package with a `main` alone is a library as likely as a service.
 */
export async function findApps(root: string): Promise<readonly string[]> {
  await refuseOddFiles(root);
  const own = await readManifest(root);
  const isWorkspace = own?.workspaces !== undefined || (await pathExists(join(root, 'pnpm-workspace.yaml')));
  if (own !== undefined && !isWorkspace) return [];
  if ((await recognise(root))?.name === 'next' || own?.scripts?.start !== undefined) return [];
  const found: string[] = [];
  let seen = 0;
  for (const folder of [...(await foldersIn(root)), ...(await grandchildren(root))]) {
    if (++seen > MOST_FOLDERS) break;
    // A package.json that cannot be read is told when that folder is chosen.
    const isReadable = await refuseOddFiles(folder).then(
      () => true,
      () => false,
    );
    const manifest = isReadable ? await readManifest(folder).catch(() => undefined) : undefined;
    const app = manifest && (await recognise(folder).catch(() => undefined));
    if (app?.name === 'next' || manifest?.scripts?.start !== undefined) found.push(folder);
  }
  return found.map((folder) => relative(root, folder).split(sep).join('/')).sort();
}

async function grandchildren(root: string): Promise<readonly string[]> {
  return (await Promise.all((await foldersIn(root)).map(foldersIn))).flat();
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const items = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return items
    .filter((item) => item.isDirectory() && !item.name.startsWith('.') && item.name !== 'node_modules')
    .map((item) => join(folder, item.name))
    .slice(0, MOST_FOLDERS);
}
