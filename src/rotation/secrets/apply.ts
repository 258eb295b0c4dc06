import type { Context } from '../../base/context.js';
import { HttpError, LadingError, messageOf } from '../../base/errors.js';
import { say, type Task } from '../../base/tell/report.js';
import type { GitHubApi } from '../../github/client/api.js';
import { missingFrom, resolveAudience, type Audience } from '../../github/secrets/audience.js';
import { readPublicKey, type PublicKey } from '../../github/secrets/public-key.js';
import { sealText } from '../../github/secrets/sealed-box.js';
import { applySecret, readSecret, type AppliedSecret } from '../../github/secrets/secret.js';
import type { RegistryLogin } from '../registries/login.js';
import type { Checkpoint } from './checkpoint.js';
import { confirming, confirmWrites, isShown, type Confirming, type WrittenSecret } from './confirm.js';
import { forEachSecret, type Walk } from './each.js';
import { secretKey, type FoundSecret } from './found-secret.js';

export interface ApplyOptions {
  /** By the name of the secret. */
  readonly logins: ReadonlyMap<string, RegistryLogin>;
  readonly task: Task;
}

export interface Applied extends Walk<FoundSecret> {
  readonly written: readonly WrittenSecret[];
}

/** How far GitHub's copies are behind, mostly. */
const lagMs = 3000;

/**
 * Writes what the plan says, one after the other, and sees that it took. What GitHub does not show at once is looked for
 * again at the end, when its copies have caught up.
 */
export async function applySecrets(
  context: Pick<Context, 'clock' | 'report'>,
  api: GitHubApi,
  writes: readonly FoundSecret[],
  options: ApplyOptions & { readonly audience: Audience | undefined; readonly checkpoint: Checkpoint },
): Promise<Applied> {
  const written: WrittenSecret[] = [];
  const unseen: Confirming[] = [];
  const remember = checkpointWriter(context, api, options.checkpoint);
  const walk = await forEachSecret(context.clock, writes, options.task, async (found) => {
    const one = await applyOne(api, found, options);
    written.push(one);
    await remember(found);
    const look = confirming(one);
    if (!(await isShown(api, context.report, look))) unseen.push(look);
  });
  // After a cut connection no look would come through.
  const late = walk.stopped ? { failed: [], stopped: walk.stopped } : await confirmWrites(context, api, unseen);
  const failed = [...walk.failed, ...late.failed];
  const keys = new Set(failed.map(secretKey));
  return {
    written: written.filter((one) => !keys.has(secretKey(one))),
    failed,
    stopped: late.stopped,
    left: walk.left.filter((one) => !written.some((other) => secretKey(other) === secretKey(one))),
  };
}

/** Without its note a run that is stopped starts over; that is no reason to stop this one. */
function checkpointWriter({ report }: Pick<Context, 'report'>, api: GitHubApi, checkpoint: Checkpoint) {
  let told = false;
  return async (found: FoundSecret): Promise<void> => {
    try {
      await checkpoint.record(secretKey(found), api.now());
    } catch (error) {
      if (!told) say(report, 'warning', messageOf(error), error instanceof LadingError ? error.hint : undefined);
      told = true;
    }
  };
}

async function applyOne(
  api: GitHubApi,
  found: FoundSecret,
  options: ApplyOptions & { readonly audience: Audience | undefined },
): Promise<WrittenSecret> {
  const { place, secret } = found;
  const key = found.publicKey ?? (await readPublicKey(api, place)).key;
  const audience = await audienceNow(api, found, options.audience);
  const { action, at } = await sealAndApply(api, { ...found, audience }, loginOf(options, secret).password, key);
  return { ...found, audience, action, writtenAt: at, keepsReaders: !options.audience?.repositoryIds };
}

export function loginOf({ logins }: ApplyOptions, secret: string): RegistryLogin {
  const login = logins.get(secret);
  if (login === undefined) throw new Error(`no login for ${secret}`);
  return login;
}

/**
 * What was asked for; else as it is at this moment, so that a rotation never changes who may read: the run began minutes
 * ago, and the write sends the whole selection.
 */
async function audienceNow(
  api: GitHubApi,
  found: FoundSecret,
  asked: Audience | undefined,
): Promise<Audience | undefined> {
  const { place, secret } = found;
  if (place.kind !== 'organization') return undefined;
  if (asked && (asked.visibility !== 'selected' || asked.repositoryIds)) return asked;
  const look = async () => resolveAudience(found, (await readSecret(api, place, secret))?.audience, asked);
  const now = await look();
  if (now.visibility !== 'selected' || missingFrom(now, found.audience).length === 0) return now;
  // One that was selected before is missing: GitHub may have answered from a copy that is behind.
  await api.pause(lagMs);
  return look();
}

async function sealAndApply(
  api: GitHubApi,
  { place, secret, audience }: FoundSecret,
  value: string,
  key: PublicKey,
): Promise<AppliedSecret> {
  try {
    return await applySecret(api, place, secret, { sealed: sealText(value, key.key), keyId: key.key_id, audience });
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 422) throw error;
    // GitHub changed the key since it was read.
    const { key: fresh } = await readPublicKey(api, place);
    return await applySecret(api, place, secret, { sealed: sealText(value, fresh.key), keyId: fresh.key_id, audience });
  }
}
