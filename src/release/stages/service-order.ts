import type { ErrorData } from '../../base/errors.js';
import type { ContainerVariable } from '../../ecs/definition/change.js';
import type { IfUnchanged } from '../../ecs/rollout/plan/plan.js';
import type { DeployResult, Outcome } from '../../ecs/rollout/verdict/result.js';
import type { Smoke } from '../release.js';
import type { ResolvedImage } from '../images/resolve-image.js';
import type { Served } from './smoke.js';

/** One service of a release, past the boundary of text. */
export interface ServiceOrder {
  /** As the release calls it. */
  readonly name: string;
  readonly cluster: string;
  /** As ECS calls it. */
  readonly service: string;
  readonly region: string | undefined;
  readonly images: readonly ResolvedImage[];
  readonly env: readonly ContainerVariable[];
  /** A file with the task definition, instead of the running one. */
  readonly taskDefinition: string | undefined;
  readonly force: boolean;
  readonly desiredCount: number | undefined;
  readonly wait: 'deployed' | 'stable' | 'drained' | 'none';
  readonly timeoutMs: number;
  readonly failFast: boolean;
  readonly ifUnchanged: IfUnchanged;
  readonly smoke: Smoke | undefined;
  readonly commit: string | undefined;
}

/**
 * Puts the images of an order into its service; what is left is to follow the deployment. A dry run is told as one.
 * The result of an error is not that of the roll-out.
 */
export type PutIn = (order: ServiceOrder, options: { readonly dryRun: boolean }) => Promise<void>;

/** How one service of a release ended. */
export type ServiceResult = Partial<Omit<DeployResult, 'outcome' | 'cluster' | 'service'>> & {
  readonly name: string;
  readonly cluster: string;
  readonly service: string;
  /** `skipped`: something before it did not end well, so it was not touched. */
  readonly outcome: Outcome | 'skipped';
  /** What its address answered; only where that was to be asked. */
  readonly served?: Served;
  /** Why this one did not end well. */
  readonly error?: ErrorData;
};
