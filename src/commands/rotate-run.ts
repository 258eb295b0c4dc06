import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Context } from '../base/context.js';
import { formatDuration } from '../base/duration.js';
import { InputError, LadingError, messageOf } from '../base/errors.js';
import type { ValuesOf } from '../base/input.js';
import { canonicalJson } from '../base/json.js';
import { say, withTask } from '../base/report.js';
import type { GitHubApi } from '../github/api.js';
import { openCheckpoint } from '../github/checkpoint.js';
import { expandTargets } from '../github/expand.js';
import { lookAtSecrets } from '../github/look.js';
import { readRepository } from '../github/repositories.js';
import { isOlder, planRotation, type Standing, type Unreadable } from '../github/rotation.js';
import { readSchedule } from '../github/schedule.js';
import { formatScope, permissionsFor, type Application, type Scope } from '../github/scope.js';
import type { Access } from '../github/secrets.js';
import { isApplication, parseTargets } from '../github/target.js';
import { writeSecrets } from '../github/write.js';
import { parseRegistries, readPasswords, type RegistryPassword } from './ecr-passwords.js';
import { openGitHub, type GitHubAccess } from './github-access.js';
import { countText, describeError, rotateSummary, type RotatedSecret, type RotateResult } from './rotate-result.js';
import type { rotate } from './rotate.js';

type Values = ValuesOf<(typeof rotate)['inputs']>;

/** Looks, plans, asks ECR if anything is due, writes; or only tells, with `check` and `dryRun`. */
export async function runRotate(values: Values, context: Context): Promise<RotateResult> {
  const targets = parseTargets(values.to);
  const registries = parseRegistries(values.registry ?? [], values.secret);
  const applications = parseApplications(values.application);
  const selected = parseSelected(values);
  const github = await openGitHub(context, values);
  const { api } = github;
  try {
    const owner = context.env['GITHUB_REPOSITORY_OWNER'];
    const { scopes, archived } = await expandTargets(api, targets, { applications, owner });
    const writes = !values.check && !values.dryRun;
    await narrow(github, scopes, writes, values.variables);
    const access = await accessOf(values, api);
    const secrets = registries.map(({ secret }) => secret);
    const found = await withTask(context, `Look at ${counted(scopes.length * secrets.length, 'secret')}`, (task) =>
      lookAtSecrets(api, scopes, { secrets, access, onlyAge: values.check, task }),
    );
    if (values.check) return end(context, await checkRotation(values, context, github, found));
    const state = await openState(
      values,
      context,
      api,
      found.standings.map(({ scope }) => scope),
    );
    const plan = planRotation(found.standings, {
      now: context.clock.now(),
      olderThan: values.ifOlderThan,
      force: values.force,
      done: new Set(state.done.keys()),
    });
    const told = [
      ...plan.done.map((one) => entryOf(one, 'done', context)),
      ...plan.fresh.map((one) => entryOf(one, 'fresh', context)),
      ...skipped(archived, secrets),
    ];
    if (values.dryRun || plan.writes.length === 0) {
      if (!values.dryRun) await state.finish();
      const planned = plan.writes.map((one) => entryOf(one, 'planned', context));
      const mode = values.dryRun ? 'dry-run' : 'rotate';
      return end(context, {
        mode,
        secrets: [...planned, ...told, ...failures(found.unreadable)],
        registries: [],
        ...counts(api),
      });
    }
    const due = new Set(plan.writes.map(({ secret }) => secret));
    const passwords = await withTask(context, 'Ask ECR for a password', () =>
      readPasswords(
        context,
        registries.filter(({ secret }) => due.has(secret)),
        values.region,
      ),
    );
    const { written, failed } = await withTask(context, `Write ${counted(plan.writes.length, 'secret')}`, (task) =>
      writeSecrets(context, api, plan.writes, {
        passwords,
        access,
        variables: values.variables,
        checkpoint: state,
        task,
      }),
    );
    await state.finish();
    const entries = written.map(({ standing, action }) => ({
      ...entryOf(standing, action, context),
      expiresAt: passwords.get(standing.secret)?.expiresAt.toISOString(),
    }));
    return end(context, {
      mode: 'rotate',
      secrets: [...entries, ...told, ...failures([...found.unreadable, ...failed])],
      registries: [...passwords].map(([secret, password]) => shownRegistry(secret, password)),
      ...counts(api),
    });
  } finally {
    await api.auth.close();
  }
}

