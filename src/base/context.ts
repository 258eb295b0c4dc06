import type { Clock } from './clock.js';
import type { Environment } from './environment.js';
import type { Exec } from './programs/exec.js';
import type { Http } from './http/http.js';
import type { Ask } from './tell/ask.js';
import type { Page } from './tell/page.js';
import type { Report } from './tell/report.js';

export type { Environment } from './environment.js';

/** The world, handed over once. A function takes `Pick<Context, …>`, so that its signature tells its effects. */
export interface Context {
  readonly env: Environment;
  /** Absolute path that relative paths of inputs start from; those in `lading.yml` start at its folder. */
  readonly cwd: string;
  /** The `lading.yml` of the run; undefined when it has none. */
  readonly configFile?: string | undefined;
  /** The part of `lading.yml` under `environments` that this run took. */
  readonly environment?: string | undefined;
  readonly http: Http;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly report: Report;
  /** Asks the person at the terminal; undefined when nobody is there who could answer. */
  readonly ask?: Ask | undefined;
  /** A page as GitHub shows it in a comment, of at most so many bytes, with secrets hidden. */
  readonly markdown?: ((page: Page, limit: number) => Promise<string>) | undefined;
  /** All that is piped in, read once; undefined when nothing can be, as at a terminal. */
  readonly readInput?: (() => Promise<string>) | undefined;
  /** Aborts when the run is cancelled or out of time. Every wait ends then. */
  readonly signal: AbortSignal;
}
