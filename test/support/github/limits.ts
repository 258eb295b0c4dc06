import { refusal, type Reply } from './reply.js';

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export class Limits {
  refused = 0;
  closestWrites = Infinity;
  readonly #perHour: number;
  readonly #seen: { readonly at: number; readonly isWrite: boolean }[] = [];
  readonly #budgets = new Map<string, { resetAt: number; left: number }>();

  constructor(perHour = 5000) {
    this.#perHour = perHour;
  }

  /** The refusal of who is too fast: 900 points a minute, 80 changes a minute and 500 an hour. */
  secondary(isWrite: boolean, now: number): Reply | undefined {
    const writes = this.#seen.filter((one) => one.isWrite);
    if (isWrite) this.closestWrites = Math.min(this.closestWrites, now - (writes.at(-1)?.at ?? -Infinity));
    this.#seen.push({ at: now, isWrite });
    while ((this.#seen[0]?.at ?? Infinity) <= now - 3_600_000) this.#seen.shift();
    const minute = this.#seen.filter(({ at }) => at > now - 60_000);
    const points = minute.reduce((sum, one) => sum + (one.isWrite ? 5 : 1), 0);
    const changes = this.#seen.filter((one) => one.isWrite);
    const inMinute = changes.filter(({ at }) => at > now - 60_000).length;
    if (points <= 900 && inMinute <= 80 && changes.length <= 500) return undefined;
    this.refused++;
    // GitHub says it in two ways.
    const text = 'You have exceeded a secondary rate limit and have been temporarily blocked from content creation.';
    return this.refused % 2 === 0 ? refusal(429, text, { 'retry-after': '60' }) : refusal(403, text);
  }

  /** Takes a request out of the token's hour; the refusal when nothing is left. */
  primary(
    token: string,
    now: number,
  ): { readonly headers: Record<string, string>; readonly refusal: Reply | undefined } {
    const known = this.#budgets.get(token);
    const budget = known && known.resetAt > now ? known : { resetAt: now + 3_600_000, left: this.#perHour };
    this.#budgets.set(token, budget);
    const isEmpty = budget.left <= 0;
    budget.left = Math.max(0, budget.left - 1);
    const headers = {
      'x-ratelimit-limit': String(this.#perHour),
      'x-ratelimit-remaining': String(budget.left),
      'x-ratelimit-used': String(this.#perHour - budget.left),
      'x-ratelimit-reset': String(Math.ceil(budget.resetAt / 1000)),
      'x-ratelimit-resource': 'core',
    };
    return { headers, refusal: isEmpty ? refusal(403, 'API rate limit exceeded for user ID 1.') : undefined };
  }
}
