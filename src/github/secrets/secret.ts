import * as v from 'valibot';
import { LadingError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import type { GitHubApi } from '../client/api.js';
import { readListing } from '../client/listing.js';
import { formatScope, repositoryPath, secretsPath, type Scope } from './scope.js';

export type Visibility = 'all' | 'private' | 'selected';

/** Who in an organization may read a secret. */
export interface Access {
  readonly visibility: Visibility;
  /** Only with `selected`. */
  readonly repositoryIds?: readonly number[] | undefined;
}

/** What GitHub tells of a secret; its value never comes back. */
export interface SecretInfo {
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  /** Only of an organization's secret. */
  readonly access?: Access | undefined;
}

export interface PublicKey {
  readonly key_id: string;
  readonly key: string;
}

const visibilityShape = v.picklist(['all', 'private', 'selected']);
const secretShape = v.looseObject({ updated_at: v.string(), visibility: v.optional(visibilityShape) });
const keyShape = v.looseObject({ key_id: v.string(), key: v.string() });
const selectionShape = v.looseObject({
  total_count: v.number(),
  repositories: v.array(v.looseObject({ id: v.number() })),
});

/** Undefined when there is no such secret, or no such place: only `readPublicKey` tells the two apart. */
export async function readSecret(api: GitHubApi, scope: Scope, name: string): Promise<Read<SecretInfo> | undefined> {
  const what = `look at the secret ${name} of ${formatScope(scope)}`;
  const path = `${secretsPath(scope)}/${name}`;
  const request = { what, owner: scope.owner };
  const answer = await api.request('GET', path, { ...request, accept: [404] });
  if (answer.status === 404) return undefined;
  const { updated_at, visibility } = parseShape(secretShape, answer.body, what);
  const updatedAt = Date.parse(updated_at);
  if (visibility === undefined || scope.kind !== 'organization') return { value: { updatedAt }, moved: answer.moved };
  if (visibility !== 'selected') return { value: { updatedAt, access: { visibility } }, moved: answer.moved };
  const repositories = await readListing(api, `${path}/repositories`, request, {
    pageOf: (body) => {
      const { repositories: items, total_count: total } = parseShape(selectionShape, body, what);
      return { items, total };
    },
    keyOf: ({ id }) => id,
  });
  const access: Access = { visibility, repositoryIds: repositories.map(({ id }) => id) };
  return { value: { updatedAt, access }, moved: answer.moved };
}

/** A value, and whether GitHub gave it under another name of the repository. */
export interface Read<Value> {
  readonly value: Value;
  readonly moved: boolean;
}

/** The key to seal for this scope; no two scopes have the same. */
export async function readPublicKey(api: GitHubApi, scope: Scope): Promise<Read<PublicKey>> {
  const what = `read the public key of ${formatScope(scope)}`;
  const request = { what, owner: scope.owner };
  const answer = await api.request('GET', `${secretsPath(scope)}/public-key`, { ...request, accept: [404] });
  if (answer.status === 404) throw await missing(api, scope);
  return { value: parseShape(keyShape, answer.body, what), moved: answer.moved };
}

/** Stores a sealed value. An organization's secret must say who may read it. */
export async function writeSecret(
  api: GitHubApi,
  scope: Scope,
  name: string,
  secret: { readonly sealed: string; readonly keyId: string; readonly access?: Access | undefined },
): Promise<'created' | 'updated'> {
  const what = `write the secret ${name} of ${formatScope(scope)}`;
  const answer = await api.request('PUT', `${secretsPath(scope)}/${name}`, {
    what,
    owner: scope.owner,
    body: { encrypted_value: secret.sealed, key_id: secret.keyId, ...accessFields(scope, secret.access) },
  });
  return answer.status === 201 ? 'created' : 'updated';
}

/** Fields of a request's body that say who may read; GitHub's Dependabot wants the ids as text. */
export function accessFields(scope: Scope, access: Access | undefined): Readonly<Record<string, unknown>> {
  if (scope.kind !== 'organization' || access === undefined) return {};
  const { visibility, repositoryIds } = access;
  if (visibility !== 'selected') return { visibility };
  const ids = repositoryIds ?? [];
  return { visibility, selected_repository_ids: scope.application === 'dependabot' ? ids.map(String) : ids };
}

/** The error for an organization's secret that is not there yet, when nobody says who shall read it. */
export function noVisibility(scope: Scope, secret: string): LadingError {
  return new LadingError('input', `${formatScope(scope)} has no secret ${secret} yet: who may read it is not said`, {
    code: 'NO_VISIBILITY',
    hint: 'Say it by --visibility all, private or selected; from then on it is kept as it is.',
  });
}

/**
 * Who shall read an organization's secret: who is asked for, else who does. Asked to be selected with no word about
 * which, those that are selected stay; where none are, nobody could read it any more, and that is an error.
 */
export function resolveAccess(
  place: { readonly scope: Scope; readonly secret: string },
  present: Access | undefined,
  asked: Access | undefined,
): Access {
  const wanted = asked ?? present;
  if (wanted === undefined) throw noVisibility(place.scope, place.secret);
  if (wanted.visibility !== 'selected' || wanted.repositoryIds) return wanted;
  if (present?.visibility === 'selected') return present;
  const what = `${formatScope(place.scope)}: the secret ${place.secret} would be selected for no repository`;
  throw new LadingError('input', what, {
    code: 'NO_SELECTION',
    hint: 'Name the repositories that may read it by --selected-repository.',
  });
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
  const place = repositoryPath(scope);
  const repository = `${owner}/${scope.repository}`;
  const what = `look at ${repository}`;
  const found = await api.request('GET', place, { what, owner, accept: [404] });
  if (found.status === 404) {
    return new LadingError('remote', `${repository}: no such repository, or this token may not see it`, {
      code: 'NOT_FOUND',
      hint: 'Check the name, and that the token or the App has access to this repository.',
    });
  }
  if (scope.kind === 'environment') {
    const path = `${place}/environments/${encodeURIComponent(scope.environment)}`;
    const environment = await api.request('GET', path, { what, owner, accept: [403, 404] });
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
