import { primaryOf } from '../../api.js';
import { revisionNumber } from '../../definition/read.js';
import type { Service, ServiceDeployment } from '../../shapes.js';
import { hasBreaker, hasSource } from './judge.js';
import type { End, Hook, RolloutState } from './state.js';

/** How long a record may be in coming; ECS needs seconds. */
export const RECORD_MS = 60_000;
/** How long FAILED may stand there before it is believed that nothing follows. */
const FAILED_MS = 30_000;
/** A record that is a little behind the service says better how it ended. */
const STALE_MS = 5000;
/** Looks in a row that must not find the service: one read may be stale. */
const GONE_LOOKS = 2;

/** How it ended, by what ECS says of our own deployment; undefined while it goes on. */
export function endOf(state: RolloutState, now: number): End | undefined {
  if (state.goal.of === 'count') return endOfCount(state);
  return (
    endByRecord(state) ??
    endByDeletion(state) ??
    (state.blind !== undefined || state.arn === undefined ? endByService(state, now) : undefined) ??
    endByFailure(state)
  );
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
function endByRecord(state: RolloutState): End | undefined {
  const { record } = state;
  if (!record) return undefined;
  const reason = record.statusReason ?? record.rollback?.reason ?? '';
  const by = state.turning === 'asked' ? 'us' : 'ecs';
  switch (record.status) {
    case 'SUCCESSFUL':
      return { is: 'succeeded' };
    case 'STOPPED':
      if (isReplaced(record)) return replaced(state);
      if (/service.*(deleted|draining)/i.test(reason)) return { is: 'deleted' };
      if (state.turning === 'asked' || wasTripped(record)) return { is: 'failed', back: 'none', by, reason };
      if (isDeleted(state.service)) return { is: 'deleted' };
      return { is: 'stopped', back: 'none', reason };
    case 'ROLLBACK_SUCCESSFUL':
      return state.stoppedByOthers
        ? { is: 'stopped', back: 'done', reason }
        : { is: 'failed', back: 'done', by, reason };
    case 'ROLLBACK_FAILED':
      return state.stoppedByOthers
        ? { is: 'stopped', back: 'failed', reason }
        : { is: 'failed', back: 'failed', by, reason };
    case 'FAILED':
      return { is: 'failed', back: 'none', by, reason };
    default: {
      const hook = waitingHook(record);
      return hook && state.turning === 'no' && !isTurning(record.status) ? { is: 'paused', hook } : undefined;
    }
  }
}

/** A service that is being deleted takes its deployments along. */
function endByDeletion(state: RolloutState): End | undefined {
  if (state.goneLooks < GONE_LOOKS) return undefined;
  if (state.failedSince !== undefined)
    return { is: 'failed', back: 'none', by: 'ecs', reason: 'it failed before the service was deleted' };
  // Without a record of it, what was COMPLETED before went well for all that is known.
  return state.completedSince === undefined ? { is: 'deleted' } : { is: 'unproven', deleted: true };
}

/** The time is over. What ECS goes back from has failed, however long that takes. */
export function endByDeadline({ record, turning, stoppedByOthers, completedSince }: RolloutState): End {
  if (!record && completedSince !== undefined) return { is: 'unproven' };
  if (!isTurning(record?.status)) return { is: 'timeout' };
  const reason = record?.statusReason ?? record?.rollback?.reason ?? '';
  if (stoppedByOthers) return { is: 'stopped', back: 'going-on', reason };
  return { is: 'failed', back: 'going-on', by: turning === 'asked' ? 'us' : 'ecs', reason };
}

/** Without a record that can be read: our deployment in the service, by its id. */
function endByService(state: RolloutState, now: number): End | undefined {
  const { service, ours, blind } = state;
  const primary = service && primaryOf(service);
  if (!service || !primary) return undefined;
  const own = service.deployments.find(({ id }) => id === ours.id);
  if (own && own.status === 'PRIMARY') {
    const counts = service.deployments.length === 1 && own.runningCount === own.desiredCount;
    const steady = own.rolloutState == null && counts && now - state.since > RECORD_MS;
    if (blind !== undefined) return own.rolloutState === 'COMPLETED' || steady ? { is: 'succeeded' } : undefined;
    const waited = state.completedSince !== undefined && now - state.completedSince > RECORD_MS;
    return waited ? { is: 'unproven' } : undefined;
  }
  // A stale read may still know only what was before us: nothing of it is younger than ours.
  const youngest = Math.max(primary.createdAt ?? 0, primary.updatedAt ?? 0) * 1000;
  if (youngest < ours.createdAt) return undefined;
  if (blind === undefined && now - state.since <= RECORD_MS) return undefined;
  const reason = primary.rolloutStateReason ?? '';
  const isOlder = (primary.createdAt ?? 0) * 1000 < ours.createdAt;
  const wentBack = state.wentBack || /roll(ing|ed)? ?back/i.test(reason);
  if (wentBack && isLaterRevision(primary.taskDefinition, ours.taskDefinition))
    return replaced({ ...state, failedSince: 0 });
  if (isOlder || wentBack) {
    if (primary.rolloutState !== 'COMPLETED') return undefined;
    return {
      is: 'failed',
      back: 'done',
      by: state.turning === 'asked' ? 'us' : 'ecs',
      reason: own?.rolloutStateReason ?? '',
    };
  }
  return { is: state.completedSince === undefined ? 'superseded' : 'unproven' };
}

/** ECS says FAILED of our deployment, and goes nowhere from there: what ran before has not taken its place again. */
function endByFailure(state: RolloutState): End | undefined {
  const { service, ours, record } = state;
  const own = service?.deployments.find(({ id }) => id === ours.id);
  if (own?.rolloutState !== 'FAILED' || own.status !== 'PRIMARY') return undefined;
  if (isTurning(record?.status) || state.turning === 'asked') return undefined;
  const configuration = service?.deploymentConfiguration;
  const rollsBack = configuration?.deploymentCircuitBreaker?.rollback === true || alarmsRollBack(configuration);
  const waited = (state.serviceAt ?? 0) - (state.failedSince ?? Infinity);
  const hasRecord = state.arn !== undefined && state.blind === undefined;
  if ((rollsBack && waited <= FAILED_MS) || (hasRecord && waited <= STALE_MS)) return undefined;
  // A reason that says that it goes on is left from before.
  const reason = [own.rolloutStateReason, record?.statusReason].find((words) => words && !/in progress/i.test(words));
  return { is: 'failed', back: 'none', by: 'ecs', reason: reason ?? '' };
}

/** ECS goes back to what ran before, and that was registered before. */
function isLaterRevision(one: string | null | undefined, other: string): boolean {
  const [later, earlier] = [revisionNumber(one ?? ''), revisionNumber(other)];
  return later !== undefined && later.family === earlier?.family && later.number > earlier.number;
}

/** Nothing was begun: as many tasks run as the service wants now. */
function endOfCount({ service, ours, goneLooks, desiredSeen }: RolloutState): End | undefined {
  if (goneLooks >= GONE_LOOKS) return { is: 'deleted' };
  const own = service?.deployments.find(({ id }) => id === ours.id);
  if (!own || !service || !desiredSeen) return undefined;
  const counts = own.runningCount === own.desiredCount && service.runningCount === service.desiredCount;
  return counts && own.desiredCount === service.desiredCount ? { is: 'scaled' } : undefined;
}

/**
 * The deployment is lost, and ECS cannot be made to go back. Only what is certain ends the watch then: anything else
 * may yet come up, as nothing stops it.
 */
export function endWithoutWayBack(state: RolloutState, certain: boolean): End | undefined {
  const why = wayBack(state);
  return why !== 'open' && certain && !hasBreakerThatEnds(state) ? { is: 'stuck', why } : undefined;
}

/** Whether ECS can be asked to go back, or why not. */
export function wayBack(state: RolloutState): 'open' | 'no-source' | 'refused' | 'denied' {
  if (state.turning === 'refused' || state.turning === 'denied') return state.turning;
  if (state.arn === undefined && state.blind !== undefined) return state.blind === 'denied' ? 'denied' : 'refused';
  return hasSource(state) === false ? 'no-source' : 'open';
}

/** Its own breaker ends it soon, and says how. */
function hasBreakerThatEnds(state: RolloutState): boolean {
  return hasBreaker(state) && hasSource(state) !== false;
}

/** What had failed by then has failed. */
function replaced({ failedSince, turning }: Pick<RolloutState, 'failedSince' | 'turning'>): End {
  if (failedSince === undefined && turning !== 'asked') return { is: 'superseded' };
  const by = turning === 'asked' ? 'us' : 'ecs';
  return { is: 'failed', back: 'none', by, reason: 'it failed before a newer deployment took its place' };
}

function isReplaced(record: ServiceDeployment): boolean {
  return /replaced by a new service deployment/i.test(record.statusReason ?? '') && !record.rollback;
}

function wasTripped(record: ServiceDeployment): boolean {
  const tripped = record.deploymentCircuitBreaker?.status === 'TRIGGERED' || record.alarms?.status === 'TRIGGERED';
  return tripped || /circuit breaker|alarm/i.test(record.statusReason ?? '');
}

export function isTurning(status: string | undefined): boolean {
  return status === 'STOP_REQUESTED' || status === 'ROLLBACK_REQUESTED' || status === 'ROLLBACK_IN_PROGRESS';
}

export function isDeleted(service: Service | undefined): boolean {
  return service?.status === 'DRAINING' || service?.status === 'INACTIVE';
}

export function waitingHook(record: ServiceDeployment): Hook | undefined {
  const found = record.lifecycleHookDetails?.find(({ status }) => status === 'AWAITING_ACTION');
  if (!found) return undefined;
  return {
    id: found.hookId ?? '',
    expiresAt: found.expiresAt ?? undefined,
    timeoutAction: found.timeoutAction ?? undefined,
  };
}

function alarmsRollBack(configuration: Service['deploymentConfiguration']): boolean {
  const alarms = (
    configuration as { readonly alarms?: { readonly enable?: boolean; readonly rollback?: boolean } } | null
  )?.alarms;
  return alarms?.enable === true && alarms.rollback === true;
}
