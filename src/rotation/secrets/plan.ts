import { isOlder, secretKey, type FoundSecret } from './found-secret.js';

export interface RotationPlan {
  /** The oldest first, so that a run that is stopped has done what was most urgent. */
  readonly writes: readonly FoundSecret[];
  readonly fresh: readonly FoundSecret[];
  /** Written before, by the run that this one continues. */
  readonly done: readonly FoundSecret[];
}

export interface PlanOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Secrets younger than this many milliseconds are left alone. */
  readonly olderThan: number;
  readonly force: boolean;
  /** Secrets that an unfinished run has written, by `secretKey`. */
  readonly done: ReadonlySet<string>;
}

/** Decides what to write. */
export function planRotation(found: readonly FoundSecret[], options: PlanOptions): RotationPlan {
  const writes: FoundSecret[] = [];
  const fresh: FoundSecret[] = [];
  const done: FoundSecret[] = [];
  for (const one of found) {
    if (options.done.has(secretKey(one))) done.push(one);
    else if (!options.force && !isOlder(one, options.now, options.olderThan)) fresh.push(one);
    else writes.push(one);
  }
  writes.sort((a, b) => (a.updatedAt ?? 0) - (b.updatedAt ?? 0));
  return { writes, fresh, done };
}
