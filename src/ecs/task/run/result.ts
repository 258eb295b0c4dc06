import type { KnownCause } from '../cause.js';

export type RunOutcome =
  /** Every task ended by itself, and the container that decides with 0. */
  | 'passed'
  /** The service runs this already, and only what is new was to be run. */
  | 'unchanged'
  /** Begun, and not waited for. */
  | 'started'
  /** `--dry-run`. */
  | 'planned'
  /** A container ended otherwise than with 0, or never started. */
  | 'failed'
  /** ECS started nothing, or fewer tasks than were asked for. */
  | 'not-started'
  /** Somebody, or AWS, stopped it. */
  | 'stopped'
  /** It did not end in time. */
  | 'timeout'
  /** The watch ended before the task did: cancelled, or what it came to cannot be seen. */
  | 'unknown';

export interface RanContainer {
  readonly name: string;
  /** Its end ends the task. */
  readonly essential: boolean;
  /** Undefined while it runs, and of one that never started. */
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  readonly digest: string | undefined;
}

/** One task as it was last seen. */
export interface RanTask {
  readonly arn: string;
  readonly status: string;
  /** Of the container that decides; undefined while that is open. */
  readonly exitCode: number | undefined;
  readonly stopCode: string | undefined;
  readonly stoppedReason: string | undefined;
  /** ISO 8601. */
  readonly startedAt: string | undefined;
  readonly stoppedAt: string | undefined;
  readonly availabilityZone: string | undefined;
  readonly containers: readonly RanContainer[];
  /** AWS's console. */
  readonly url: string | undefined;
}

/** What came of running a task once. Every ending has all that is known by then. */
export interface RunResult {
  readonly outcome: RunOutcome;
  readonly cluster: string;
  /** Whose definition and network it took. */
  readonly service: string | undefined;
  readonly region: string;
  /** ARN of the revision; undefined while it would have to be registered first. */
  readonly taskDefinition: string | undefined;
  readonly registered: boolean;
  readonly images: readonly { readonly container: string; readonly image: string }[];
  /** What the revision has otherwise than what the service runs. */
  readonly changes: readonly string[];
  /** Whose exit code decides; undefined when all essential containers do. */
  readonly container: string | undefined;
  /** Words; empty: what the definition says. */
  readonly command: readonly string[];
  /** Of the first task that did not end well, else 0; undefined while it is open. */
  readonly exitCode: number | undefined;
  readonly tasks: readonly RanTask[];
  /** Why ECS placed a task nowhere, once for each. */
  readonly failures: readonly string[];
  readonly cause?: KnownCause;
  /** What could not be seen, what is lost by that, and the action to allow. */
  readonly unseen: readonly { readonly what: string; readonly lost: string; readonly allow: string | undefined }[];
  /** What to run next. */
  readonly next?: string;
  readonly ms: number;
}
