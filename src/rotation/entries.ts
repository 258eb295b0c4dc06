import type { Context } from '../base/context.js';
import type { Standing, Unreadable } from './secrets/plan.js';
import { formatScope } from '../github/secrets/scope.js';
import { describeError, type RotatedSecret } from './result.js';

/** One secret as it was found, with what happens to it. */
export function entryOf(standing: Standing, action: RotatedSecret['action'], context: Context): RotatedSecret {
  const { scope, secret, updatedAt, movedFrom } = standing;
  const age = updatedAt === undefined ? undefined : Math.round((context.clock.now() - updatedAt) / 1000);
  return { place: formatScope(scope), secret, action, updatedAt: isoOf(updatedAt), ageSeconds: age, movedFrom };
}

export function isoOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

export function failures(unreadable: readonly Unreadable[]): readonly RotatedSecret[] {
  return unreadable.map(({ scope, secret, error }) => ({
    place: formatScope(scope),
    secret,
    action: 'failed',
    error: describeError(error),
  }));
}

/** Archived repositories that a pattern or topic found. */
export function skipped(archived: readonly string[], secrets: readonly string[]): readonly RotatedSecret[] {
  const error = {
    kind: 'remote' as const,
    code: 'ARCHIVED',
    message: 'the repository is archived: nothing can be written there',
  };
  return archived.flatMap((place) => secrets.map((secret) => ({ place, secret, action: 'skipped' as const, error })));
}
