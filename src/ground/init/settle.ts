import { ecrRegion } from '../../aws/ecr.js';
import { partitionOf } from '../../aws/partition.js';
import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import type { Ask } from '../../base/tell/ask.js';
import { parseReference } from '../../oci/reference.js';
import { mistakeIn } from './check.js';
import type { Account } from './look/account.js';
import { flagOf } from './request.js';
import type { SettingKey, Settings } from './settings.js';
import { firstOf, textOf } from './settings.js';

/** What is known, and what only a person knows. */
export interface Known {
  /** Said by flags, another way of deploying, or the `lading.yml` that is there. */
  readonly settings: Settings;
  readonly account: Account | undefined;
  /** Folders of apps to choose from. */
  readonly apps: readonly string[];
  /** What the service may be called: by the package or the repository. */
  readonly name: string | undefined;
  /** The file that is there has names of its own for what it releases. */
  readonly isLong: boolean;
}

export interface Settled {
  readonly settings: Settings;
  /** What nobody has said. */
  readonly open: readonly SettingKey[];
}

interface Need {
  readonly key: SettingKey;
  readonly question: string;
  readonly choices: (known: Known) => readonly string[];
  readonly suggestion: (known: Known) => string | undefined;
}

const needs: readonly Need[] = [
  {
    key: 'build.app',
    question: 'Which folder holds the app?',
    choices: ({ apps }) => apps,
    suggestion: ({ apps }) => apps[0],
  },
  {
    key: 'deploy.service',
    question: 'Which ECS service runs it (CLUSTER/SERVICE)?',
    choices: ({ account }) => (account?.services ?? []).map(({ cluster, service }) => `${cluster}/${service}`),
    suggestion: ({ name }) => name,
  },
  {
    key: 'deploy.cluster',
    question: 'In which ECS cluster?',
    choices: ({ account }) => [...new Set((account?.services ?? []).map(({ cluster }) => cluster))],
    suggestion: () => 'default',
  },
  {
    key: 'push.to',
    question: 'Which repository do images go to (ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME)?',
    choices: () => [],
    suggestion: suggestedRepository,
  },
  {
    key: 'region',
    question: 'In which AWS region?',
    choices: () => [],
    suggestion: ({ account }) => account?.region,
  },
];

/** More than that is no list that anybody reads on a terminal. */
const MOST_CHOICES = 15;

/** What can be seen fills what nobody has said; a person is asked for the rest, when there is one. */
export async function settle(known: Known, ask: Ask | undefined): Promise<Settled> {
  let settings = withSeen(known);
  const open: SettingKey[] = [];
  for (const need of needs) {
    const now = { ...known, settings };
    if (settings[need.key] !== undefined || !isNeeded(need.key, now)) continue;
    if (!ask) {
      // ECS has a cluster of that name, and so has every verb.
      if (need.key !== 'deploy.cluster') open.push(need.key);
      continue;
    }
    const choices = need.choices(now);
    const answer = await ask({
      text: need.question,
      choices: choices.length <= MOST_CHOICES ? choices : [],
      suggestion: need.suggestion(now),
      mistakeIn: (text) => mistakeIn(need.key, need.key === 'deploy.service' ? serviceIn(text) : text),
    });
    settings = withSeen({ ...now, settings: { ...settings, ...said(need.key, answer, settings) } });
  }
  return { settings, open };
}

/** Without anybody to ask: all that is missing at once, by the flags that say it. */
export function refuseOpen(open: readonly SettingKey[]): void {
  const issues = open.flatMap((key): InputIssue[] => {
    const flag = flagOf[key];
    if (flag === undefined) return [];
    return [{ where: `--${flag}`, message: 'is missing, and there is no terminal to ask at' }];
  });
  if (issues.length === 0) return;
  const hint = 'Give it, or --yes to write what is known and fill in the rest later.';
  throw new InputError(issues.map((issue) => ({ ...issue, hint })));
}

function isNeeded(key: SettingKey, { settings, isLong, apps }: Known): boolean {
  if (isLong) return false;
  if (key === 'build.app') return apps.length > 0;
  if (key === 'deploy.cluster') return !textOf(settings, 'deploy.service')?.startsWith('arn:');
  return true;
}

/** One service alone, or one of that very name, is the one that is meant; a registry's name holds its region. */
function withSeen({ settings, account, name, isLong }: Known): Settings {
  if (isLong) return settings;
  const cluster = textOf(settings, 'deploy.cluster');
  const service = textOf(settings, 'deploy.service');
  const fitting = (account?.services ?? []).filter(
    (one) => (service === undefined || one.service === service) && (cluster === undefined || one.cluster === cluster),
  );
  const named = fitting.filter((one) => one.service === name);
  const [seen] = fitting.length === 1 ? fitting : named.length === 1 ? named : [];
  const region = regionOf(textOf(settings, 'push.to')) ?? account?.region;
  return firstOf(settings, {
    ...(region !== undefined && { region }),
    ...(seen && { 'deploy.cluster': seen.cluster, 'deploy.service': seen.service }),
  });
}

function regionOf(to: string | undefined): string | undefined {
  if (to === undefined || mistakeIn('push.to', to) !== undefined) return undefined;
  return ecrRegion(parseReference(to).host);
}

/** `production/shop` names both. */
function said(key: SettingKey, answer: string, settings: Settings): Settings {
  if (key !== 'deploy.service' || answer.startsWith('arn:') || !answer.includes('/')) return { [key]: answer };
  const cluster = answer.slice(0, answer.indexOf('/'));
  return {
    'deploy.service': serviceIn(answer),
    ...(settings['deploy.cluster'] === undefined && { 'deploy.cluster': cluster }),
  };
}

function serviceIn(answer: string): string {
  return answer.startsWith('arn:') ? answer : answer.slice(answer.indexOf('/') + 1);
}

function suggestedRepository({ account, settings, name }: Known): string | undefined {
  const repository = (textOf(settings, 'deploy.service') ?? name)?.split('/').at(-1)?.toLowerCase();
  const region = textOf(settings, 'region') ?? account?.region;
  if (account === undefined || region === undefined || repository === undefined) return undefined;
  const to = `${account.id}.dkr.ecr.${region}.${partitionOf(region).suffix}/${repository}`;
  return mistakeIn('push.to', to) === undefined ? to : undefined;
}
