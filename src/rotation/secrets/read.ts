import type { Context } from '../../base/context.js';
import { LadingError } from '../../base/errors.js';
import type { Task } from '../../base/tell/report.js';
import type { GitHubApi } from '../../github/client/api.js';
import { readRepository } from '../../github/repositories.js';
import { resolveAudience, type Audience } from '../../github/secrets/audience.js';
import { readPublicKey } from '../../github/secrets/public-key.js';
import { formatPlace, type Place } from '../../github/secrets/place.js';
import { readSecret } from '../../github/secrets/secret.js';
import { forEachSecret } from './each.js';
import type { FailedSecret, FoundSecret } from './found-secret.js';

export interface ReadOptions {
  readonly secrets: readonly string[];
  /** Who shall read an organization's secret; kept as it is when left out. */
  readonly audience?: Audience | undefined;
  /** Nothing will be written: keys and visibility of secrets that are not there do not matter. */
  readonly onlyAge?: boolean;
  readonly task?: Task;
}

export interface Reading {
  readonly found: readonly FoundSecret[];
  readonly failed: readonly FailedSecret[];
}

/** Reads how every secret stands. Rejects when nothing more can be read; one that is refused does not stop the others. */
export async function readSecrets(
  { clock }: Pick<Context, 'clock'>,
  api: GitHubApi,
  places: readonly Place[],
  options: ReadOptions,
): Promise<Reading> {
  const named = places.flatMap((place) => options.secrets.map((secret) => ({ place, secret })));
  const found: FoundSecret[] = [];
  const { failed, stopped } = await forEachSecret(clock, named, options.task, async ({ place, secret }) => {
    refuseApp(api, place);
    found.push(await readOne(api, place, secret, options));
  });
  if (stopped) throw stopped;
  return { found, failed };
}

async function readOne(api: GitHubApi, place: Place, secret: string, options: ReadOptions): Promise<FoundSecret> {
  const info = await readSecret(api, place, secret, { readers: !options.onlyAge });
  const isWritten = place.kind === 'organization' && !options.onlyAge;
  if (info) {
    if (isWritten) resolveAudience({ place, secret }, info.audience, options.audience);
    const present = info.moved ? await renamed(api, place) : { place };
    return { ...present, secret, updatedAt: info.updatedAt, audience: info.audience };
  }
  if (options.onlyAge && place.kind === 'organization') return { place, secret };
  // Also tells a place that is not there from a secret that is not there.
  const { key, moved } = await readPublicKey(api, place);
  if (isWritten) resolveAudience({ place, secret }, undefined, options.audience);
  return { ...(moved ? await renamed(api, place) : { place }), secret, publicKey: key };
}

async function renamed(api: GitHubApi, place: Place): Promise<Pick<FoundSecret, 'place' | 'movedFrom'>> {
  if (place.kind === 'organization') return { place };
  const { owner, name } = await readRepository(api, place);
  return { place: { ...place, owner, repository: name }, movedFrom: formatPlace(place) };
}

/** Whether GitHub opens the secrets of this place to Apps at all; what it says to them is no more than 403. */
export function isOpenToApps(place: Place): boolean {
  return place.kind !== 'organization' || place.application !== 'codespaces';
}

function refuseApp({ identity }: GitHubApi, place: Place): void {
  if (isOpenToApps(place) || (identity.kind !== 'app' && identity.kind !== 'installation')) return;
  const what = `${formatPlace(place)}: GitHub opens an organization's Codespaces secrets to no App`;
  throw new LadingError('credentials', what, {
    code: 'NOT_FOR_APPS',
    hint: `Write them by a personal token with admin:org in a run of its own, or ${place.owner}/REPOSITORY:codespaces of each repository.`,
  });
}
