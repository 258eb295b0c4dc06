import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathExists } from '../../base/files.js';

const CONFIGS = ['next.config.js', 'next.config.mjs', 'next.config.ts', 'next.config.cjs', 'next.config.mts'];
const DEFAULT = '.next';

export async function findNextConfig(app: string): Promise<string | undefined> {
  for (const name of CONFIGS) if (await pathExists(join(app, name))) return name;
  return undefined;
}

/**
 * Folder that `next build` writes to, relative to the app: what the configuration names in plain words, `.next`, or the
 * folder that holds what only Next.js writes, when the name is computed. `.next` when nothing is built.
 */
export async function findOutput(app: string): Promise<string> {
  const config = await findNextConfig(app);
  const text = config ? await readFile(join(app, config), 'utf8') : '';
  const named = /\bdistDir\s*:\s*(['"`])([^'"`$]+)\1/.exec(text)?.[2]?.replace(/^\.\/|\/$/g, '');
  if (named !== undefined) return named;
  if (await isOutput(app, DEFAULT)) return DEFAULT;
  const folders = (await readdir(app, { withFileTypes: true }).catch(() => [])).filter((item) => item.isDirectory());
  for (const { name } of folders) if (name !== 'node_modules' && (await isOutput(app, name))) return name;
  return DEFAULT;
}

function isOutput(app: string, folder: string): Promise<boolean> {
  return pathExists(join(app, folder, 'required-server-files.json'));
}
