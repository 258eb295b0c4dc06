import type { Context } from '../../base/context.js';
import { LadingError } from '../../base/errors.js';
import { say, type Report } from '../../base/tell/report.js';
import type { GitHubApi } from '../../github/client/api.js';
import { missingFrom } from '../../github/secrets/audience.js';
import { formatPlace } from '../../github/secrets/place.js';
import { applyReader, readSecret, type AppliedSecret, type SecretInfo } from '../../github/secrets/secret.js';
import { forEachSecret } from './each.js';
import type { FailedSecret, FoundSecret } from './found-secret.js';

/** A write that GitHub has answered. */
export interface WrittenSecret extends FoundSecret {
  readonly action: AppliedSecret['action'];
  /** When GitHub answered, by its own clock; milliseconds. */
  readonly writtenAt: number;
  /** Who may read it was to stay as it was. */
  readonly keepsReaders: boolean;
}

export interface Confirmation {
  readonly failed: readonly FailedSecret[];
  readonly stopped: LadingError | undefined;
}

/** GitHub's reads come from copies that are behind: half a minute in all, more often at first. */
const waitsMs = [0, 500, 500, 1000, 1000, 2000, 5000, 10_000, 10_000];

/** For so long a selection is watched after it was written. */
const settleMs = 5000;

/** One secret that was written, and what was seen of it since. */
export interface Confirming {
  readonly written: WrittenSecret;
  /** Repositories that were let in after we read who may read it, and before our write, which put them out again. */
  readonly putOut: Set<number>;
}

export function confirming(written: WrittenSecret): Confirming {
  return { written, putOut: new Set() };
}

/** Looks until each write shows. One that does not within half a minute is an error: the answer to it was not true. */
export async function confirmWrites(
  { clock, report }: Pick<Context, 'clock' | 'report'>,
  api: GitHubApi,
  writes: readonly Confirming[],
): Promise<Confirmation> {
  const failed: FailedSecret[] = [];
  let unseen = writes;
  for (const [index, ms] of waitsMs.entries()) {
    if (unseen.length === 0) break;
    if (ms > 0) await api.pause(ms);
    const still: Confirming[] = [];
    const named = unseen.map((one) => ({ ...one, place: one.written.place, secret: one.written.secret }));
    const walk = await forEachSecret(clock, named, undefined, async (one) => {
      if (await isShown(api, report, one)) return;
      if (index === waitsMs.length - 1) await giveUp(api, report, one);
      else still.push(one);
    });
    failed.push(...walk.failed);
    if (walk.stopped) return { failed, stopped: walk.stopped };
    unseen = still;
  }
  return { failed, stopped: undefined };
}

/** Whether GitHub shows the secret as it was written: its date moved or it is new, and all its readers are there. */
export async function isShown(api: GitHubApi, report: Report, { written, putOut }: Confirming): Promise<boolean> {
  const info = await readSecret(api, written.place, written.secret);
  const isSelection = written.keepsReaders && written.audience?.visibility === 'selected';
  if (isSelection) for (const id of missingFrom(written.audience, info?.audience)) putOut.add(id);
  if (!isStored(written, info) || missingFrom(info?.audience, written.audience).length > 0) return false;
  // What a copy that is behind still shows is from before our write: it may hold readers that we did not know.
  if (isSelection && api.now() - written.writtenAt < settleMs) return false;
  await letIn(api, report, written, [...putOut]);
  return true;
}

/** By GitHub's own dates, which are in whole seconds: two writes within one have the same. */
export function isStored(
  { action, updatedAt, writtenAt, audience }: Pick<WrittenSecret, 'action' | 'updatedAt' | 'writtenAt' | 'audience'>,
  info: SecretInfo | undefined,
): boolean {
  if (info === undefined || info.audience?.visibility !== audience?.visibility) return false;
  if (action === 'created') return true;
  return info.updatedAt > (updatedAt ?? Infinity) || info.updatedAt >= Math.floor(writtenAt / 1000) * 1000 - 1000;
}

/** After the last look: readers that did not come along are let in one by one; what did not come at all is told. */
async function giveUp(api: GitHubApi, report: Report, { written, putOut }: Confirming): Promise<void> {
  const info = await readSecret(api, written.place, written.secret);
  if (!isStored(written, info)) {
    throw new LadingError('remote', `${whatOf(written)}: GitHub took it, yet shows the old one`, {
      code: 'NOT_STORED',
      hint: 'Run it again with --force.',
    });
  }
  await letIn(api, report, written, [...new Set([...missingFrom(info?.audience, written.audience), ...putOut])]);
}

async function letIn(
  api: GitHubApi,
  report: Report,
  written: WrittenSecret,
  repositoryIds: readonly number[],
): Promise<void> {
  for (const id of repositoryIds) await applyReader(api, written.place, written.secret, id);
  if (repositoryIds.length === 0) return;
  const count = repositoryIds.length === 1 ? 'a repository' : `${repositoryIds.length} repositories`;
  say(report, 'info', `${whatOf(written)}: ${count} let in meanwhile, which may still read it`);
}

function whatOf({ place, secret }: WrittenSecret): string {
  return `write the secret ${secret} of ${formatPlace(place)}`;
}
