import type { LadingError } from '../../base/errors.js';
import type { Audience } from '../../github/secrets/audience.js';
import type { PublicKey } from '../../github/secrets/public-key.js';
import { formatPlace, type Place } from '../../github/secrets/place.js';

/** One secret of one place, by name. */
export interface NamedSecret {
  readonly place: Place;
  readonly secret: string;
}

/** A secret as it was found. */
export interface FoundSecret extends NamedSecret {
  /** Milliseconds, by GitHub's clock; undefined when there is no such secret yet. */
  readonly updatedAt?: number | undefined;
  readonly audience?: Audience | undefined;
  /** Read while looking for a secret that was not there. */
  readonly publicKey?: PublicKey | undefined;
  /** The name under which it was asked for, when the repository has another by now. */
  readonly movedFrom?: string | undefined;
}

/** A secret that could be neither read nor written. */
export interface FailedSecret extends NamedSecret {
  readonly error: LadingError;
}

/** Tells secrets apart within a run, as `acme/shop ECR_PASSWORD`. */
export function secretKey({ place, secret }: NamedSecret): string {
  return `${formatPlace(place)} ${secret}`;
}

/** Whether a secret is missing or at least `age` milliseconds old. A date ahead, from a clock that differs, is young. */
export function isOlder({ updatedAt }: Pick<FoundSecret, 'updatedAt'>, now: number, age: number): boolean {
  return updatedAt === undefined || now - updatedAt >= age;
}
