import { primaryOf } from '../../api.js';
import { proveByRevision } from '../verdict/proof.js';
import { isTurning } from '../watch/ending.js';
import type { Past, Present } from './present.js';
import { isInFlight } from './present.js';

/** Container → digests that count as what was asked for. */
type Digests = ReadonlyMap<string, ReadonlySet<string>>;

/** A record is dated a little before or after the deployment that it is of. */
const LATE_MS = 5000;

/** How the last deployment of what the service has now went. */
export type Last =
  | { readonly is: 'good'; readonly past?: Past }
  | { readonly is: 'in-flight'; readonly past?: Past }
  | { readonly is: 'bad'; readonly past?: Past; readonly how: string };

export function lastOf({ service, history }: Present, digests: Digests): Last {
  const primary = primaryOf(service);
  const current = primary?.rolloutState;
  const newest = history.is === 'seen' ? history.value[0] : undefined;
  if (history.is === 'seen' && newest) {
    const past = history.value.find(({ revision }) => revision?.taskDefinition === service.taskDefinition);
    // Without its revision it is only known that something is in flight.
    const found = past ?? (newest.revision === undefined ? newest : undefined);
    const isTurnedTo = newest !== found && isTurning(newest.status);
    if (isTurnedTo) return { is: 'bad', past: newest, how: 'is what another deployment is being turned back to' };
    // The record of one that has just begun may be late.
    const isOlder = found !== undefined && found.createdAt < (primary?.createdAt ?? 0) * 1000 - LATE_MS;
    if (current === 'IN_PROGRESS' && (found === undefined || (isOlder && !isInFlight(found.status))))
      return { is: 'in-flight' };
    if (found?.status === 'SUCCESSFUL') return judgeImages(found, digests);
    if (found && isInFlight(found.status)) return { is: 'in-flight', past: found };
    if (found) return { is: 'bad', past: found, how: howOf(found) };
  }
  if (current === 'IN_PROGRESS') return { is: 'in-flight' };
  if (current === 'FAILED')
    return { is: 'bad', how: `failed: ${primary?.rolloutStateReason ?? 'ECS gives no reason'}` };
  return { is: 'good' };
}

/** A definition may name an image that ECS has long resolved to another one. */
function judgeImages(past: Past, digests: Digests): Last {
  if (!past.revision) return { is: 'good', past };
  const claim = { ours: { id: '', taskDefinition: past.revision.taskDefinition, createdAt: 0 }, digests };
  const proof = proveByRevision(claim, past.revision);
  return proof.is === 'refuted' ? { is: 'bad', past, how: `went well, but ${proof.message}` } : { is: 'good', past };
}

/** `was rolled back: tasks failed to start`, as goes after "The last deployment of shop:4". */
export function howOf({ status, statusReason }: Past): string {
  const words: Readonly<Record<string, string>> = {
    ROLLBACK_SUCCESSFUL: 'failed and was rolled back',
    ROLLBACK_FAILED: 'failed, and its rollback, too',
    ROLLBACK_IN_PROGRESS: 'is being rolled back',
    ROLLBACK_REQUESTED: 'is being rolled back',
    STOP_REQUESTED: 'is being stopped',
    STOPPED: 'was stopped',
    FAILED: 'failed',
  };
  return `${words[status] ?? `is ${status}`}${statusReason ? ` (${statusReason.replace(/\.$/, '')})` : ''}`;
}
