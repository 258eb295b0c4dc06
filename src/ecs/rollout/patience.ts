import { isTransient } from '../../aws/failure.js';
import type { Clock } from '../../base/clock.js';
import { LadingError, messageOf } from '../../base/errors.js';
import type { Report } from '../../base/tell/report.js';
import { say } from '../../base/tell/report.js';

/** Calls that must go through before the watch begins are waited for as long as the deployment may take. */
export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Repeats what may pass until the deadline; `attempt` counts from 1. */
  until<Value>(operation: string, work: (attempt: number) => Promise<Value>): Promise<Value>;
  /** The same that ends with the signal, too: of several that are waited for side by side, none outlives the others. */
  within(signal: AbortSignal): Patience;
}

const FIRST_MS = 500;
const MOST_MS = 8000;
/** A wait for longer than that is told. */
const TOLD_MS = 10_000;

export function patienceUntil(
  deadline: number,
  context: { readonly clock: Clock; readonly report: Report; readonly signal: AbortSignal },
): Patience {
  const { clock, report, signal } = context;
  return {
    clock,
    signal,
    within: (other) => patienceUntil(deadline, { ...context, signal: AbortSignal.any([signal, other]) }),
    async until(operation, work) {
      const began = clock.now();
      let told = false;
      for (let attempt = 1; ; attempt++) {
        try {
          return await work(attempt);
        } catch (error) {
          const mayPass = isTransient(error) || isRace(error);
          const left = deadline - clock.now();
          if (!mayPass || signal.aborted) throw error;
          if (left <= 0) {
            throw new LadingError('timeout', `ecs ${operation} did not come through in time: ${messageOf(error)}`, {
              code: 'TIMEOUT',
              hint: 'Nothing was changed by this step; run the same again, or give it more time with --timeout.',
              cause: error,
            });
          }
          const waited = clock.now() - began;
          if (waited >= TOLD_MS && !told) {
            told = true;
            say(
              report,
              'info',
              `ecs ${operation} does not come through for ${Math.round(waited / 1000)}s: ${messageOf(error)}; it is asked again.`,
            );
          }
          const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** (attempt - 1));
          await clock.sleep(Math.min(left, ceiling / 2 + (Math.random() * ceiling) / 2), signal);
        }
      }
    },
  };
}

/** Two who register in one family at the same time: one is refused, and may try again. */
function isRace(error: unknown): boolean {
  return /too many concurrent attempts/i.test(messageOf(error));
}
