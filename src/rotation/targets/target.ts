import { InputError, type InputIssue } from '../../base/errors.js';
import { applications, type Application } from '../../github/secrets/place.js';

/** What `--to` says: a place, or a rule that finds repositories. No `applications` means the run's default. */
export type Target =
  | {
      readonly kind: 'repository';
      readonly owner: string;
      readonly repository: string;
      readonly applications?: Applications;
    }
  | { readonly kind: 'environment'; readonly owner: string; readonly repository: string; readonly environment: string }
  | { readonly kind: 'organization'; readonly owner: string; readonly applications?: Applications }
  | {
      readonly kind: 'pattern';
      readonly owner: string;
      readonly pattern: string;
      readonly environment?: string;
      readonly applications?: Applications;
    }
  | {
      readonly kind: 'topic';
      readonly owner?: string;
      readonly topic: string;
      readonly environment?: string;
      readonly applications?: Applications;
    };

type Applications = readonly Application[];

const ownerName = '[A-Za-z0-9][A-Za-z0-9_-]{0,38}';
const forms =
  'owner/repo, owner/repo@environment, owner/pattern*, topic:[owner/]name or org:name, and :dependabot (codespaces, agents) after all but an environment';

/** Parses `--to`; tells every mistake at once by an `InputError`. */
export function parseTargets(texts: readonly string[], where = '--to'): readonly Target[] {
  const issues: InputIssue[] = [];
  const targets = texts.flatMap((text) => {
    const target = parseTarget(text);
    if (typeof target !== 'string') return [target];
    issues.push({ where, message: `'${text}' is no target: ${target}`, hint: `Write ${forms}.` });
    return [];
  });
  if (issues.length > 0) throw new InputError(issues);
  return targets;
}

/** One target, or what is wrong with the text. */
export function parseTarget(text: string): Target | string {
  const trimmed = text.trim();
  const [head = '', environment] = splitOnce(trimmed, '@');
  if (environment === '') return 'the environment after @ is empty';
  if (environment !== undefined && environment.length > 255) return 'the environment is longer than 255 characters';
  const [body, suffix] = environment === undefined ? splitApplications(head) : [head, undefined];
  if (typeof suffix === 'string') return suffix;
  const also = {
    ...(suffix === undefined ? {} : { applications: suffix }),
    ...(environment === undefined ? {} : { environment }),
  };
  const organization = new RegExp(`^org:(${ownerName})$`).exec(body)?.[1];
  if (organization !== undefined) {
    if (environment !== undefined) return 'an organization has no environments';
    return { kind: 'organization', owner: organization, ...(suffix && { applications: suffix }) };
  }
  const topic = new RegExp(`^topic:(?:(${ownerName})/)?([a-z0-9][a-z0-9-]{0,49})$`).exec(body);
  if (topic?.[2] !== undefined) {
    return { kind: 'topic', ...(topic[1] !== undefined && { owner: topic[1] }), topic: topic[2], ...also };
  }
  const match = new RegExp(`^(${ownerName})/([A-Za-z0-9._*?-]{1,100})$`).exec(body);
  const [, owner, repository] = match ?? [];
  if (owner === undefined || repository === undefined || /^\.\.?$/.test(repository))
    return 'it has none of the known forms';
  if (/[*?]/.test(repository)) return { kind: 'pattern', owner, pattern: repository, ...also };
  if (environment !== undefined) return { kind: 'environment', owner, repository, environment };
  return { kind: 'repository', owner, repository, ...(suffix && { applications: suffix }) };
}

export function formatTarget(target: Target): string {
  if (target.kind === 'environment') return `${target.owner}/${target.repository}@${target.environment}`;
  const environment = 'environment' in target && target.environment !== undefined ? `@${target.environment}` : '';
  const suffix = target.applications ? `:${target.applications.join('+')}` : '';
  if (target.kind === 'organization') return `org:${target.owner}${suffix}`;
  if (target.kind === 'repository') return `${target.owner}/${target.repository}${suffix}`;
  if (target.kind === 'pattern') return `${target.owner}/${target.pattern}${environment || suffix}`;
  return `topic:${target.owner === undefined ? '' : `${target.owner}/`}${target.topic}${environment || suffix}`;
}

/** Whether a repository's name is meant by a pattern with `*` and `?`; names know no case. */
export function matchesPattern(name: string, pattern: string): boolean {
  const source = pattern.replace(/[.*?-]/g, (sign) => (sign === '*' ? '.*' : sign === '?' ? '.' : `\\${sign}`));
  return new RegExp(`^${source}$`, 'i').test(name);
}

function splitApplications(text: string): [string, Applications | string | undefined] {
  const names = /^(.+):([a-z+]+)$/.exec(text);
  const [, body, list] = names ?? [];
  // `org:acme` and `topic:ecr` have a colon of their own.
  if (body === undefined || list === undefined || body === 'org' || body === 'topic') return [text, undefined];
  const asked = list.split('+');
  const unknown = asked.find((name) => !isApplication(name));
  if (unknown !== undefined) return [body, `'${unknown}' is none of ${applications.join(', ')}`];
  return [body, [...new Set(asked.filter(isApplication))]];
}

export function isApplication(name: string): name is Application {
  return (applications as readonly string[]).includes(name);
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
