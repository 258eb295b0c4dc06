import { LadingError } from '../../base/errors.js';
import type { GitHubApi } from '../../github/client/api.js';
import { listRepositories, type Repository } from '../../github/repositories.js';
import { formatPlace, type Application, type Place } from '../../github/secrets/place.js';
import { formatTarget, matchesPattern, type Target } from './target.js';

export interface Expansion {
  /** Each once, in the order of the targets. */
  readonly places: readonly Place[];
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
  const places = new Map<string, Place>();
  const archived = new Set<string>();
  const add = (place: Place) => {
    // GitHub's names know no case.
    const key = formatPlace(place).toLowerCase();
    if (!places.has(key)) places.set(key, place);
  };
  for (const target of targets) {
    if (target.kind !== 'pattern' && target.kind !== 'topic') {
      for (const place of placesOf(target, options.applications)) add(place);
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
      else for (const place of placesIn(repository, target, options.applications)) add(place);
    }
  }
  return { places: [...places.values()], archived: [...archived] };
}

type Rule = Extract<Target, { kind: 'pattern' | 'topic' }>;

function isMeant(repository: Repository, rule: Rule): boolean {
  return rule.kind === 'topic' ? repository.topics.includes(rule.topic) : matchesPattern(repository.name, rule.pattern);
}

function placesIn(repository: Repository, rule: Rule, defaults: readonly Application[]): readonly Place[] {
  const at = { owner: repository.owner, repository: repository.name };
  if (rule.environment !== undefined)
    return placesOf({ ...at, kind: 'environment', environment: rule.environment }, defaults);
  return placesOf({ ...at, kind: 'repository', applications: rule.applications }, defaults);
}

function placesOf(target: Exclude<Target, Rule>, defaults: readonly Application[]): readonly Place[] {
  if (target.kind === 'environment') return [{ ...target, application: 'actions' }];
  const { applications = defaults, ...rest } = target;
  return applications.map((application) => ({ ...rest, application }));
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
