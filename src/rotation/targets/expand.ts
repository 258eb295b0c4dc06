import { LadingError } from '../../base/errors.js';
import type { GitHubApi } from '../../github/client/api.js';
import { listRepositories, type Repository } from '../../github/repositories.js';
import { formatScope, type Application, type Scope } from '../../github/secrets/scope.js';
import { formatTarget, matchesPattern, type Target } from './target.js';

export interface Expansion {
  /** Each once, in the order of the targets. */
  readonly scopes: readonly Scope[];
  /** Archived repositories that a rule found: nothing can be written there. */
  readonly archived: readonly string[];
}

export interface ExpandOptions {
  /** For targets that name none. */
  readonly applications: readonly Application[];
  /** For topics that name none. */
  readonly owner?: string | undefined;
}

/** Turns targets into places, looking up what patterns and topics mean. A rule that finds nothing is an error. */
export async function expandTargets(
  api: GitHubApi,
  targets: readonly Target[],
  options: ExpandOptions,
): Promise<Expansion> {
  const listings = new Map<string, readonly Repository[]>();
  const scopes = new Map<string, Scope>();
  const archived = new Set<string>();
  const add = (scope: Scope) => {
    // GitHub's names know no case.
    const key = formatScope(scope).toLowerCase();
    if (!scopes.has(key)) scopes.set(key, scope);
  };
  for (const target of targets) {
    if (target.kind !== 'pattern' && target.kind !== 'topic') {
      for (const scope of scopesOf(target, options.applications)) add(scope);
      continue;
    }
    const owner = target.owner ?? options.owner;
    if (owner === undefined) throw topicWithoutOwner(target);
    const listing = listings.get(owner) ?? (await listRepositories(api, owner));
    listings.set(owner, listing);
    const found = listing.filter((repository) => isMeant(repository, target));
    if (found.length === 0) throw nothingFound(target, owner, listing.length);
    for (const repository of found) {
      if (repository.archived) archived.add(`${repository.owner}/${repository.name}`);
      else for (const scope of scopesIn(repository, target, options.applications)) add(scope);
    }
  }
  return { scopes: [...scopes.values()], archived: [...archived] };
}

type Rule = Extract<Target, { kind: 'pattern' | 'topic' }>;

function isMeant(repository: Repository, rule: Rule): boolean {
  return rule.kind === 'topic' ? repository.topics.includes(rule.topic) : matchesPattern(repository.name, rule.pattern);
}

function scopesIn(repository: Repository, rule: Rule, defaults: readonly Application[]): readonly Scope[] {
  const place = { owner: repository.owner, repository: repository.name };
  if (rule.environment !== undefined)
    return scopesOf({ ...place, kind: 'environment', environment: rule.environment }, defaults);
  return scopesOf({ ...place, kind: 'repository', applications: rule.applications }, defaults);
}

function scopesOf(target: Exclude<Target, Rule>, defaults: readonly Application[]): readonly Scope[] {
  if (target.kind === 'environment') return [{ ...target, application: 'actions' }];
  const { applications = defaults, ...place } = target;
  return applications.map((application) => ({ ...place, application }));
}

function topicWithoutOwner(target: Rule): LadingError {
  return new LadingError('input', `--to ${formatTarget(target)}: whose repositories are meant?`, {
    code: 'NO_OWNER',
    hint: `Write topic:OWNER/${target.kind === 'topic' ? target.topic : 'NAME'}, or set GITHUB_REPOSITORY_OWNER.`,
  });
}

function nothingFound(target: Rule, owner: string, seen: number): LadingError {
  return new LadingError(
    'input',
    `--to ${formatTarget(target)}: none of the ${seen} repositories of ${owner} that this token may see is meant by it`,
    {
      code: 'NO_MATCH',
      hint: 'Check the spelling, and that the token or the installation has access to the repositories.',
    },
  );
}
