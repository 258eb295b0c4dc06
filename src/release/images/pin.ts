import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../base/context.js';
import { InputError } from '../../base/errors.js';
import { replaceFile } from '../../base/files/files.js';
import { say } from '../../base/tell/report.js';
import { DEFAULT_BASE, findBase } from './base-image.js';
import type { RegistryValues } from './registries.js';

/**
 * Asks the registry for the base's digest and writes `build.base: name@sha256:…` into lading.yml, or below `images` the base
 * of that image. Comments are kept.
 */
export async function writePin(
  base: string | undefined,
  context: Context,
  options: RegistryValues & { readonly image?: string | undefined },
): Promise<string> {
  const path = options.image === undefined ? ['build', 'base'] : ['images', options.image, 'base'];
  const name = (base ?? DEFAULT_BASE).split('@')[0] ?? DEFAULT_BASE;
  const source = await findBase(name, context, options);
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
  const section = path.slice(0, -1);
  if (document.hasIn(section) && document.getIn(section) == null) document.deleteIn(section);
  try {
    document.setIn(path, pinned);
  } catch {
    // Behind an alias stands what is others', too.
    throw new InputError({
      where: '--pin',
      message: `${path.join('.')} cannot be written`,
      hint: `Write ${pinned} there.`,
    });
  }
  await replaceFile(file, document.toString({ lineWidth: 0 }));
  say(context.report, 'info', `${file}: ${path.join('.')} is ${pinned}`);
  return pinned;
}
