import type { Clock } from '../../base/clock.js';
import type { Environment } from '../../base/environment.js';

/** What the command line sees of the process. */
export interface Terminal {
  readonly env: Environment;
  /** Throws when the working directory is gone. */
  readonly cwd: string | (() => string);
  readonly signal: AbortSignal;
  /** Rejects with a failure that nobody waited for. */
  readonly escaped?: Promise<never>;
  /** The computer's own when left out. */
  readonly clock?: Clock;
  /** Where answers come from; left out where nobody can give one. */
  readonly stdin?: { readonly isTTY: boolean; open(): NodeJS.ReadableStream };
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
}
