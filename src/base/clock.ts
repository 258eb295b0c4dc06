import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { cancelled } from './errors.js';

/** The only source of time. Milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with a `cancelled` error as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A timer of more milliseconds than 31 bits hold would ring at once. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    if (signal?.aborted) throw cancelled('waiting');
    for (let left = Math.max(0, ms || 0); ; left -= LONGEST) {
      await delay(Math.min(left, LONGEST), undefined, { signal }).catch(() => {
        throw cancelled('waiting');
      });
      if (left <= LONGEST) return;
    }
  },
};

export interface VirtualClock extends Clock {
  advance(ms: number): void;
}

/**
 * A clock for rehearsals and tests: who sleeps moves the time forward and goes on at once, so that half an hour
 * of waiting takes milliseconds and every reader of the clock sees the same time.
 */
export function virtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  let time = start;
  return {
    now: () => time,
    advance(ms) {
      time += ms;
    },
    async sleep(ms, signal) {
      if (signal?.aborted) throw cancelled('waiting');
      const wakeAt = time + ms;
      await nextTurn();
      if (signal?.aborted) throw cancelled('waiting');
      time = Math.max(time, wakeAt);
    },
  };
}
