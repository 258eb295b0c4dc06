import type { Read, Seen } from '../../seen.js';
import type { Service, ServiceDeployment, Task } from '../../shapes.js';
import { isDeleted } from './ending.js';
import { identify } from './identify.js';
import type { Observation, RolloutState } from './state.js';
import { deathsOf, runsWell } from './tally.js';

/** What is known after one more look. Nothing that was known is lost by a read that is late, older, or missing. */
export function learn(state: RolloutState, seen: Observation, now: number): RolloutState {
  const service = newerService(state, seen.service);
  const record = newerRecord(state.record, seen.record);
  const arn = state.arn ?? identified(state, seen, service);
  const stopped = seen.stopped.is === 'seen' ? seen.stopped.value.filter(isTold) : [];
  const died = deathsOf(stopped, state.ours, state.goal.definition);
  const described = stopped.map((task) => task.taskArn);
  const well = wellAt(state, seen, now);
  const own = service?.deployments.find(({ id }) => id === state.ours.id);
  const failed = own?.rolloutState === 'FAILED' || hasEvent(service, state.ours.id, 'failed');
  const completed = own?.rolloutState === 'COMPLETED' || hasEvent(service, state.ours.id, 'completed');
  return {
    ...state,
    service,
    serviceAt: seen.service.is === 'seen' ? now : state.serviceAt,
    record,
    arn,
    goneLooks: goneLooks(state, seen.service),
    blind: state.blind ?? blindness(seen),
    closed: closedOperations(state, seen),
    described: described.length === 0 ? state.described : new Set([...state.described, ...described]),
    deaths: died.length === 0 ? state.deaths : [...state.deaths, ...died],
    cameUp:
      state.cameUp ||
      died.some((death) => death.cameUp) ||
      (record?.targetServiceRevision?.runningTaskCount ?? 0) > 0 ||
      (own?.runningCount ?? 0) > 0 ||
      (seen.running.is === 'seen' &&
        seen.running.value.some((task) => task.startedBy === state.ours.id && task.lastStatus === 'RUNNING')),
    wellAt: well,
    runningKnown: isRunningKnown(state, seen, died.length > 0),
    turning: seen.turned ?? state.turning,
    stoppedByOthers: state.stoppedByOthers || askedByOthers(state, seen, record),
    unread: unreadParts(state, seen, now),
    failedSince: failed ? (state.failedSince ?? now) : undefined,
    completedSince: state.completedSince ?? (completed ? now : undefined),
    wentBack: state.wentBack || failed || saysBack(service, state.ours.createdAt),
    desiredSeen: state.desiredSeen || service?.desiredCount === state.goal.desired,
    unplaced: unplaced(state, service),
    wasUnplaced: unplaced(state, service) ?? state.wasUnplaced,
  };
}

/** A task that is still stopping may not say yet why: it is described again. */
function isTold(task: Task): boolean {
  if (task.lastStatus == null || task.lastStatus === 'STOPPED') return true;
  if (!task.stopCode && !task.stoppedReason) return false;
  return task.stopCode !== 'EssentialContainerExited' || task.containers.some(({ exitCode }) => exitCode != null);
}

function newerService(state: RolloutState, seen: Seen<Service | undefined>): Service | undefined {
  if (seen.is !== 'seen' || seen.value === undefined) return state.service;
  return seen.value;
}

/** ECS does not go back from a later status: a read that says so is an older one. */
const ORDER: Readonly<Record<string, number>> = {
  PENDING: 0,
  IN_PROGRESS: 1,
  STOP_REQUESTED: 2,
  ROLLBACK_REQUESTED: 2,
  ROLLBACK_IN_PROGRESS: 3,
};

function newerRecord(
  known: ServiceDeployment | undefined,
  seen: Seen<ServiceDeployment | undefined>,
): ServiceDeployment | undefined {
  if (seen.is !== 'seen' || seen.value === undefined) return known;
  if (!known) return seen.value;
  const order = (record: ServiceDeployment) => ORDER[record.status] ?? 4;
  const isOlder = (seen.value.updatedAt ?? Infinity) < (known.updatedAt ?? -Infinity);
  return isOlder || order(seen.value) < order(known) ? known : seen.value;
}

