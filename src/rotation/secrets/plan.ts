import type { LadingError } from '../../base/errors.js';
import { formatScope, type Scope } from '../../github/secrets/scope.js';
import type { Access, PublicKey } from '../../github/secrets/secret.js';

/** One secret in one scope, as it was found. */
export interface Standing {
  readonly scope: Scope;
  readonly secret: string;
  /** Milliseconds; undefined when there is no such secret yet. */
  readonly updatedAt?: number | undefined;
  readonly access?: Access | undefined;
  /** Read while looking for a secret that was not there. */
  readonly publicKey?: PublicKey | undefined;
  /** The name under which it was asked for, when the repository has another by now. */
  readonly movedFrom?: string | undefined;
}

/** One secret that could not be looked at. */
export interface Unreadable {
  readonly scope: Scope;
  readonly secret: string;
  readonly error: LadingError;
}

export interface RotationPlan {
  /** The oldest first, so that a run that is stopped has done what was most urgent. */
  readonly writes: readonly Standing[];
  readonly fresh: readonly Standing[];
  /** Written before, by the run that this one continues. */
  readonly done: readonly Standing[];
}

export interface PlanOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Secrets younger than this many milliseconds are left alone. */
  readonly olderThan: number;
  readonly force: boolean;
  /** Places that an unfinished run has written, by `placeOf`. */
  readonly done: ReadonlySet<string>;
}

/** Decides what to write. A time in the future, from a clock that differs, counts as fresh. */
export function planRotation(standings: readonly Standing[], options: PlanOptions): RotationPlan {
  const writes: Standing[] = [];
  const fresh: Standing[] = [];
  const done: Standing[] = [];
  for (const standing of standings) {
    if (options.done.has(placeOf(standing))) done.push(standing);
    else if (!options.force && !isOlder(standing, options.now, options.olderThan)) fresh.push(standing);
    else writes.push(standing);
  }
  writes.sort((a, b) => (a.updatedAt ?? 0) - (b.updatedAt ?? 0));
  return { writes, fresh, done };
}

/** Whether a secret is missing or at least `age` milliseconds old. */
export function isOlder(standing: Pick<Standing, 'updatedAt'>, now: number, age: number): boolean {
  return standing.updatedAt === undefined || now - standing.updatedAt >= age;
}

/** Names one secret of one scope, within a run. */
export function placeOf({ scope, secret }: Pick<Standing, 'scope' | 'secret'>): string {
  return `${formatScope(scope)} ${secret}`;
}

/** Names of the variables that belong to a secret: `ECR_PASSWORD` has `ECR_REGISTRY`, `ECR_USERNAME` and its expiry. */
export function variableNames(secret: string): { registry: string; username: string; expiresAt: string } {
  const stem = secret.replace(/_(PASSWORD|TOKEN|SECRET)$/i, '');
  return { registry: `${stem}_REGISTRY`, username: `${stem}_USERNAME`, expiresAt: `${secret}_EXPIRES_AT` };
}
