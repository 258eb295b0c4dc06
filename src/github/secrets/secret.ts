import * as v from 'valibot';
import { parseShape } from '../../base/json.js';
import type { GitHubApi } from '../client/api.js';
import { readListing } from '../client/listing.js';
import { audienceFields, type Audience } from './audience.js';
import { formatPlace, secretsPath, type Place } from './place.js';

/** What GitHub tells of a secret; its value never comes back. */
export interface SecretInfo {
  /** Milliseconds since 1970, by GitHub's clock, in whole seconds. */
  readonly updatedAt: number;
  /** Only of an organization's secret. */
  readonly audience?: Audience | undefined;
  /** GitHub gave it under another name of the repository. */
  readonly moved: boolean;
}

/** A sealed value, and who in an organization may read it. */
export interface SealedSecret {
  /** Base64 of the sealed box. */
  readonly sealed: string;
  readonly keyId: string;
  readonly audience?: Audience | undefined;
}

export interface AppliedSecret {
  readonly action: 'created' | 'updated';
  /** When GitHub answered, by its own clock; milliseconds. */
  readonly at: number;
}

const timeShape = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number(),
);
const secretShape = v.looseObject({ updated_at: timeShape });
const organizationSecretShape = v.looseObject({
  updated_at: timeShape,
  visibility: v.picklist(['all', 'private', 'selected']),
});
const selectionShape = v.looseObject({
  total_count: v.number(),
  repositories: v.array(v.looseObject({ id: v.number() })),
});

/**
 * Undefined when there is no such secret, or no such place: only `readPublicKey` tells the two apart. Who is selected to
 * read it takes a request for each hundred; without `readers` nobody is named.
 */
export async function readSecret(
  api: GitHubApi,
  place: Place,
  name: string,
  { readers = true }: { readonly readers?: boolean } = {},
): Promise<SecretInfo | undefined> {
  const what = `look at the secret ${name} of ${formatPlace(place)}`;
  const path = `${secretsPath(place)}/${name}`;
  const request = { what, owner: place.owner };
  const { status, body, moved } = await api.request('GET', path, { ...request, accept: [404] });
  if (status === 404) return undefined;
  if (place.kind !== 'organization') return { updatedAt: parseShape(secretShape, body, what).updated_at, moved };
  const { updated_at: updatedAt, visibility } = parseShape(organizationSecretShape, body, what);
  if (visibility !== 'selected' || !readers) return { updatedAt, moved, audience: { visibility } };
  const selected = await readListing(api, `${path}/repositories`, request, {
    pageOf: (page) => {
      const { repositories: items, total_count: total } = parseShape(selectionShape, page, what);
      return { items, total };
    },
    keyOf: ({ id }) => id,
  });
  return { updatedAt, moved, audience: { visibility, repositoryIds: selected.map(({ id }) => id) } };
}

/** Stores a sealed value. An organization's secret must say who may read it. */
export async function applySecret(
  api: GitHubApi,
  place: Place,
  name: string,
  secret: SealedSecret,
): Promise<AppliedSecret> {
  const what = `write the secret ${name} of ${formatPlace(place)}`;
  const answer = await api.request('PUT', `${secretsPath(place)}/${name}`, {
    what,
    owner: place.owner,
    body: { encrypted_value: secret.sealed, key_id: secret.keyId, ...audienceFields(place, secret.audience) },
  });
  const date = Date.parse(answer.headers['date'] ?? '');
  return { action: answer.status === 201 ? 'created' : 'updated', at: Number.isNaN(date) ? api.now() : date };
}

/** Lets one more repository read an organization's secret; takes nothing from the others. */
export async function applyReader(api: GitHubApi, place: Place, name: string, repositoryId: number): Promise<void> {
  const what = `let the repository ${repositoryId} read the secret ${name} of ${formatPlace(place)}`;
  const path = `${secretsPath(place)}/${name}/repositories/${repositoryId}`;
  await api.request('PUT', path, { what, owner: place.owner });
}
