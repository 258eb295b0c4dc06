import { notFound, refusal, type Answer } from './answer.js';
import type { GitHubRepository, GitHubState, GitHubToken } from './state.js';

/** What a request takes: the permission's key and level, and the scope of classic tokens. */
export interface Demand {
  readonly permission: string;
  readonly level: 'read' | 'write';
  readonly scope: string;
}

/** The token of a request, or GitHub's 401. */
export function authenticate(state: GitHubState, value: string | undefined, now: number): GitHubToken | Answer {
  const token = value === undefined ? undefined : state.tokens.get(value);
  if (!token || (token.expiresAt !== undefined && token.expiresAt <= now)) return refusal(401, 'Bad credentials');
  return token;
}

export function isToken(value: GitHubToken | Answer): value is GitHubToken {
  return 'kind' in value;
}

/** GitHub's refusal when the token may not do this to the repository; undefined when it may. */
export function refuseRepository(token: GitHubToken, repository: GitHubRepository, demand: Demand): Answer | undefined {
  const reaches = token.repositoryIds === undefined || token.repositoryIds.includes(repository.id);
  const ownerFits = token.owner === undefined || token.owner.toLowerCase() === repository.owner.toLowerCase();
  if (!reaches || !ownerFits) return repository.isPrivate ? notFound : lacking(token, demand);
  if (token.forbiddenIds.includes(repository.id) && demand.permission !== 'metadata') return lacking(token, demand);
  if (!hasPermission(token, demand)) return lacking(token, demand);
  if (repository.archived && demand.level === 'write') {
    return refusal(403, 'Repository was archived so is read-only.');
  }
  return undefined;
}

/** As `refuseRepository`, for an organization. */
export function refuseOrganization(token: GitHubToken, organization: string, demand: Demand): Answer | undefined {
  const ownerFits = token.owner === undefined || token.owner.toLowerCase() === organization.toLowerCase();
  if (!ownerFits) return notFound;
  return hasPermission(token, demand) ? undefined : lacking(token, demand);
}

function hasPermission(token: GitHubToken, demand: Demand): boolean {
  if (token.kind === 'classic') return demand.scope === '' || token.scopes.includes(demand.scope);
  if (demand.permission === 'metadata') return true;
  // No `permissions:` of a workflow has these keys.
  if (token.kind === 'job' && /secrets|variables|environments/.test(demand.permission)) return false;
  const level = token.permissions[demand.permission];
  return level === 'write' || (level === 'read' && demand.level === 'read');
}

function lacking(token: GitHubToken, demand: Demand): Answer {
  if (token.kind === 'classic') {
    return refusal(403, 'Must have admin rights to Repository.', {
      'x-oauth-scopes': token.scopes.join(', '),
      'x-accepted-oauth-scopes': demand.scope,
    });
  }
  const whom = token.kind === 'fine-grained' ? 'personal access token' : 'integration';
  return refusal(403, `Resource not accessible by ${whom}`, {
    'x-accepted-github-permissions': `${demand.permission}=${demand.level}`,
  });
}
