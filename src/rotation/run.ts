import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Context } from '../base/context.js';
import { formatDuration } from '../base/duration.js';
import { LadingError } from '../base/errors.js';
import type { ValuesOf } from '../base/input.js';
import { canonicalJson } from '../base/json.js';
import { say, withTask } from '../base/report.js';
import type { GitHubApi } from '../github/client/api.js';
import { openCheckpoint, type Checkpoint } from './secrets/checkpoint.js';
import { expandTargets } from './targets/expand.js';
import { lookAtSecrets } from './secrets/read.js';
import { readRepository } from '../github/repositories.js';
import { placeOf, planRotation, type RotationPlan } from './secrets/plan.js';
import { formatScope, permissionsFor, type Scope } from '../github/secrets/scope.js';
import type { Access } from '../github/secrets/secret.js';
import { writeSecrets, writeVariables } from './secrets/apply.js';
import { readPasswords } from './ecr-passwords.js';
import { openGitHub, type GitHubAccess } from './github-access.js';
import { parseRotation, type Rotation } from './request.js';
import { checkRotation } from './check/check.js';
import { entryOf, failures, skipped } from './entries.js';
import { countText, rotateSummary, type RotatedSecret, type RotateResult } from './result.js';
import type { rotate } from '../commands/rotate.js';

type Values = ValuesOf<(typeof rotate)['inputs']>;

/** Looks, plans, asks ECR if anything is due, writes; or only tells, with `check` and `dryRun`. */
export async function runRotate(values: Values, context: Context): Promise<RotateResult> {
  const asked = parseRotation(values);
  const github = await openGitHub(context, values);
  try {
    return finish(context, await rotateWith(github, asked, values, context));
  } finally {
    await github.api.auth.close();
  }
}

async function rotateWith(
  github: GitHubAccess,
  asked: Rotation,
  values: Values,
  context: Context,
): Promise<RotateResult> {
  const { api } = github;
  const secrets = asked.registries.map(({ secret }) => secret);
  const { scopes, archived } = await expandTargets(api, asked.targets, {
    applications: asked.applications,
    owner: context.env['GITHUB_REPOSITORY_OWNER'],
  });
  await narrow(github, scopes, { writes: !values.check && !values.dryRun, variables: values.variables });
  const access = await readAccess(api, asked);
  const found = await withTask(context, `Look at ${counted(scopes.length * secrets.length, 'secret')}`, (task) =>
    lookAtSecrets(api, scopes, { secrets, access, onlyAge: values.check, task }),
  );
  if (values.check) return checkRotation(values, context, github, found);

  const checkpoint = await openState(values, context, api, scopes);
  const plan = planRotation(found.standings, {
    now: context.clock.now(),
    olderThan: values.ifOlderThan,
    force: values.force,
    done: new Set(checkpoint.done.keys()),
  });
  const untouched = [
    ...plan.done.map((one) => entryOf(one, 'done', context)),
    ...plan.fresh.map((one) => entryOf(one, 'fresh', context)),
    ...skipped(archived, secrets),
    ...failures(found.unreadable),
  ];
  if (values.dryRun) {
    const planned = plan.writes.map((one) => entryOf(one, 'planned', context));
    return { mode: 'dry-run', secrets: [...planned, ...untouched], registries: [], ...api.sent };
  }
  const { entries, registries } = await carryOut(plan, { api, access, asked, checkpoint, values, context });
  return { mode: 'rotate', secrets: [...entries, ...untouched], registries, ...api.sent };
}

interface World {
  readonly api: GitHubApi;
  readonly access: Access | undefined;
  readonly asked: Rotation;
  readonly checkpoint: Checkpoint;
  readonly values: Values;
  readonly context: Context;
}

