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
  readonly ownerId?: number | undefined;
  readonly defaultBranch?: string | undefined;
}

const repositoryShape = v.pipe(
  v.looseObject({
    id: v.number(),
    name: v.string(),
    owner: v.looseObject({ login: v.string(), id: v.optional(v.number()) }),
    archived: v.optional(v.boolean(), false),
    topics: v.optional(v.array(v.string()), []),
    default_branch: v.optional(v.string()),
  }),
  v.transform(({ id, name, owner, archived, topics, default_branch: defaultBranch }): Repository => ({
    id,
    name,
    owner: owner.login,
    archived,
    topics,
    ownerId: owner.id,
    defaultBranch,
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

const subjectShape = v.looseObject({
  use_default: v.optional(v.boolean(), true),
  include_claim_keys: v.optional(v.array(v.string()), []),
});

/** What `sub` of a job's token is made of; undefined for GitHub's own form, and where it cannot be seen. */
export async function readSubjectTemplate(
  api: GitHubApi,
  at: { readonly owner: string; readonly repository: string },
): Promise<readonly string[] | undefined> {
  const what = `look at the token subjects of ${at.owner}/${at.repository}`;
  const path = `${repositoryPath(at)}/actions/oidc/customization/sub`;
  const answer = await api.request('GET', path, { what, owner: at.owner, accept: [403, 404] });
  if (answer.status !== 200) return undefined;
  const { use_default: isDefault, include_claim_keys: keys } = parseShape(subjectShape, answer.body, what);
  return isDefault || keys.join() === 'repo,context' ? undefined : keys;
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
