import type { LadingError } from '../base/errors.js';
import { formatPlace } from '../github/secrets/place.js';
import { passwordLifeMs } from './registries/login.js';
import type { RotatedSecret } from './result.js';
import { type FailedSecret, type FoundSecret } from './secrets/found-secret.js';

/** One secret as it was found at this time, in milliseconds, with what happens to it. */
export function entryOf(found: FoundSecret, action: RotatedSecret['action'], now: number): RotatedSecret {
  const { place, secret, updatedAt, movedFrom } = found;
  const age = updatedAt === undefined ? undefined : Math.round((now - updatedAt) / 1000);
  return {
    place: formatPlace(place),
    secret,
    action,
    updatedAt: isoOf(updatedAt),
    ageSeconds: age,
    expiresAt: updatedAt === undefined ? undefined : isoOf(updatedAt + passwordLifeMs),
    movedFrom,
  };
}

export function isoOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

export function failures(failed: readonly FailedSecret[]): readonly RotatedSecret[] {
  return failed.map(({ place, secret, error }) => ({
    place: formatPlace(place),
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

function describeError(error: LadingError): NonNullable<RotatedSecret['error']> {
  return { kind: error.kind, code: error.code, message: error.message, hint: error.hint };
}
