import { join } from 'node:path';
import type { Context } from '../base/context.js';
import { errnoOf } from '../base/errors.js';
import { takeLock } from '../base/files/lock.js';
import { makeOwnFolder } from '../base/files/own-folder.js';
import { guarded } from './layer/disk.js';
import type { Layout } from './layout/layout.js';

/** Runs what writes to a layout, and what reads it afterwards, while no other run of lading does so. */
export async function lockLayout<Result>(
  { directory }: Pick<Layout, 'directory'>,
  context: Pick<Context, 'clock' | 'report' | 'signal'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const release = await guarded(directory, async () => {
    await makeOwnFolder(directory);
    const take = (file: string) => takeLock(file, `the image in ${directory}`, context);
    return take(lockFile(directory)).catch((error: unknown) => {
      // A volume that is mounted for its user alone: nothing may be written beside it.
      if (!/^(EACCES|EPERM|EROFS)$/.test(errnoOf(error) ?? '')) throw error;
      return take(join(directory, '.lading-lock'));
    });
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Beside the layout: other tools may read all that lies in it. */
export function lockFile(directory: string): string {
  return `${directory}.lock`;
}