function identified(state: RolloutState, seen: Observation, service: Service | undefined): string | undefined {
  if (seen.candidates.is !== 'seen') return undefined;
  const hidden = state.closed.has('DescribeServiceRevisions') || isClosed(seen, 'DescribeServiceRevisions');
  return identify(seen.candidates.value, state.ours, { service, revisionsHidden: hidden });
}

function isClosed({ reads }: Observation, operation: string): boolean {
  return reads.some((read) => read.operation === operation && (read.is === 'denied' || read.is === 'absent'));
}

function goneLooks(state: RolloutState, seen: Seen<Service | undefined>): number {
  if (seen.is !== 'seen') return state.goneLooks;
  return seen.value === undefined || isDeleted(seen.value) ? state.goneLooks + 1 : 0;
}

function blindness(seen: Observation): RolloutState['blind'] {
  for (const part of [seen.record, seen.candidates]) if (part.is === 'denied' || part.is === 'absent') return part.is;
  return undefined;
}

function closedOperations(state: RolloutState, { reads, turned }: Observation): RolloutState['closed'] {
  const isShut = ({ operation, is }: Read) => (is === 'denied' || is === 'absent') && !state.closed.has(operation);
  if (turned !== 'denied' && !reads.some(isShut)) return state.closed;
  const closed = new Map(state.closed);
  for (const { operation, is } of reads) if (is === 'denied' || is === 'absent') closed.set(operation, is);
  if (turned === 'denied') closed.set('StopServiceDeployment', 'denied');
  return closed;
}

function wellAt(state: RolloutState, seen: Observation, now: number): number | undefined {
  if (seen.running.is !== 'seen') return state.wellAt;
  const awsNow = now + state.skew;
  const some = seen.running.value.some((task) => task.startedBy === state.ours.id && runsWell(task, awsNow));
  return some ? awsNow : state.wellAt;
}

function isRunningKnown(state: RolloutState, seen: Observation, moreDied: boolean): boolean {
  const looked = seen.running.is === 'seen' || seen.running.is === 'denied' || seen.running.is === 'absent';
  return looked || (state.runningKnown && !moreDied);
}

function askedByOthers(state: RolloutState, seen: Observation, record: ServiceDeployment | undefined): boolean {
  if (state.turning === 'asked' || seen.turned === 'asked' || record === undefined) return false;
  if (record.status === 'STOP_REQUESTED' || record.status === 'ROLLBACK_REQUESTED') return true;
  const reason = `${record.statusReason ?? ''} ${record.rollback?.reason ?? ''}`;
  return (
    /^(STOP|ROLLBACK)/.test(record.status) && /user request|\bby (a |the )?user\b|stopservicedeployment/i.test(reason)
  );
}

/** An event after our beginning says that ECS goes back. */
/** Events outlive the deployment that they speak of. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
function hasEvent(service: Service | undefined, id: string, end: 'failed' | 'completed'): boolean {
  return (service?.events ?? []).some(({ message }) => message?.includes(`(deployment ${id}) deployment ${end}`));
}

function saysBack(service: Service | undefined, since: number): boolean {
  return (service?.events ?? []).some(
    ({ createdAt, message }) => (createdAt ?? 0) * 1000 >= since && /rolling back to/i.test(message),
  );
}

function unreadParts(state: RolloutState, { reads }: Observation, now: number): RolloutState['unread'] {
  if (state.unread.size === 0 && reads.every(({ is }) => is !== 'unread')) return state.unread;
  const unread = new Map(state.unread);
  for (const { operation, is, why } of reads) {
    if (is === 'unread') unread.set(operation, { since: unread.get(operation)?.since ?? now, why });
    else unread.delete(operation);
  }
  return unread;
}

/** The newest event that is younger than our deployment; those before it are of another time. */
function unplaced(state: RolloutState, service: Service | undefined): string | undefined {
  const own = (service?.events ?? []).filter((event) => (event.createdAt ?? 0) * 1000 >= state.ours.createdAt);
  const latest = own[0];
  if (!latest) return undefined;
  return /unable to (place a task|consistently start|run a task)/i.test(latest.message) ? latest.message : undefined;
}
