import type { Clock } from './clock.js';
import { errnoOf } from './errors.js';

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Including the first. */
  readonly tries?: number;
  /** First wait in milliseconds; doubles, with full jitter, up to `maxDelayMs`. */
  readonly delayMs?: number;
  readonly maxDelayMs?: number;
  /** Longest wait in milliseconds that the far side may ask for: who asks for more is tried again after this. */
  readonly maxAskedMs?: number;
  /** By the clock: no wait goes beyond it. */
  readonly deadline?: number | undefined;
  /** Says whether the failure may pass: true, false, or the milliseconds that the far side asked to wait. */
  readonly isTransient: (error: unknown) => boolean | number;
  /** `askedMs` is what the far side asked for, if it did. */
  readonly onRetry?: (error: unknown, waitMs: number, nextTry: number, askedMs: number | undefined) => void;
}

/** Longest wait that a far side may ask for: a longer one is as good as a refusal. */
const LONGEST_WAIT_MS = 300_000;

/** Repeats `work` while its failures are transient. There is no wait after the last try. */
export async function retry<Result>(
  work: (attempt: number) => Promise<Result>,
  options: RetryOptions,
): Promise<Result> {
  const { tries = 5, delayMs = 200, maxDelayMs = 8000, maxAskedMs = LONGEST_WAIT_MS } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= tries || options.signal?.aborted) throw error;
      const verdict = options.isTransient(error);
      if (verdict === false) throw error;
      const ceiling = Math.min(maxDelayMs, delayMs * 2 ** (attempt - 1));
      const asked = typeof verdict === 'number' ? verdict : undefined;
      const wait = asked === undefined ? ceiling / 2 + (Math.random() * ceiling) / 2 : Math.min(asked, maxAskedMs);
      if (options.deadline !== undefined && options.clock.now() + wait > options.deadline) throw error;
      options.onRetry?.(error, wait, attempt + 1, asked);
      await options.clock.sleep(wait, options.signal);
    }
  }
}

const transientErrnos = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** A failure of the connection that another try may not have. */
export function isConnectionFailure(error: unknown): boolean {
  const code = errnoOf(error);
  return code !== undefined && transientErrnos.has(code);
}

/** 408, 425, 429 and 5xx. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** Milliseconds of a `Retry-After` header, in seconds or as a date; undefined when there is none. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
