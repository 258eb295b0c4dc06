import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import host from 'node:process';
import type { Context } from '../context.js';
import { errnoOf } from '../errors.js';
import { say } from '../tell/report.js';

const LOOK_MS = 200;
/** A holder says so often that it is alive; one that has not for so long is dead, or on a computer that is. */
const BEAT_MS = 5000;
const DEAD_MS = 60_000;
/** To clear a dead one away takes a moment; who does not manage it in this time has died of it. */
const CLEAR_MS = 10_000;

type LockContext = Pick<Context, 'clock' | 'report' | 'signal'>;

/** Locks of this very process: its number may be that of a dead one in a container that was started again. */
const held = new Set<string>();

/**
 * Waits until no other run of lading has the lock file, and takes it. A lock whose holder is dead counts for nothing.
 * `what` says in the message what the other one works on. Resolves to what gives it back.
 */
export async function takeLock(file: string, what: string, context: LockContext): Promise<() => Promise<void>> {
  const own = JSON.stringify({ host: hostname(), pid: host.pid, id: randomBytes(8).toString('hex') });
  held.add(own);
  try {
    await acquire(file, own, what, context);
  } catch (error) {
    held.delete(own);
    throw error;
  }
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), BEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    if ((await readFile(file, 'utf8').catch(() => '')) === own) await rm(file, { force: true });
    held.delete(own);
  };
}

async function acquire(file: string, own: string, what: string, context: LockContext): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const { clock } = context;
  let seen: { readonly mark: string; readonly at: number } | undefined;
  while (!(await take(file, own))) {
    const holder = await look(file);
    if (!holder) continue;
    if (seen === undefined) {
      const text = `Another run of lading (process ${holder.pid ?? 'unknown'}) works on ${what}: this one waits for it.`;
      say(context.report, 'info', text);
    }
    if (seen?.mark !== holder.mark) seen = { mark: holder.mark, at: clock.now() };
    const silent = clock.now() - seen.at;
    if ((isDead(holder) || silent > DEAD_MS) && (await clear(file, holder.text, silent > DEAD_MS + CLEAR_MS))) continue;
    await clock.sleep(LOOK_MS, context.signal);
  }
}

async function take(file: string, own: string): Promise<boolean> {
  try {
    await writeFile(file, own, { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

interface Holder {
  readonly text: string;
  /** Another one after each sign of life. */
  readonly mark: string;
  readonly host?: string;
  readonly pid?: number;
}

/** Undefined when it has just been given back. */
async function look(file: string): Promise<Holder | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    const [, where, pid] = /^\{"host":"([^"]*)","pid":(\d+),/.exec(text) ?? [];
    const about = where === undefined ? {} : { host: where, pid: Number(pid) };
    return { text, mark: `${mtimeMs} ${text}`, ...about };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isDead(holder: Holder): boolean {
  if (holder.host !== hostname() || holder.pid === undefined) return false;
  if (holder.pid === host.pid) return !held.has(holder.text);
  try {
    host.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return errnoOf(error) === 'ESRCH';
  }
}

/**
 * Takes the lock of a dead holder away, and no other that came in its place: between the look and the removal nobody
 * else may remove it, and who is dead does not. False when another one is at it; `force` when that one never ends.
 */
async function clear(file: string, text: string, force: boolean): Promise<boolean> {
  const claim = `${file}.clear`;
  if (force) await rm(claim, { force: true });
  if (!(await take(claim, ''))) return false;
  try {
    if ((await readFile(file, 'utf8').catch(() => undefined)) === text) await rm(file, { force: true });
  } finally {
    await rm(claim, { force: true });
  }
  return true;
}
