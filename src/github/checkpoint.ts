import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { errnoOf, LadingError, messageOf } from '../base/errors.js';

/** What an unfinished run has written, so that the next one goes on where it was. Holds names and times, no secret. */
export interface Checkpoint {
  /** Places that are done, with the time of their write in milliseconds. */
  readonly done: ReadonlyMap<string, number>;
  record(place: string, at: number): Promise<void>;
  /** Forgets it: the run came to its end. */
  finish(): Promise<void>;
}

const headShape = v.object({ run: v.string() });
const lineShape = v.object({ place: v.string(), at: v.number() });

/**
 * Opens the file of a run. `run` tells what it is about (targets, secrets, host): a file about something else is
 * written anew. Places done before `since` count no more. Lines are appended one by one, so that a kill at any moment
 * loses at most the last.
 */
export async function openCheckpoint(file: string, run: string, since: number): Promise<Checkpoint> {
  const done = new Map<string, number>();
  const [head, ...lines] = await readLines(file);
  const continues = v.safeParse(headShape, head).output;
  const isOurs = v.is(headShape, continues) && continues.run === run;
  for (const line of isOurs ? lines : []) {
    if (v.is(lineShape, line) && line.at >= since) done.set(line.place, line.at);
  }
  let started = false;
  return {
    done,
    async record(place, at) {
      if (!started) {
        // The first line anew: the last of a run that was killed may be half a line.
        const kept = [...done].map(([name, time]) => ({ place: name, at: time }));
        const text = [{ run }, ...kept].map((line) => `${JSON.stringify(line)}\n`).join('');
        await attempt(file, async () => {
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, text, { mode: 0o600 });
        });
        started = true;
      }
      await attempt(file, () => appendFile(file, `${JSON.stringify({ place, at })}\n`));
    },
    async finish() {
      if (started || isOurs) await rm(file, { force: true });
    },
  };
}

async function readLines(file: string): Promise<readonly unknown[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').map((line) => {
      try {
        return JSON.parse(line) as unknown;
      } catch {
        return undefined;
      }
    });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw unwritable(file, error);
  }
}

async function attempt(file: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(file: string, cause: unknown): LadingError {
  return new LadingError('input', `keep track of the rotation in ${file}: ${messageOf(cause)}`, {
    code: 'STATE_FILE',
    hint: 'Name a file in a folder that can be written, by --state-file.',
    cause,
  });
}
