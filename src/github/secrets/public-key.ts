import * as v from 'valibot';
import { LadingError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import type { GitHubApi } from '../client/api.js';
import { formatScope, repositoryPath, secretsPath, type Scope } from './scope.js';

export interface PublicKey {
  readonly key_id: string;
  readonly key: string;
}

const keyShape = v.looseObject({ key_id: v.string(), key: v.string() });

/** The key to seal for this scope; no two scopes have the same. Tells what is missing when there is none. */
export async function readPublicKey(
  api: GitHubApi,
  scope: Scope,
): Promise<{ readonly key: PublicKey; readonly moved: boolean }> {
  const what = `read the public key of ${formatScope(scope)}`;
  const request = { what, owner: scope.owner };
  const answer = await api.request('GET', `${secretsPath(scope)}/public-key`, { ...request, accept: [404] });
  if (answer.status === 404) throw await missing(api, scope);
  return { key: parseShape(keyShape, answer.body, what), moved: answer.moved };
}

/** GitHub says 404 to all of it: finds out what it is that is missing. */
async function missing(api: GitHubApi, scope: Scope): Promise<LadingError> {
  const { owner } = scope;
  if (scope.kind === 'organization') {
    return new LadingError('remote', `${formatScope(scope)}: no organization ${owner} that this token may administer`, {
      code: 'NOT_FOUND',
      hint: 'Check the name; a classic token needs admin:org, others the organization permission for secrets.',
    });
  }
  const path = repositoryPath(scope);
  const repository = `${owner}/${scope.repository}`;
  const what = `look at ${repository}`;
  const found = await api.request('GET', path, { what, owner, accept: [404] });
  if (found.status === 404) {
    return new LadingError('remote', `${repository}: no such repository, or this token may not see it`, {
      code: 'NOT_FOUND',
      hint: 'Check the name, and that the token or the App has access to this repository.',
    });
  }
  if (scope.kind === 'environment') {
    const at = `${path}/environments/${encodeURIComponent(scope.environment)}`;
    const environment = await api.request('GET', at, { what, owner, accept: [403, 404] });
    if (environment.status === 404) {
      return new LadingError('remote', `${repository} has no environment '${scope.environment}'`, {
        code: 'NO_ENVIRONMENT',
        hint: `Create it under Settings, Environments, or by: gh api -X PUT repos/${repository}/environments/${encodeURIComponent(scope.environment)}`,
      });
    }
  }
  return new LadingError('credentials', `${formatScope(scope)}: this token may not see the secrets there`, {
    code: 'FORBIDDEN',
    hint: 'Its owner must be an administrator of the repository; a classic token needs the scope repo.',
  });
}
