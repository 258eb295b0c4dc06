import { join } from 'node:path';
import { LadingError } from '../../base/errors.js';
import { checkOutput, findNextConfig } from '../../image/builders/next/configuration.js';
import { readManifest } from '../../image/builders/package-json.js';
import type { Check } from './check.js';
import { eachThing } from './check.js';
import type { Finding } from './finding.js';
import { ok, wrong } from './finding.js';

/** Folders of apps that a release packs. */
export interface AppsScene {
  readonly folder: string;
  /** Relative to it. */
  readonly apps: readonly string[];
}

export const appChecks: readonly Check<AppsScene>[] = [
  {
    id: 'next/output',
    title: 'The output of Next.js',
    run: ({ folder, apps }) =>
      eachThing(
        apps,
        (app) => ({ id: 'next/output', title: `the app in ${app}` }),
        (app) => output(folder, app),
      ),
  },
];

/** Only a standalone server can be packed: what lading refuses before it builds. */
async function output(folder: string, app: string): Promise<readonly Finding[]> {
  const path = join(folder, app);
  const [config, manifest] = await Promise.all([findNextConfig(path), readManifest(path)]);
  if (config === undefined && manifest?.dependencies?.next === undefined) return [];
  const file = join(app, config ?? 'package.json').replaceAll('\\', '/');
  try {
    await checkOutput(path);
    return [ok('next/output', `the Next.js app in ${app} is built as a standalone server`)];
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    return [
      wrong('next/output', error.message, {
        at: { file, line: 1, column: 1 },
        fix: error.hint ?? `Write output: 'standalone' in ${file}.`,
      }),
    ];
  }
}
