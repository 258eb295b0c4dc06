import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { access, lstat, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { errnoOf, InputError, LadingError, messageOf } from '../errors.js';

export async function pathExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Readers see the old file or the new one, never a part: it is written beside and renamed. Makes the folder. A link in its place is replaced, not followed. */
export async function replaceFile(file: string, text: string, mode = 0o644): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(draft, text, { mode, flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * Refuses a path that leads elsewhere: one of its parts beneath the folder `below`, or the path itself, is a symbolic
 * link, a device or the like. What is not there yet is fine. For what lading writes to and deletes by itself: whoever
 * commits a link there must not reach other files by it. Throws an `InputError`.
 */
export async function refuseLinks(path: string, below: string): Promise<void> {
  let at = below;
  for (const part of relative(below, path).split(sep).filter(Boolean)) {
    at = join(at, part);
    const stats = await lstat(at).catch(() => undefined);
    if (!stats) return;
    if (!stats.isFile() && !stats.isDirectory()) throw foreign(at, stats);
  }
}

/** A regular file, open for reading; undefined where there is none. Nothing else is opened, not even by a link. */
export async function openOwnFile(file: string): Promise<FileHandle | undefined> {
  let handle: FileHandle | undefined;
  try {
    // A FIFO without a writer would be waited for.
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const stats = await handle.stat();
    if (stats.isFile()) return handle;
    throw foreign(file, stats);
  } catch (cause) {
    await handle?.close();
    const errno = errnoOf(cause);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
    // What cannot be opened without following it, or not at all, as a socket.
    const stats = await lstat(file).catch(() => undefined);
    if (stats && !stats.isFile() && !(cause instanceof LadingError)) throw foreign(file, stats);
    if (cause instanceof LadingError) throw cause;
    throw new LadingError('input', `cannot read ${file}: ${messageOf(cause)}`, {
      code: 'UNREADABLE',
      hint: 'Make it readable for the user that runs lading.',
      cause,
    });
  }
}

/** The bytes of a regular file, as {@link openOwnFile}; refused when there are more than `limit`. */
export async function readOwnFile(file: string, limit: number): Promise<Buffer | undefined> {
  const handle = await openOwnFile(file);
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    if (size > limit) {
      throw new LadingError('input', `${file} has ${size} bytes, more than the ${limit} that it may have`, {
        code: 'FILE_TOO_LARGE',
        hint: 'Remove it, and run again.',
      });
    }
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await handle.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function foreign(path: string, stats: Stats): InputError {
  const kind = stats.isSymbolicLink()
    ? 'a symbolic link'
    : stats.isDirectory()
      ? 'a folder'
      : stats.isFIFO()
        ? 'a pipe'
        : 'a device or a socket';
  return new InputError(
    {
      where: path,
      message: `is ${kind}: lading reads and writes only plain files and folders of its own there`,
      hint: `Remove ${path}, and run again.`,
    },
    'LINK_REFUSED',
  );
}
