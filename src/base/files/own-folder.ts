import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';

const NAME = '.lading';

/**
 * Makes the folder `.lading` that a path leads through, with a `.gitignore` that keeps it out of git. One that is there
 * is left as it is, and so is a path without one.
 */
export async function makeOwnFolder(path: string): Promise<void> {
  const parts = resolve(path).split(sep);
  const at = parts.lastIndexOf(NAME);
  if (at < 0) return;
  const folder = parts.slice(0, at + 1).join(sep);
  const made = await mkdir(folder, { recursive: true });
  if (made === undefined) return;
  // Another run may have been as quick.
  await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
}
