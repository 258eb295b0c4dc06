import type { Context } from '../../base/context.js';
import { formatDuration } from '../../base/duration.js';
import { HttpError, LadingError, messageOf } from '../../base/errors.js';
import { say, type Task } from '../../base/report.js';
import type { GitHubApi } from '../../github/client/api.js';
import type { Checkpoint } from './checkpoint.js';
import { isHopeless } from '../../github/client/failure.js';
import { placeOf, variableNames, type Standing, type Unreadable } from './plan.js';
import { formatScope } from '../../github/secrets/scope.js';
import { sealText } from '../../github/secrets/sealed-box.js';
import {
  readPublicKey,
  readSecret,
  resolveAccess,
  writeSecret,
  type Access,
  type PublicKey,
} from '../../github/secrets/secret.js';
import { writeVariable } from '../../github/secrets/variable.js';

/** What is written into a secret, and what its variables say about it. */
export interface Password {
  readonly password: string;
  readonly username: string;
  /** Host of the registry. */
  readonly registry: string;
  readonly expiresAt: Date;
}

export interface WriteOptions {
  /** By the name of the secret. */
  readonly passwords: ReadonlyMap<string, Password>;
  readonly access?: Access | undefined;
  readonly task: Task;
}

export interface Written {
  /** With who may read it now. */
  readonly standing: Standing;
  readonly action: 'created' | 'updated';
}

/** How far GitHub's copies are behind at most, by what is seen. */
const lagMs = 3000;

type World = Pick<Context, 'clock' | 'report'>;

/** Writes what the plan says, one after the other. A place that refuses does not stop the others. */
export async function writeSecrets(
  context: World,
  api: GitHubApi,
  writes: readonly Standing[],
  options: WriteOptions & { readonly checkpoint: Checkpoint },
): Promise<{ readonly written: readonly Written[]; readonly failed: readonly Unreadable[] }> {
  const written: Written[] = [];
  let told = false;
  const failed = await forEachPlace(context, writes, options.task, async (standing) => {
    written.push(await write(api, standing, options));
    try {
      await options.checkpoint.record(placeOf(standing), context.clock.now());
    } catch (error) {
      // Without it a run that is stopped starts over; that is no reason to stop this one.
      if (!told)
        say(context.report, 'warning', messageOf(error), error instanceof LadingError ? error.hint : undefined);
      told = true;
    }
  });
  return { written, failed };
}

/** Says beside each secret which registry it is for and when it expires. After all secrets: those are what is urgent. */
export async function writeVariables(
  context: World,
  api: GitHubApi,
  standings: readonly Standing[],
  options: WriteOptions,
): Promise<readonly Unreadable[]> {
  return forEachPlace(context, standings, options.task, async (standing) => {
    const { scope, secret } = standing;
    const { registry, username, expiresAt } = passwordOf(options, secret);
    const names = variableNames(secret);
    const { access } = standing;
    await writeVariable(api, scope, { name: names.registry, value: registry, access });
    await writeVariable(api, scope, { name: names.username, value: username, access });
    await writeVariable(api, scope, { name: names.expiresAt, value: expiresAt.toISOString(), access });
  });
}

/** Goes through all places, with the time left by that of those behind. Returns what failed. */
async function forEachPlace(
  { clock }: World,
  standings: readonly Standing[],
  task: Task,
  work: (standing: Standing) => Promise<void>,
): Promise<readonly Unreadable[]> {
  const failed: Unreadable[] = [];
  const started = clock.now();
  let hopeless: LadingError | undefined;
  for (const [index, standing] of standings.entries()) {
    const left = index === 0 ? undefined : ((clock.now() - started) / index) * (standings.length - index);
    const detail = left === undefined ? formatScope(standing.scope) : `about ${formatDuration(left)} left`;
    task.progress(index, standings.length, { unit: 'count', detail });
    try {
      if (hopeless) throw hopeless;
      await work(standing);
    } catch (error) {
      if (!(error instanceof LadingError) || error.kind === 'cancelled') throw error;
      if (isHopeless(error)) hopeless = error;
      failed.push({ scope: standing.scope, secret: standing.secret, error });
    }
  }
  task.progress(standings.length, standings.length, { unit: 'count' });
  return failed;
}

async function write(api: GitHubApi, standing: Standing, options: WriteOptions): Promise<Written> {
  const { scope, secret } = standing;
  const { password } = passwordOf(options, secret);
  const key = standing.publicKey ?? (await readPublicKey(api, scope)).value;
  const access = await accessNow(api, standing, options.access);
  const action = await sealAndWrite(api, { ...standing, access }, password, key);
  const stored = await readSecret(api, scope, secret);
  if (stored !== undefined && stored.value.updatedAt >= (standing.updatedAt ?? 0)) {
    return { standing: { ...standing, access }, action };
  }
  const what = `write the secret ${secret} of ${formatScope(scope)}`;
  throw new LadingError('remote', `${what}: GitHub took it, yet shows the old one`, {
    code: 'NOT_STORED',
    hint: 'Run it again with --force.',
  });
}

function passwordOf({ passwords }: WriteOptions, secret: string): Password {
  const password = passwords.get(secret);
  if (password === undefined) throw new Error(`no password for ${secret}`);
  return password;
}

/**
 * What was asked for; else as it is at this moment, so that a rotation never changes who may read: the run began minutes
 * ago, and the write sends the whole selection.
 */
async function accessNow(api: GitHubApi, standing: Standing, asked: Access | undefined): Promise<Access | undefined> {
  const { scope, secret } = standing;
  if (scope.kind !== 'organization') return undefined;
  if (asked && (asked.visibility !== 'selected' || asked.repositoryIds)) return asked;
  const look = async () => resolveAccess(standing, (await readSecret(api, scope, secret))?.value.access, asked);
  const now = await look();
  const seen = new Set(now.repositoryIds);
  if (now.visibility !== 'selected' || !standing.access?.repositoryIds?.some((id) => !seen.has(id))) return now;
  // One that was selected before is missing: GitHub may have answered from a copy that is behind.
  await api.pause(lagMs);
  return look();
}

async function sealAndWrite(
  api: GitHubApi,
  { scope, secret, access }: Standing,
  value: string,
  key: PublicKey,
): Promise<'created' | 'updated'> {
  try {
    return await writeSecret(api, scope, secret, { sealed: sealText(value, key.key), keyId: key.key_id, access });
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 422) throw error;
    // GitHub changed the key since it was read.
    const fresh = (await readPublicKey(api, scope)).value;
    return await writeSecret(api, scope, secret, { sealed: sealText(value, fresh.key), keyId: fresh.key_id, access });
  }
}
