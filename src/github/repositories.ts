import * as v from 'valibot';
import { parseShape } from '../base/json.js';
import type { GitHubApi } from './client/api.js';
import { readListing } from './client/listing.js';
import { repositoryPath } from './secrets/place.js';

export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly archived: boolean;
  readonly topics: readonly string[];
}

const repositoryShape = v.pipe(
  v.looseObject({
    id: v.number(),
    name: v.string(),
    owner: v.looseObject({ login: v.string() }),
    archived: v.optional(v.boolean(), false),
    topics: v.optional(v.array(v.string()), []),
  }),
  v.transform(({ id, name, owner, archived, topics }): Repository => ({
    id,
    name,
    owner: owner.login,
    archived,
    topics,
  })),
);
const listShape = v.array(repositoryShape);
const countedShape = v.looseObject({ total_count: v.number(), repositories: listShape });

/** The repository under its present name: GitHub sends on from earlier ones. */
export async function readRepository(
  api: GitHubApi,
  at: { readonly owner: string; readonly repository: string },
): Promise<Repository> {
  const what = `look at ${at.owner}/${at.repository}`;
  const answer = await api.request('GET', repositoryPath(at), { what, owner: at.owner });
  return parseShape(repositoryShape, answer.body, what);
}

/** All repositories of an account that we may see; of an App's installation, those that it was installed on. */
export async function listRepositories(api: GitHubApi, owner: string): Promise<readonly Repository[]> {
  const request = { what: `list the repositories of ${owner}`, owner };
  const ofOwner = (found: readonly Repository[]) =>
    found.filter((repository) => repository.owner.toLowerCase() === owner.toLowerCase());
  const keyOf = ({ id }: Repository) => id;
  if (api.identity.kind === 'app' || api.identity.kind === 'installation') {
    // No other listing is open to an installation: https://github.com/jpoehnelt/secrets-sync-action/issues/9
    const pageOf = (body: unknown) => {
      const { repositories, total_count: total } = parseShape(countedShape, body, request.what);
      return { items: repositories, total };
    };
    return ofOwner(await readListing(api, '/installation/repositories', request, { pageOf, keyOf }));
  }
  const path = `/orgs/${encodeURIComponent(owner)}/repos`;
  const isOrganization = await api.request('GET', `${path}?per_page=1`, { ...request, accept: [404] });
  const listing = isOrganization.status === 404 ? '/user/repos?affiliation=owner,collaborator' : path;
  const pageOf = (body: unknown) => ({ items: parseShape(listShape, body, request.what) });
  return ofOwner(await readListing(api, listing, request, { pageOf, keyOf }));
}
