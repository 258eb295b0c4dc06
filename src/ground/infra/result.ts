import type { Counts } from '../../terraform/event.js';
import type { ResourceChange, StackPlan } from '../../terraform/plan/plan.js';
import type { Lock } from '../../terraform/backend.js';
import type { OpenInfra } from './open.js';

/** What every action on a stack tells. */
export interface InfraResult {
  readonly stack: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** As `Terraform 1.11.4`. */
  readonly program: string;
  readonly state: { readonly bucket: string; readonly key: string; readonly lock: Lock };
}

export interface PlanResult extends InfraResult {
  /** Nothing would change. */
  readonly clean: boolean;
  readonly counts: Counts;
  readonly changes: readonly ResourceChange[];
  /** Addresses of what somebody else has changed. */
  readonly drift: readonly string[];
  /** Image of the service stack, with its digest. */
  readonly image?: string | undefined;
  /** Where the plan is saved, for `infra apply --plan`; undefined when it is not. */
  readonly file?: string | undefined;
}

export interface ApplyResult extends PlanResult {
  readonly dryRun: boolean;
  /** What was done; undefined when there was nothing to do. */
  readonly applied?: { readonly done: readonly string[]; readonly counts: Counts | undefined } | undefined;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Names of outputs that are not told. */
  readonly sensitive: readonly string[];
}

export interface OutputResult extends InfraResult {
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly sensitive: readonly string[];
}

export function infraResult({ request, stack, account, region }: OpenInfra): InfraResult {
  const { bucket, key, lock, name } = request;
  const program = `${stack.program.name} ${stack.program.version}`;
  return { stack: request.stack, name, account, region, program, state: { bucket, key, lock } };
}

export function planResult(open: OpenInfra, plan: StackPlan, file: string | undefined): PlanResult {
  const { clean, counts, changes, drift } = plan;
  return { ...infraResult(open), clean, counts, changes, drift, image: open.image, file };
}

/** `name = value`, a line each. */
export function outputLines(outputs: Readonly<Record<string, unknown>>): string {
  return Object.entries(outputs)
    .map(([name, value]) => `${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n');
}
