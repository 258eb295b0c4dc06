import type { Context } from '../base/context.js';
import { formatDuration } from '../base/duration.js';
import { HttpError, LadingError, messageOf } from '../base/errors.js';
import { say, type Task } from '../base/report.js';
import type { GitHubApi } from './api.js';
import type { Checkpoint } from './checkpoint.js';
import { isHopeless } from './failure.js';
import { placeOf, variableNames, type Standing, type Unreadable } from './rotation.js';
import { formatScope } from './scope.js';
import { sealText } from './sealed-box.js';
import { readPublicKey, readSecret, writeSecret, type Access } from './secrets.js';
import { writeVariable } from './variables.js';

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
  readonly variables: boolean;
  readonly checkpoint: Checkpoint;
  readonly task: Task;
}

export interface Written {
  readonly standing: Standing;
  readonly action: 'created' | 'updated';
}

/** Writes what the plan says, one after the other. A place that refuses does not stop the others. */
export async function writeSecrets(
  context: Pick<Context, 'clock' | 'report'>,
  api: GitHubApi,
  writes: readonly Standing[],
  options: WriteOptions,
): Promise<{ readonly written: readonly Written[]; readonly failed: readonly Unreadable[] }> {
  const { clock, report } = context;
  const written: Written[] = [];
  const failed: Unreadable[] = [];
  const started = clock.now();
  let hopeless: LadingError | undefined;
  let told = false;
  for (const [index, standing] of writes.entries()) {
    const left = index === 0 ? undefined : ((clock.now() - started) / index) * (writes.length - index);
    options.task.progress(index, writes.length, {
      unit: 'count',
      detail: left === undefined ? formatScope(standing.scope) : `about ${formatDuration(left)} left`,
    });
    try {
      if (hopeless) throw hopeless;
      const action = await write(api, standing, options);
      written.push({ standing, action });
    } catch (error) {
      if (!(error instanceof LadingError) || error.kind === 'cancelled') throw error;
      if (isHopeless(error)) hopeless = error;
      failed.push({ scope: standing.scope, secret: standing.secret, error });
      continue;
    }
    try {
      await options.checkpoint.record(placeOf(standing), clock.now());
    } catch (error) {
      // Without it a run that is stopped starts over; that is no reason to stop this one.
      if (!told) say(report, 'warning', messageOf(error), error instanceof LadingError ? error.hint : undefined);
      told = true;
    }
  }
  options.task.progress(writes.length, writes.length, { unit: 'count' });
  return { written, failed };
}

async function write(api: GitHubApi, standing: Standing, options: WriteOptions): Promise<'created' | 'updated'> {
  const { scope, secret } = standing;
  const password = options.passwords.get(secret);
  if (password === undefined) throw new Error(`no password for ${secret}`);
  const access = scope.kind === 'organization' ? accessOf(standing, options.access) : undefined;
  const action = await sealAndWrite(api, standing, password.password, access);
  const stored = await readSecret(api, scope, secret);
  if (stored === undefined || stored.value.updatedAt < (standing.updatedAt ?? 0)) {
    throw new LadingError(
      'remote',
      `write the secret ${secret} of ${formatScope(scope)}: GitHub took it, yet shows the old one`,
      {
        code: 'NOT_STORED',
        hint: 'Run it again with --force.',
      },
    );
  }
  if (options.variables) {
    const names = variableNames(secret);
    const values = {
      registry: password.registry,
      username: password.username,
      expiresAt: password.expiresAt.toISOString(),
    };
    for (const key of ['registry', 'username', 'expiresAt'] as const) {
      await writeVariable(api, scope, { name: names[key], value: values[key], access });
    }
  }
  return action;
}

/** What was asked for; else as it is, so that a rotation never changes who may read. */
function accessOf({ access }: Standing, asked: Access | undefined): Access | undefined {
  if (asked?.visibility !== 'selected' || asked.repositoryIds) return asked ?? access;
  return { ...asked, repositoryIds: access?.repositoryIds };
}

async function sealAndWrite(
  api: GitHubApi,
  standing: Standing,
  value: string,
  access: Access | undefined,
): Promise<'created' | 'updated'> {
  const { scope, secret } = standing;
  const key = standing.publicKey ?? (await readPublicKey(api, scope)).value;
  try {
    return await writeSecret(api, scope, secret, { sealed: sealText(value, key.key), keyId: key.key_id, access });
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 422) throw error;
    // GitHub changed the key since it was read.
    const fresh = (await readPublicKey(api, scope)).value;
    return await writeSecret(api, scope, secret, { sealed: sealText(value, fresh.key), keyId: fresh.key_id, access });
  }
}
