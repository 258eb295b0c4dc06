import type { Clock } from '../base/clock.js';
import { retryAfterMs } from '../base/retry.js';

/** Why GitHub wants us to wait: the hourly budget is used up, or we were too fast or too many. */
export interface AskedWait {
  readonly ms: number;
  readonly limit: 'primary' | 'secondary';
}

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

/** Holds back writes, so that GitHub has no reason to refuse one for speed. */
export interface Pace {
  /** Resolves when the next write may start. */
  beforeWrite(signal?: AbortSignal): Promise<void>;
  afterWrite(): void;
}

export interface PaceOptions {
  /** GitHub asks for at least a second between two changes. */
  readonly betweenMs?: number;
  /** Below the documented 500 requests an hour that create content. */
  readonly perHour?: number;
  /** Told before a wait that is longer than the gap between two writes. */
  readonly onWait?: (ms: number) => void;
}

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
export function createPace(clock: Clock, options: PaceOptions = {}): Pace {
  const { betweenMs = 1000, perHour = 480, onWait } = options;
  const hour = 3_600_000;
  const ended: number[] = [];
  return {
    async beforeWrite(signal) {
      const now = clock.now();
      while (ended[0] !== undefined && ended[0] <= now - hour) ended.shift();
      const gap = (ended.at(-1) ?? -Infinity) + betweenMs - now;
      const budget = ended.length < perHour ? 0 : (ended[ended.length - perHour] ?? 0) + hour + 1000 - now;
      const wait = Math.max(gap, budget);
      if (wait <= 0) return;
      if (wait > betweenMs) onWait?.(wait);
      await clock.sleep(wait, signal);
    },
    afterWrite() {
      ended.push(clock.now());
    },
  };
}
