import { refusal, type Answer } from './answer.js';

/** GitHub's limits, counted on the sandbox's clock. */
export interface LimitCount {
  /** The refusal for being too fast; undefined when the request may pass. Counts it. */
  refuse(method: string, now: number): Answer | undefined;
  /** `x-ratelimit-*` of an answer to this token. */
  headers(token: string | undefined, now: number): Readonly<Record<string, string>>;
  /** How many requests were refused for speed. */
  readonly refused: number;
  /** Shortest time between two writes in milliseconds; infinite before the second. */
  readonly closestWrites: number;
}

const minute = 60_000;
const hour = 3_600_000;

/**
 * 900 points a minute, 80 writes a minute and 500 an hour, and `perHour` requests per token.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function createLimitCount(perHour = 5000): LimitCount {
  let points: { readonly at: number; readonly points: number }[] = [];
  let writes: number[] = [];
  let refused = 0;
  let closest = Infinity;
  const windows = new Map<string, { readonly resetAt: number; used: number }>();

  return {
    get refused() {
      return refused;
    },
    get closestWrites() {
      return closest;
    },
    refuse(method, now) {
      points = points.filter(({ at }) => at > now - minute);
      writes = writes.filter((at) => at > now - hour);
      points.push({ at: now, points: method === 'GET' ? 1 : 5 });
      if (method !== 'GET') {
        closest = Math.min(closest, now - (writes.at(-1) ?? -Infinity));
        writes.push(now);
      }
      const inMinute = writes.filter((at) => at > now - minute).length;
      const sum = points.reduce((total, entry) => total + entry.points, 0);
      if (sum <= 900 && inMinute <= 80 && writes.length <= 500) return undefined;
      refused++;
      return secondaryLimit(60);
    },
    headers(token, now) {
      const key = token ?? '';
      let window = windows.get(key);
      if (!window || window.resetAt <= now) {
        window = { resetAt: now + hour, used: 0 };
        windows.set(key, window);
      }
      window.used++;
      return {
        'x-ratelimit-limit': String(perHour),
        'x-ratelimit-remaining': String(Math.max(0, perHour - window.used)),
        'x-ratelimit-used': String(window.used),
        'x-ratelimit-reset': String(Math.ceil(window.resetAt / 1000)),
        'x-ratelimit-resource': 'core',
      };
    },
  };
}

/** What GitHub says to who is too fast. */
export function secondaryLimit(retryAfterSeconds: number): Answer {
  return refusal(403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.', {
    'retry-after': String(retryAfterSeconds),
  });
}