function parseApplications(names: readonly string[]): readonly Application[] {
  const wrong = names.filter((name) => !isApplication(name));
  if (wrong.length === 0) return [...new Set(names.filter(isApplication))];
  throw new InputError(
    wrong.map((name) => ({
      where: '--application',
      message: `'${name}' is none of actions, dependabot, codespaces, agents`,
    })),
  );
}

function parseSelected(values: Values): readonly { owner: string; repository: string }[] {
  const names = values.selectedRepository ?? [];
  if (names.length > 0 && values.visibility !== 'selected') {
    throw new InputError({ where: '--selected-repository', message: 'is only for --visibility selected' });
  }
  return parseTargets(names, '--selected-repository').map((target) => {
    if (target.kind === 'repository') return target;
    throw new InputError({ where: '--selected-repository', message: 'takes owner/repo only' });
  });
}

async function idsOf(
  api: GitHubApi,
  names: readonly { owner: string; repository: string }[],
): Promise<readonly number[]> {
  const ids: number[] = [];
  for (const name of names) ids.push((await readRepository(api, name)).id);
  return ids;
}

/** An App's token is for these places and this run alone. */
async function narrow(
  { app }: GitHubAccess,
  scopes: readonly Scope[],
  writes: boolean,
  variables: boolean,
): Promise<void> {
  if (!app) return;
  for (const owner of new Set(scopes.map((scope) => scope.owner))) {
    const own = scopes.filter((scope) => scope.owner === owner);
    const names = own.flatMap((scope) => permissionsFor(scope, writes && variables));
    const level = writes ? ('write' as const) : ('read' as const);
    const repositories = new Set(own.flatMap((scope) => (scope.kind === 'organization' ? [] : [scope.repository])));
    await app.narrow(owner, {
      permissions: Object.fromEntries(names.map((name) => [name, level])),
      repositories: [...repositories],
    });
  }
}

async function openState(values: Values, context: Context, api: GitHubApi, scopes: readonly Scope[]) {
  const about = [
    api.url,
    values.secret,
    values.registry ?? [],
    values.force,
    values.visibility,
    scopes.map(formatScope).sort(),
  ];
  const run = createHash('sha256').update(canonicalJson(about)).digest('hex');
  return openCheckpoint(resolve(context.cwd, values.stateFile), run, context.clock.now() - values.ifOlderThan);
}

function shownRegistry(secret: string, { registry, expiresAt }: RegistryPassword): RotateResult['registries'][number] {
  return { secret, registry, expiresAt: expiresAt.toISOString() };
}

function counts(api: GitHubApi): { requests: number; writes: number } {
  return { ...api.sent };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Tells what went wrong; one secret that failed alone is an error like any other. */
function end(context: Context, result: RotateResult): RotateResult {
  const [only, ...others] = result.secrets;
  if (only?.error && only.action === 'failed' && others.length === 0) {
    const { kind, code, message, hint } = only.error;
    throw new LadingError(kind as LadingError['kind'], message, { code, hint });
  }
  for (const { place, movedFrom, action, error } of result.secrets) {
    if (movedFrom) say(context.report, 'warning', `${movedFrom} is ${place} now`, 'Write the new name into --to.');
    if (error)
      say(context.report, action === 'skipped' ? 'warning' : 'error', `${place}: ${error.message}`, error.hint);
  }
  const ages = result.secrets.flatMap(({ ageSeconds }) => (ageSeconds === undefined ? [] : [ageSeconds]));
  const oldest = ages.length === 0 ? '' : `; the oldest was ${formatDuration(Math.max(0, ...ages) * 1000)} old`;
  say(context.report, 'info', `${countText(result)}${oldest}`);
  context.report({ type: 'summary', markdown: rotateSummary(result) });
  return result;
}
