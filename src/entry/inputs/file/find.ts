import type { Stats } from 'node:fs';
import { lstat, open, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { InputError, messageOf } from '../../../base/errors.js';
import { pathExists } from '../../../base/files/files.js';

/** More than any release has to say. */
const MAX_BYTES = 256 * 1024;

/**
 * `lading.yml` or `lading.yaml` of the folder or one above, up to the root of the repository. It says what runs, so
 * that neither a link out of the repository nor a file that somebody else has put above it is taken.
 */
export async function findConfigFile(folder: string): Promise<string | undefined> {
  for (let at = folder, last = ''; at !== last; last = at, at = dirname(at)) {
    for (const name of ['lading.yml', 'lading.yaml']) {
      const path = join(at, name);
      const found = await lstat(path).catch(() => undefined);
      if (!found) continue;
      if (found.isSymbolicLink()) await refuseLinkOut(path, await rootOf(at));
      else if (!found.isFile()) throw new InputError({ where: path, message: 'is not a file' });
      if (at !== folder) await refuseStranger(path, found, folder);
      return path;
    }
    if (await pathExists(join(at, '.git'))) return undefined;
  }
  return undefined;
}

async function rootOf(folder: string): Promise<string> {
  for (let at = folder, last = ''; at !== last; last = at, at = dirname(at)) {
    if (await pathExists(join(at, '.git'))) return at;
  }
  return folder;
}

async function refuseLinkOut(path: string, root: string): Promise<void> {
  const target = await realpath(path).catch((error: unknown) => {
    throw new InputError({ where: path, message: `is a link to nothing: ${messageOf(error)}` });
  });
  const inside = relative(await realpath(root), target);
  if (inside !== '..' && !inside.startsWith(`..${sep}`) && !inside.startsWith(sep)) return;
  throw new InputError({
    where: path,
    message: `is a link out of the repository, to ${target}`,
    hint: 'Put the file itself there, or name it with --config.',
  });
}

/** Who owns the folder that we work in may also own what is above it, as in the container of a job. */
async function refuseStranger(path: string, found: Stats, folder: string): Promise<void> {
  const user = process.getuid?.();
  if (user === undefined || found.uid === user || found.uid === 0) return;
  const own = await stat(folder).catch(() => undefined);
  if (own?.uid === found.uid) return;
  throw new InputError({
    where: path,
    message: `stands above the working directory and belongs to another user (${found.uid})`,
    hint: 'Name it with --config if it is yours to use.',
  });
}

/** The text of a configuration file. What is no text in UTF-8 is told with its line. */
export async function readConfigText(path: string, name: string): Promise<string> {
  const bytes = await readBounded(path);
  if (bytes.length > MAX_BYTES) throw new InputError({ where: name, message: 'is larger than 256 kB' });
  const refuse = (offset: number, message: string, hint?: string) => {
    const before = bytes.subarray(0, offset);
    const line = before.toString('latin1').split('\n').length;
    return new InputError({ where: `${name}:${line}:${offset - before.lastIndexOf(10)}`, message, hint });
  };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse(firstBroken(bytes), 'is no text in UTF-8', 'Save the file as UTF-8.');
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw refuse(nul, 'a NUL character, which no text has');
  return text;
}

/** Reads as far as it may, also from a pipe. */
async function readBounded(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const pieces: Buffer[] = [];
      for (let length = 0; length <= MAX_BYTES;) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(65_536), 0, 65_536);
        if (bytesRead === 0) break;
        pieces.push(buffer.subarray(0, bytesRead));
        length += bytesRead;
      }
      return Buffer.concat(pieces);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new InputError({ where: path, message: `cannot be read: ${messageOf(error)}` });
  }
}

/** The offset of the first byte that does not belong to UTF-8. */
function firstBroken(bytes: Buffer): number {
  let [good, bad] = [0, bytes.length];
  // A cut in the middle of a letter is no fault of the bytes before it: stream.
  const holds = (length: number) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
