import { dirname, join, relative, sep } from 'node:path';
import type { ActionRelease } from '../../../base/declare/action-release.js';
import { pathExists } from '../../../base/files/files.js';

const NAME = 'lading.schema.json';

/**
 * Where editors find the JSON Schema of `lading.yml`: in the installed package, else at the release of the actions. It is
 * never looked for at an address that nobody of ours has.
 */
export async function schemaFor(folder: string, action: ActionRelease | undefined): Promise<string> {
  for (let at = folder, last = ''; at !== last; last = at, at = dirname(at)) {
    const file = join(at, 'node_modules/lading', NAME);
    if (await pathExists(file)) return local(relative(folder, file).split(sep).join('/'));
    if (await pathExists(join(at, '.git'))) break;
  }
  if (action === undefined) return local(`node_modules/lading/${NAME}`);
  return `https://raw.githubusercontent.com/${action.repository}/${action.version}/${NAME}`;
}

function local(path: string): string {
  return path.startsWith('.') ? path : `./${path}`;
}
