import * as v from 'valibot';
import { LadingError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import type { GitHubApi } from '../client/api.js';
import { formatPlace, repositoryPath, secretsPath, type Place } from './place.js';

export interface PublicKey {
  readonly key_id: string;
  readonly key: string;
}

const keyShape = v.looseObject({ key_id: v.string(), key: v.string() });

/** The key to seal for this place; no two places have the same. Tells what is missing when there is none. */
export async function readPublicKey(
  api: GitHubApi,
  place: Place,
): Promise<{ readonly key: PublicKey; readonly moved: boolean }> {
  const what = `read the public key of ${formatPlace(place)}`;
  const request = { what, owner: place.owner };
  const answer = await api.request('GET', `${secretsPath(place)}/public-key`, { ...request, accept: [404] });
  if (answer.status === 404) throw await missing(api, place);
  return { key: parseShape(keyShape, answer.body, what), moved: answer.moved };
}

/** GitHub says 404 to all of it: finds out what it is that is missing. */
async function missing(api: GitHubApi, place: Place): Promise<LadingError> {
  const { owner } = place;
  if (place.kind === 'organization') {
    return new LadingError('remote', `${formatPlace(place)}: no organization ${owner} that this token may administer`, {
      code: 'NOT_FOUND',
      hint: 'Check the name; a classic token needs admin:org, others the organization permission for secrets.',
    });
  }
  const path = repositoryPath(place);
  const repository = `${owner}/${place.repository}`;
  const what = `look at ${repository}`;
  const found = await api.request('GET', path, { what, owner, accept: [404] });
  if (found.status === 404) {
    return new LadingError('remote', `${repository}: no such repository, or this token may not see it`, {
      code: 'NOT_FOUND',
      hint: 'Check the name, and that the token or the App has access to this repository.',
    });
  }
  if (place.kind === 'environment') {
    const at = `${path}/environments/${encodeURIComponent(place.environment)}`;
    const environment = await api.request('GET', at, { what, owner, accept: [403, 404] });
    if (environment.status === 404) {
      return new LadingError('remote', `${repository} has no environment '${place.environment}'`, {
        code: 'NO_ENVIRONMENT',
        hint: `Create it under Settings, Environments, or by: gh api -X PUT repos/${repository}/environments/${encodeURIComponent(place.environment)}`,
      });
    }
  }
  return new LadingError('credentials', `${formatPlace(place)}: this token may not see the secrets there`, {
    code: 'FORBIDDEN',
    hint: 'Its owner must be an administrator of the repository; a classic token needs the scope repo.',
  });
}
