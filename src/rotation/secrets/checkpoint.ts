import { constants } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname, isAbsolute, relative, sep } from 'node:path';
import * as v from 'valibot';
import { LadingError, messageOf } from '../../base/errors.js';
import { readOwnFile, refuseLinks, replaceFile } from '../../base/files/files.js';
import { makeOwnFolder } from '../../base/files/own-folder.js';

/** What an unfinished run has written, so that the next one goes on where it was. Holds names and times, no secret. */
export interface Checkpoint {
  /** Secrets that are done, by `secretKey`, with the time of their write in milliseconds. */
  readonly done: ReadonlyMap<string, number>;
  record(key: string, at: number): Promise<void>;
  /** Forgets it: the run came to its end. */
  finish(): Promise<void>;
}

/** Some hundred thousand lines. */
const largestFile = 32 * 1024 * 1024;
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
  const below = folderOf(file, within);
  const [head, ...lines] = await attempt(file, () => readLines(file, below));
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
          await refuseLinks(file, below);
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

async function readLines(file: string, below: string): Promise<readonly unknown[]> {
  await refuseLinks(file, below);
  const bytes = await readOwnFile(file, largestFile);
  return (bytes?.toString('utf8') ?? '').split('\n').map((line) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      return undefined;
    }
  });
}

/** The folder of the work when the file is in it; else its own: who names a file elsewhere means it. */
function folderOf(file: string, within: string): string {
  const path = relative(within, file);
  return isAbsolute(path) || path.split(sep)[0] === '..' ? dirname(file) : within;
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
