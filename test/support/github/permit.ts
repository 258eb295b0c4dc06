import { missing, refusal, type Reply } from './reply.js';
import type { Accounts, Repository, Token } from './accounts.js';

/** What an operation takes: https://docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens */
export interface Need {
  /** Key of the permission, as `secrets`; undefined for what everyone may who sees the thing. */
  readonly permission: string | undefined;
  readonly level: 'read' | 'write';
  /** Scope of a classic token. */
  readonly scope: string;
}

/** The token that a request comes with, or GitHub's 401. */
export function tokenOf(accounts: Accounts, value: string | undefined, now: number): Token | Reply {
  const token = accounts.tokens.get(value ?? '');
  const isDead = token?.expiresAt !== undefined && token.expiresAt <= now;
  return token && !isDead ? token : refusal(401, 'Bad credentials');
}

/** What is needed for an operation by its id; `actions/get-repo-secret`, `dependabot/create-or-update-org-secret`. */
export function needOf(id: string, method: string): Need {
  const level = method === 'GET' ? 'read' : 'write';
  const [application = '', name = ''] = id.split('/');
  if (/workflow/.test(name)) return { permission: 'actions', level, scope: 'repo' };
  if (/environment/.test(name)) return { permission: 'environments', level, scope: 'repo' };
  const kind = /variable/.test(name) ? 'variables' : /secret|public-key/.test(name) ? 'secrets' : undefined;
  if (kind === undefined) return { permission: undefined, level, scope: '' };
  const prefix =
    { actions: kind === 'variables' ? 'actions_' : '', agents: 'agent_' }[application] ?? `${application}_`;
  const isOfOrganization = /-org(-|$)/.test(name);
  return {
    permission: `${isOfOrganization ? 'organization_' : ''}${prefix}${kind}`,
    level,
    scope: isOfOrganization ? 'admin:org' : 'repo',
  };
}

/** GitHub's refusal; undefined when the token may. What is private and not the token's is not there for it. */
export function refuse(
  token: Token,
  need: Need,
  at: { readonly owner: string; readonly repository?: Repository | undefined },
): Reply | undefined {
  const { repository } = at;
  const isForeign = token.owner !== undefined && token.owner.toLowerCase() !== at.owner.toLowerCase();
  if (repository) {
    const sees = !isForeign && (token.repositories?.includes(repository) ?? true);
    if (!sees && repository.isPrivate) return missing;
    const administers = sees && !token.forbidden.includes(repository);
    if (need.permission !== undefined && !administers) return notAccessible(token, need);
  } else if (isForeign) return missing;
  if (!has(token, need)) return notAccessible(token, need);
  if (repository?.archived && need.level === 'write') return refusal(403, 'Repository was archived so is read-only.');
  return undefined;
}

function has({ kind, scopes, permissions }: Token, { permission, level, scope }: Need): boolean {
  if (permission === undefined) return true;
  if (kind === 'classic') return scopes.includes(scope);
  // `permissions:` of a workflow knows none of these keys.
  if (kind === 'job') return permission === 'actions';
  // Organizations' Codespaces secrets are the one thing that no App may: enabledForGitHubApps is false.
  if (kind === 'installation' && permission === 'organization_codespaces_secrets') return false;
  return permissions[permission] === 'write' || permissions[permission] === level;
}

function notAccessible({ kind, scopes }: Token, need: Need): Reply {
  if (kind === 'classic') {
    return refusal(403, 'You must be an admin to do that.', {
      'x-oauth-scopes': scopes.join(', '),
      'x-accepted-oauth-scopes': need.scope,
    });
  }
  const whom = kind === 'fine-grained' ? 'personal access token' : 'integration';
  return refusal(403, `Resource not accessible by ${whom}`, {
    'x-accepted-github-permissions': `${need.permission}=${need.level}`,
  });
}