/** The password is known in here only, and only when something is due. */
async function carryOut(
  plan: RotationPlan,
  { api, access, asked, checkpoint, values, context }: World,
): Promise<{ readonly entries: readonly RotatedSecret[]; readonly registries: RotateResult['registries'] }> {
  if (plan.writes.length === 0) {
    await checkpoint.finish();
    return { entries: [], registries: [] };
  }
  const due = new Set(plan.writes.map(({ secret }) => secret));
  const choices = asked.registries.filter(({ secret }) => due.has(secret));
  const passwords = await withTask(context, 'Ask ECR for a password', () =>
    readPasswords(context, choices, values.region),
  );
  const { written, failed } = await withTask(context, `Write ${counted(plan.writes.length, 'secret')}`, (task) =>
    writeSecrets(context, api, plan.writes, { passwords, access, checkpoint, task }),
  );
  const standings = written.map(({ standing }) => standing);
  const unnamed = !values.variables
    ? []
    : await withTask(context, 'Write their variables', (task) =>
        writeVariables(context, api, standings, { passwords, access, task }),
      );
  await checkpoint.finish();
  const places = new Set(unnamed.map(placeOf));
  return {
    entries: [
      ...written
        .filter(({ standing }) => !places.has(placeOf(standing)))
        .map(({ standing, action }) => ({
          ...entryOf(standing, action, context),
          expiresAt: passwords.get(standing.secret)?.expiresAt.toISOString(),
        })),
      ...failures([...unnamed, ...failed]),
    ],
    registries: [...passwords].map(([secret, { registry, expiresAt }]) => ({
      secret,
      registry,
      expiresAt: expiresAt.toISOString(),
    })),
  };
}

/** Who may read an organization's secret, when the inputs say so. */
async function readAccess(api: GitHubApi, { visibility, selected }: Rotation): Promise<Access | undefined> {
  if (visibility === undefined) return undefined;
  if (selected.length === 0) return { visibility };
  const repositoryIds: number[] = [];
  for (const name of selected) repositoryIds.push((await readRepository(api, name)).id);
  return { visibility, repositoryIds };
}

/** An App's token is for these places and this run alone. */
async function narrow(
  { app }: GitHubAccess,
  scopes: readonly Scope[],
  run: { readonly writes: boolean; readonly variables: boolean },
): Promise<void> {
  if (!app) return;
  for (const owner of new Set(scopes.map((scope) => scope.owner))) {
    const own = scopes.filter((scope) => scope.owner === owner);
    const names = own.flatMap((scope) => permissionsFor(scope, run.writes && run.variables));
    const level = run.writes ? ('write' as const) : ('read' as const);
    const repositories = own.flatMap((scope) => (scope.kind === 'organization' ? [] : [scope.repository]));
    await app.narrow(owner, {
      permissions: Object.fromEntries(names.map((name) => [name, level])),
      repositories: [...new Set(repositories)],
    });
  }
}

/** The file is about this host, these places and secrets; about anything else it is begun anew. */
async function openState(
  values: Values,
  context: Context,
  api: GitHubApi,
  scopes: readonly Scope[],
): Promise<Checkpoint> {
  const { secret, registry = [], force, visibility } = values;
  const about = { url: api.url, secret, registry, force, visibility, scopes: scopes.map(formatScope).sort() };
  const run = createHash('sha256').update(canonicalJson(about)).digest('hex');
  const since = context.clock.now() - values.ifOlderThan;
  return openCheckpoint(resolve(context.cwd, values.stateFile), { run, since, within: context.cwd });
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Tells what went wrong. One secret that failed alone is an error like any other. */
function finish(context: Context, result: RotateResult): RotateResult {
  const { report } = context;
  const [only, ...others] = result.secrets;
  if (only?.error && only.action === 'failed' && others.length === 0) {
    const { kind, code, message, hint } = only.error;
    throw new LadingError(kind, message, { code, hint });
  }
  for (const { place, movedFrom, action, error } of result.secrets) {
    if (movedFrom) say(report, 'warning', `${movedFrom} is ${place} now`, 'Write the new name into --to.');
    if (error) say(report, action === 'skipped' ? 'warning' : 'error', `${place}: ${error.message}`, error.hint);
  }
  const ages = result.secrets.flatMap(({ ageSeconds }) => (ageSeconds === undefined ? [] : [ageSeconds]));
  const oldest = ages.length === 0 ? '' : `; the oldest was ${formatDuration(Math.max(0, ...ages) * 1000)} old`;
  say(report, 'info', `${countText(result)}${oldest}`);
  report({ type: 'summary', markdown: rotateSummary(result) });
  return result;
}
