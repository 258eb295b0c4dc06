import type { Clock } from '../../base/clock.js';
import { retryAfterMs } from '../../base/retry.js';

/** Why GitHub wants us to wait: the hourly budget is used up, or we were too fast or too many. */
export interface AskedWait {
  readonly ms: number;
  readonly limit: 'primary' | 'secondary';
}

/** Budgets last an hour; who is asked to wait longer gives up. */
export const longestWaitMs = 65 * 60_000;

/**
 * Reads out of an answer whether, and how long, to wait before the same request again; undefined when it is no matter
 * of limits. `attempt` counts from 1.
 * https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
 */
export function askedWait(
  answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly text: string;
  },
  now: number,
  attempt: number,
): AskedWait | undefined {
  if (answer.status !== 403 && answer.status !== 429) return undefined;
  const asked = retryAfterMs(answer.headers['retry-after'], now);
  if (asked !== undefined) return { ms: asked, limit: 'secondary' };
  const reset = Number(answer.headers['x-ratelimit-reset']);
  if (answer.headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset)) {
    // A second more, since the header knows no fractions.
    return { ms: Math.max(0, reset * 1000 - now) + 1000, limit: 'primary' };
  }
  const told = /secondary rate limit|abuse detection|rate limit exceeded/i.test(answer.text);
  if (!told && answer.status !== 429) return undefined;
  return { ms: 60_000 * 2 ** (attempt - 1), limit: 'secondary' };
}

/** Holds back requests, so that GitHub has no reason to refuse one for speed. */
export interface Pace {
  /** Resolves when the next request may start. */
  before(isWrite: boolean, signal?: AbortSignal): Promise<void>;
  /** Must follow each `before` when the answer is there. */
  after(isWrite: boolean): void;
}

export interface PaceOptions {
  /** GitHub asks for at least a second between two changes. */
  readonly betweenMs?: number;
  /** Below the documented 500 requests an hour that create content. */
  readonly writesPerHour?: number;
  /** Half of the documented 900, so that a run may follow directly on another: 1 for a read, 5 for a write. */
  readonly pointsPerMinute?: number;
  /** Told before a wait for the budget of the hour. */
  readonly onWait?: (ms: number) => void;
}

const minute = 60_000;
const hour = 3_600_000;

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
export function createPace(clock: Clock, options: PaceOptions = {}): Pace {
  const { betweenMs = 1000, writesPerHour = 480, pointsPerMinute = 450, onWait } = options;
  /** When the writes of the last hour ended. */
  const writes: number[] = [];
  const spent: { readonly at: number; readonly points: number }[] = [];

  /** When enough of the last minute's points are a minute old. */
  function pointsAllowAt(points: number, now: number): number {
    while (spent[0] !== undefined && spent[0].at <= now - minute) spent.shift();
    let sum = points + spent.reduce((total, entry) => total + entry.points, 0);
    let at = now;
    for (const entry of spent) {
      if (sum <= pointsPerMinute) break;
      sum -= entry.points;
      at = entry.at + minute;
    }
    return at;
  }

  function writesAllowAt(now: number): number {
    while (writes[0] !== undefined && writes[0] <= now - hour) writes.shift();
    const last = writes.at(-1);
    if (writes.length >= writesPerHour) {
      const at = (writes[writes.length - writesPerHour] ?? now) + hour;
      onWait?.(at - now);
      return at;
    }
    return last === undefined ? now : last + betweenMs;
  }

  return {
    async before(isWrite, signal) {
      const now = clock.now();
      const points = isWrite ? 5 : 1;
      const at = Math.max(pointsAllowAt(points, now), isWrite ? writesAllowAt(now) : now);
      if (at > now) await clock.sleep(at - now, signal);
      spent.push({ at: clock.now(), points });
    },
    after(isWrite) {
      if (isWrite) writes.push(clock.now());
    },
  };
}
