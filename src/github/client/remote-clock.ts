import type { Clock } from '../../base/clock.js';

/** GitHub's time, as its `Date` headers tell it: ages, budgets and an App's tokens are counted by it. */
export interface RemoteClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that GitHub's clock is ahead of ours; 0 while they agree. */
  readonly offsetMs: number;
  /** Takes the `Date` header of an answer that has just come. */
  observe(date: string | undefined): void;
}

/** The header knows no fractions, and the answer took its time. */
const toleranceMs = 10_000;
const worthTellingMs = 60_000;

/** `onSkew` is told once, when the clocks differ by a minute or more. */
export function createRemoteClock(clock: Pick<Clock, 'now'>, onSkew?: (offsetMs: number) => void): RemoteClock {
  let offsetMs = 0;
  let told = false;
  return {
    now: () => clock.now() + offsetMs,
    get offsetMs() {
      return offsetMs;
    },
    observe(date) {
      const remote = Date.parse(date ?? '');
      if (Number.isNaN(remote)) return;
      const found = remote + 500 - clock.now();
      if (Math.abs(found) <= toleranceMs) offsetMs = 0;
      else if (Math.abs(found - offsetMs) > toleranceMs) offsetMs = found;
      if (told || Math.abs(offsetMs) < worthTellingMs) return;
      told = true;
      onSkew?.(offsetMs);
    },
  };
}
