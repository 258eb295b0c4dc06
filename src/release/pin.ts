import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../base/context.js';
import { InputError } from '../base/errors.js';
import { replaceFile } from '../base/files.js';
import { say } from '../base/report.js';
import { DEFAULT_BASE, findBase } from './base-image.js';
import type { RegistryValues } from './registries.js';

/** Asks the registry for the base's digest and writes `build.base: name@sha256:…` into lading.yml, with its comments kept. */
export async function writePin(base: string | undefined, context: Context, values: RegistryValues): Promise<string> {
  const name = (base ?? DEFAULT_BASE).split('@')[0] ?? DEFAULT_BASE;
  const source = await findBase(name, context, values);
  if (source.repository === undefined) {
    throw new InputError({
      where: '--pin',
      message: 'a base image on this disk cannot be pinned',
      hint: 'Name one of a registry with --base.',
    });
  }
  const raw = await source.store.manifest(source.selector);
  if (!raw) throw new InputError({ where: '--base', message: `the base image ${name} does not exist` });
  const pinned = `${name}@${raw.digest}`;
  const { parseDocument } = await import('yaml');
  const file = context.configFile ?? join(context.cwd, 'lading.yml');
  const document = parseDocument(await readFile(file, 'utf8').catch(() => ''));
  // A key without a value is no place to put one into.
  if (document.has('build') && document.get('build') === undefined) document.delete('build');
  document.setIn(['build', 'base'], pinned);
  await replaceFile(file, document.toString({ lineWidth: 0 }));
  say(context.report, 'info', `${file}: build.base is ${pinned}`);
  return pinned;
}
