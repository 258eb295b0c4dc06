import { constants } from 'node:fs';
import { lstat, open, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import * as v from 'valibot';
import { errnoOf, LadingError, messageOf } from '../../base/errors.js';
import { replaceFile } from '../../base/files.js';
import { makeOwnFolder } from '../../base/own-folder.js';

/** What an unfinished run has written, so that the next one goes on where it was. Holds names and times, no secret. */
export interface Checkpoint {
  /** Secrets that are done, by `secretKey`, with the time of their write in milliseconds. */
  readonly done: ReadonlyMap<string, number>;
  record(key: string, at: number): Promise<void>;
  /** Forgets it: the run came to its end. */
  finish(): Promise<void>;
}

const headShape = v.object({ run: v.string() });
const lineShape = v.object({ secret: v.string(), at: v.number() });

export interface CheckpointOptions {
  /** What the run is about (targets, secrets, host): a file about something else is written anew. */
  readonly run: string;
  /** What was done before counts no more; milliseconds. */
  readonly since: number;
  /** The folder of the work: none of what is in it may be a link on the way to the file. */
  readonly within: string;
}

/**
 * Opens the file of a run. Lines are appended one by one, so that a kill at any moment loses at most the last. A
 * repository may hold the file, or its folder, as a link: that is refused, since it could lead to any file of the user.
 */
export async function openCheckpoint(file: string, { run, since, within }: CheckpointOptions): Promise<Checkpoint> {
  const done = new Map<string, number>();
  const [head, ...lines] = await attempt(file, () => readLines(file, within));
  const continues = v.safeParse(headShape, head).output;
  const isOurs = v.is(headShape, continues) && continues.run === run;
  for (const line of isOurs ? lines : []) {
    if (v.is(lineShape, line) && line.at >= since) done.set(line.secret, line.at);
  }
  let started = false;
  return {
    done,
    async record(key, at) {
      await attempt(file, async () => {
        if (!started) {
          // The first line anew: the last of a run that was killed may be half a line.
          const kept = [...done].map(([name, time]) => ({ secret: name, at: time }));
          await refuseLinks(file, within);
          await makeOwnFolder(file);
          await replaceFile(file, [{ run }, ...kept].map(lineOf).join(''), 0o600);
        }
        started = true;
        await withFile(file, constants.O_WRONLY | constants.O_APPEND, (handle) =>
          handle.write(lineOf({ secret: key, at })),
        );
      });
    },
    async finish() {
      if (started || isOurs) await rm(file, { force: true });
    },
  };
}

function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

async function readLines(file: string, within: string): Promise<readonly unknown[]> {
  if (!(await refuseLinks(file, within))) return [];
  const text = await withFile(file, constants.O_RDONLY, (handle) => handle.readFile('utf8'));
  return text.split('\n').map((line) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      return undefined;
    }
  });
}

/** Whether the file is there; rejects when it, or a folder of the work above it, is a link. */
async function refuseLinks(file: string, within: string): Promise<boolean> {
  const path = relative(within, file);
  const isInside = !isAbsolute(path) && path.split(sep)[0] !== '..';
  let at = isInside ? within : dirname(file);
  for (const part of isInside ? path.split(sep) : [basename(file)]) {
    at = join(at, part);
    const found = await lstat(at).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (!found) return false;
    if (found.isSymbolicLink()) throw new Error(`${at} is a link`);
    if (at === file && !found.isFile()) throw new Error('it is no file');
  }
  return true;
}

/** Opens without following a link that came in between. Windows knows no such flag. */
async function withFile<Result>(
  file: string,
  flags: number,
  work: (handle: FileHandle) => Promise<Result>,
): Promise<Result> {
  const handle = await open(file, flags | (constants.O_NOFOLLOW ?? 0));
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

async function attempt<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(file: string, cause: unknown): LadingError {
  return new LadingError('input', `keep track of the rotation in ${file}: ${messageOf(cause)}`, {
    code: 'STATE_FILE',
    hint: 'Name a file in a folder that can be written, by --state-file; links are not followed.',
    cause,
  });
}
