import { readOwnFile } from '../../../base/files/files.js';

/** Nothing that is looked at here is larger. */
export const MOST = 1 << 20;

/**
 * A text file; undefined where there is none. A link, a device, or more than 1 MiB is an input error: what is written
 * here goes into the folder of somebody, who may not be who runs us.
 */
export async function readText(path: string): Promise<string | undefined> {
  const bytes = await readOwnFile(path, MOST);
  return bytes?.toString('utf8').replace(/^\ufeff/, '');
}

/** As `readText`; undefined also for what cannot be read: it was looked at only to know more. */
export async function peek(path: string): Promise<string | undefined> {
  return readText(path).catch(() => undefined);
}
