import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Context } from '../base/context.js';
import type { LadingError } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { withTask } from '../base/tell/report.js';
import type { GitHubApi } from '../github/client/api.js';
import { openGitHub, type GitHubSession } from '../github/identity/open.js';
import { readRepository } from '../github/repositories.js';
import type { Audience } from '../github/secrets/audience.js';
import { formatPlace, permissionsFor, type Place } from '../github/secrets/place.js';
import { checkRotation } from './check/check.js';
import { entryOf, failures, isoOf, skipped } from './entries.js';
import { readLogins } from './registries/read-logins.js';
import type { RotationRequest } from './request.js';
import type { RotatedSecret, RotateResult } from './result.js';
import { applySecrets } from './secrets/apply.js';
import { applyVariables } from './secrets/apply-variables.js';
import { openCheckpoint, type Checkpoint } from './secrets/checkpoint.js';
import type { WrittenSecret } from './secrets/confirm.js';
import { secretKey } from './secrets/found-secret.js';
import { planRotation, type RotationPlan } from './secrets/plan.js';
import { isOpenToApps, readSecrets } from './secrets/read.js';
import { expandTargets } from './targets/expand.js';
import { tellRotation } from './tell.js';

/** What came of it, and why it ended before its end. */
interface Ending {
  readonly result: RotateResult;
  readonly stopped?: LadingError | undefined;
}

/** Looks, plans, asks ECR if anything is due, writes; or only tells. An error carries the result as far as it came. */
export async function runRotation(request: RotationRequest, context: Context): Promise<RotateResult> {
  const session = await openGitHub(context, request.github);
  try {
    const { result, stopped } = await rotate(session, request, context);
    return tellRotation(context, result, stopped);
  } finally {
    await session.api.identity.close();
  }
}

async function rotate(session: GitHubSession, request: RotationRequest, context: Context): Promise<Ending> {
  const { api } = session;
  const { mode } = request;
  const secrets = request.registries.map(({ secret }) => secret);
  const { places, archived } = await expandTargets(api, request.targets, {
    applications: request.applications,
    owner: context.env['GITHUB_REPOSITORY_OWNER'],
  });
  await narrow(session, places, request);
  const audience = await readAudience(api, request);
  const reading = await withTask(context, `Look at ${counted(places.length * secrets.length, 'secret')}`, (task) =>
    readSecrets(context, api, places, { secrets, audience, onlyAge: mode === 'check', task }),
  );
  if (mode === 'check') return { result: await checkRotation(request, context, session, reading) };

  const checkpoint = await openState(request, context, api, places);
  const plan = planRotation(reading.found, {
    now: api.now(),
    olderThan: request.ifOlderThan,
    force: request.force,
    done: new Set(checkpoint.done.keys()),
  });
  const untouched = [
    ...plan.done.map((one) => entryOf(one, 'done', api.now())),
    ...plan.fresh.map((one) => entryOf(one, 'fresh', api.now())),
    ...skipped(archived, secrets),
    ...failures(reading.failed),
  ];
  if (mode === 'dry-run') {
    const planned = plan.writes.map((one) => entryOf(one, 'planned', api.now()));
    return { result: { mode, secrets: [...planned, ...untouched], registries: [], ...api.sent } };
  }
  const { entries, registries, stopped } = await carryOut(plan, { api, audience, request, checkpoint, context });
  return { result: { mode, secrets: [...entries, ...untouched], registries, ...api.sent }, stopped };
}

interface Setting {
  readonly api: GitHubApi;
  readonly audience: Audience | undefined;
  readonly request: RotationRequest;
  readonly checkpoint: Checkpoint;
  readonly context: Context;
}

interface CarriedOut {
  readonly entries: readonly RotatedSecret[];
  readonly registries: RotateResult['registries'];
  readonly stopped?: LadingError | undefined;
}

/** The passwords are known in here only, and only when something is due. */
async function carryOut(plan: RotationPlan, setting: Setting): Promise<CarriedOut> {
  const { api, audience, request, checkpoint, context } = setting;
  if (plan.writes.length === 0) {
    await checkpoint.finish();
    return { entries: [], registries: [] };
  }
  const due = new Set(plan.writes.map(({ secret }) => secret));
  const choices = request.registries.filter(({ secret }) => due.has(secret));
  const logins = await withTask(context, 'Ask ECR for a password', () => readLogins(context, choices, request.region));
  const applied = await withTask(context, `Write ${counted(plan.writes.length, 'secret')}`, (task) =>
    applySecrets(context, api, plan.writes, { logins, audience, checkpoint, task }),
  );
  const named =
    request.variables && !applied.stopped
      ? await withTask(context, 'Write their variables', (task) =>
          applyVariables(context, api, applied.written, { logins, task }),
        )
      : undefined;
  const stopped = applied.stopped ?? named?.stopped;
  // A run that was stopped goes on there next time.
  if (!stopped) await checkpoint.finish();
  const failed = [...(named?.failed ?? []), ...applied.failed];
  const keys = new Set(failed.map(secretKey));
  const entry = (one: WrittenSecret): RotatedSecret => ({
    ...entryOf(one, one.action, api.now()),
    expiresAt: isoOf(logins.get(one.secret)?.expiresAt.getTime()),
  });
  return {
    entries: [
      ...applied.written.filter((one) => !keys.has(secretKey(one))).map(entry),
      ...applied.left.map((one) => entryOf(one, 'untried', api.now())),
      ...failures(failed),
    ],
    registries: [...logins].map(([secret, { registry, expiresAt }]) => ({
      secret,
      registry,
      expiresAt: expiresAt.toISOString(),
    })),
    stopped,
  };
}

/** Who shall read an organization's secret, when the request says so. */
async function readAudience(api: GitHubApi, request: RotationRequest): Promise<Audience | undefined> {
  const { visibility, selected } = request;
  if (visibility === undefined) return undefined;
  if (selected.length === 0) return { visibility };
  const repositoryIds: number[] = [];
  for (const name of selected) repositoryIds.push((await readRepository(api, name)).id);
  return { visibility, repositoryIds };
}

/** An App's token is for these places and this run alone. */
async function narrow({ app }: GitHubSession, places: readonly Place[], request: RotationRequest): Promise<void> {
  if (!app) return;
  const writes = request.mode === 'rotate';
  const open = places.filter(isOpenToApps);
  for (const owner of new Set(open.map((place) => place.owner))) {
    const own = open.filter((place) => place.owner === owner);
    const names = own.flatMap((place) => permissionsFor(place, writes && request.variables));
    const level = writes ? ('write' as const) : ('read' as const);
    const repositories = own.flatMap((place) => (place.kind === 'organization' ? [] : [place.repository]));
    await app.narrow(owner, {
      permissions: Object.fromEntries(names.map((name) => [name, level])),
      repositories: [...new Set(repositories)],
    });
  }
}

/** The file is about this host, these places and secrets; about anything else it is begun anew. */
async function openState(
  request: RotationRequest,
  context: Pick<Context, 'cwd'>,
  api: GitHubApi,
  places: readonly Place[],
): Promise<Checkpoint> {
  const { registries, force, visibility, selected } = request;
  const about = { url: api.url, registries, force, visibility, selected, places: places.map(formatPlace).sort() };
  const run = createHash('sha256').update(canonicalJson(about)).digest('hex');
  const since = api.now() - request.ifOlderThan;
  return openCheckpoint(resolve(context.cwd, request.stateFile), { run, since, within: context.cwd });
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
