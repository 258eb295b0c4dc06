import type { KnownCause } from '../../task/cause.js';
import type { ProofBy } from './proof.js';
import type { Back } from '../watch/state.js';
import type { Serves } from './serves.js';

export type Outcome =
  /** Our deployment is SUCCESSFUL, and what runs is what was asked for. */
  | 'steady'
  /** The service runs it already. */
  | 'unchanged'
  /** Only the number of tasks changed, and so many run. */
  | 'scaled'
  /** Begun, and not waited for. */
  | 'started'
  /** `--dry-run`. */
  | 'planned'
  /** Nothing was begun: the update was refused. */
  | 'not-started'
  | 'failed'
  | 'rolled-back'
  | 'superseded'
  /** Somebody stopped it. */
  | 'stopped'
  | 'paused'
  | 'deleted'
  | 'unproven'
  | 'timeout'
  /** The watch ended before the deployment did: cancelled, or credentials or AWS failed. */
  | 'unknown';

/** How one service was deployed. Every ending has all that is known by then. */
export interface DeployResult {
  readonly outcome: Outcome;
  readonly cluster: string;
  readonly service: string;
  readonly region: string;
  /** ARN of the revision that the deployment runs. */
  readonly taskDefinition: string;
  readonly previousTaskDefinition: string;
  readonly registered: boolean;
  readonly images: readonly { readonly container: string; readonly image: string }[];
  readonly changes: readonly string[];
  readonly deployment?: {
    readonly id: string;
    readonly arn: string | undefined;
    readonly status: string | undefined;
    readonly statusReason: string | undefined;
    /** AWS's console. */
    readonly url: string | undefined;
  };
  readonly proof?: ProofBy;
  /** What weighs most among what went wrong; also of a deployment that went well in the end. */
  readonly cause?: KnownCause;
  /** Whether ECS went back to what ran before; only of a deployment that failed or was stopped. */
  readonly rolledBack?: Back;
  /** What replaced ours. */
  readonly winner?: { readonly deploymentArn: string; readonly taskDefinition: string | undefined };
  /** What answers now; read at the end of a deployment that did not end well. */
  readonly serves?: Serves;
  /** What could not be seen, what is lost by that, and the action to allow. */
  readonly unseen: readonly { readonly what: string; readonly lost: string; readonly allow: string | undefined }[];
  /** What to run next. */
  readonly next?: string;
  readonly ms: number;
}
