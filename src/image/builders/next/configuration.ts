import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LadingError } from '../../../base/errors.js';
import { pathExists } from '../../../base/files/files.js';

export const CONFIGS = ['next.config.js', 'next.config.mjs', 'next.config.ts', 'next.config.cjs', 'next.config.mts'];
const DEFAULT = '.next';

export async function findNextConfig(app: string): Promise<string | undefined> {
  for (const name of CONFIGS) if (await pathExists(join(app, name))) return name;
  return undefined;
}

async function readNextConfig(app: string): Promise<string> {
  const config = await findNextConfig(app);
  return config ? await readFile(join(app, config), 'utf8') : '';
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1');
}

/** What a configuration says in plain words; `computed` when only running it would tell. */
export function outputOf(config: string): 'standalone' | 'export' | 'computed' | 'none' {
  const text = withoutComments(config);
  const named = /\boutput['"]?\s*:\s*(['"`])(standalone|export)\1/.exec(text)?.[2];
  if (named !== undefined) return named as 'standalone' | 'export';
  return /process\.env|require\(|import /.test(text) ? 'computed' : 'none';
}

/** Refuses before the build what could not be packed after it. */
export async function checkOutput(app: string): Promise<void> {
  const output = outputOf(await readNextConfig(app));
  if (output === 'export' || output === 'none') throw await notStandalone(app, output);
}

/** There is no server to pack; `output` is what the configuration, or the build, says instead. */
export async function notStandalone(app: string, output: string | undefined): Promise<LadingError> {
  const config = (await findNextConfig(app)) ?? 'next.config.mjs';
  if (output === 'export') {
    return new LadingError('input', `${config}: the app is exported as static files, which have no server to pack`, {
      code: 'STATIC_EXPORT',
      hint: `Put the exported files (in out) where files are served, as a bucket behind a CDN; or, to run a server, write  output: 'standalone',  in ${config}.`,
    });
  }
  return new LadingError(
    'input',
    `${config}: the app is not built with output 'standalone', so its server cannot be packed`,
    {
      code: 'NOT_STANDALONE',
      hint: `Add this line to the configuration in ${config}:  output: 'standalone',`,
    },
  );
}

/**
 * Folder that `next build` writes to, relative to the app: what the configuration names in plain words, `.next`, or the
 * folder that holds what only Next.js writes, when the name is computed. `.next` when nothing is built.
 */
export async function findOutput(app: string): Promise<string> {
  const named = /\bdistDir['"]?\s*:\s*(['"`])([^'"`$]+)\1/
    .exec(withoutComments(await readNextConfig(app)))?.[2]
    ?.replace(/^\.\/|\/$/g, '');
  if (named !== undefined) return named;
  if (await isOutput(app, DEFAULT)) return DEFAULT;
  const folders = (await readdir(app, { withFileTypes: true }).catch(() => [])).filter((item) => item.isDirectory());
  for (const { name } of folders) if (name !== 'node_modules' && (await isOutput(app, name))) return name;
  return DEFAULT;
}

function isOutput(app: string, folder: string): Promise<boolean> {
  return pathExists(join(app, folder, 'required-server-files.json'));
}
