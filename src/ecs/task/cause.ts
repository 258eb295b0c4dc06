/** What kind of thing went wrong; the same words stand in results for programs. */
export type CauseClass =
  | 'image'
  | 'secrets'
  | 'start'
  | 'exit'
  | 'memory'
  | 'health'
  | 'network'
  | 'capacity'
  | 'alarm'
  | 'hook'
  | 'platform'
  | 'unknown';

/**
 * `certain`: no repetition can mend it, as an image that does not exist. `likely`: the app may yet come up, as after a
 * crash. `passing`: it may pass without anybody's doing, as throttling or a bad host, and is never counted.
 */
export type Certainty = 'certain' | 'likely' | 'passing';

/** Why a task died or a deployment failed, in a form that people and programs can act on. */
export interface Cause {
  readonly class: CauseClass;
  readonly certainty: Certainty;
  /** ECS's own words. */
  readonly text: string;
  /** What the service's events add, as the codes of a failing health check. */
  readonly detail?: string | undefined;
  readonly container?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly hint: string;
  readonly taskArn?: string | undefined;
  /** Milliseconds since 1970 by AWS's clock. */
  readonly at?: number | undefined;
  readonly availabilityZone?: string | undefined;
  readonly subnet?: string | undefined;
}

/** A cause with what the watch knows beside it. */
export interface KnownCause extends Cause {
  /** Tasks that died of it so far. */
  readonly tasks: number;
  /** Last lines of the container, or one that says why there are none. */
  readonly logs: readonly string[];
}

/** The cause on one line: `web: Essential container in task exited (exit code 1)`. */
export function causeText(cause: Cause): string {
  const where = cause.container === undefined ? '' : `${cause.container}: `;
  const exit = cause.exitCode === undefined ? '' : ` (exit code ${cause.exitCode})`;
  return `${where}${cause.text}${exit}${cause.detail === undefined ? '' : `; ${cause.detail}`}`;
}

/** Two tasks died of the same when this is equal: names of tasks and moments do not count. */
export function causeKey(cause: Cause): string {
  const words = cause.text.replace(/[0-9a-f]{32}|\d{4}-\d\d-\d\dT[\d:.]+Z?|\b\d+(\.\d+){3}(:\d+)?\b/g, '…');
  return [cause.class, cause.container ?? '', cause.exitCode ?? '', words].join('\n');
}
