import type { Clock } from '../../base/clock.js';
import type { Environment } from '../../base/environment.js';

/** What the Actions runner gives to a step. */
export interface Runner {
  readonly env: Environment;
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Rejects with a failure that nobody waited for. */
  readonly escaped?: Promise<never>;
  /** The computer's own when left out. */
  readonly clock?: Clock;
  readonly write: (text: string) => void;
}
