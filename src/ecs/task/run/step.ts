import type { RolloutProgress } from '../../../base/tell/rollout.js';
import type { Task } from '../../shapes.js';
import { endedFirst, isOver } from './decide.js';
import type { RunAct, RunEvent, RunObservation, RunState } from './state.js';

export interface RunStep {
  readonly state: RunState;
  readonly events: readonly RunEvent[];
  readonly act: RunAct;
}

const TICK_MS = 2000;
/** A task that runs for hours need not be looked at so often. */
const OLD_MS = 30 * 60_000;
const OLD_TICK_MS = 5000;
/** How long a task may be in coming; ECS needs seconds. */
const LATE_MS = 60_000;
/** Looks in a row that must not know a task: one may be stale. */
const MISSES = 3;
/** How long a task that is STOPPED may be in telling its exit codes. */
const SILENT_MS = 10_000;
/** What does not come through for so long is told. */
const TOLD_MS = 10_000;

/** Pure: what is known after one more look, what there is to tell, and what to do now. `now` is by our clock. */
export function runStep(before: RunState, { tasks: seen }: RunObservation, now: number): RunStep {
  if (seen.is === 'denied' || seen.is === 'absent') {
    return { state: before, events: [], act: { do: 'end', why: seen.is, detail: seen.why } };
  }
  const learned = seen.is === 'seen' ? learn(before, seen.value, now) : before;
  const why = seen.is === 'unread' ? seen.why : undefined;
  const unread = why === undefined ? undefined : { since: before.unread?.since ?? now, why };
  const { state, events } = tell({ ...learned, unread }, now);
  if (pending(state, now).length === 0) return { state, events, act: { do: 'end', why: 'over' } };
  if (isGone(state, now)) return { state, events, act: { do: 'end', why: 'gone' } };
  return { state, events, act: { do: 'wait', ms: now - state.since > OLD_MS ? OLD_TICK_MS : TICK_MS } };
}

/** Tasks that are not known to be over. */
export function pending(state: RunState, now: number): readonly string[] {
  return state.goal.arns.filter((arn) => {
    const task = state.tasks.get(arn);
    if (!task || !isOver(task)) return true;
    const silent = state.silentSince.get(arn);
    return silent !== undefined && now - silent < SILENT_MS;
  });
}

/** Nothing that was known is lost by a look that is older, or that does not know a task. */
function learn(state: RunState, looked: readonly Task[], now: number): RunState {
  const tasks = new Map(state.tasks);
  const first = new Map(state.first);
  const misses = new Map<string, number>();
  const silentSince = new Map<string, number>();
  for (const arn of state.goal.arns) {
    const known = tasks.get(arn);
    const found = looked.find(({ taskArn }) => taskArn === arn);
    if (!found && !(known && isOver(known))) misses.set(arn, (state.misses.get(arn) ?? 0) + 1);
    const task = found && isNewer(found, known) ? found : known;
    if (!task) continue;
    tasks.set(arn, task);
    const { definition, deciding } = state.goal;
    const ended = endedFirst(task, definition, deciding);
    if (ended !== undefined && !first.has(arn)) first.set(arn, ended);
    if (isSilent(task)) silentSince.set(arn, state.silentSince.get(arn) ?? now);
  }
  const seen = looked.length === 0 ? state.seen : new Set([...state.seen, ...looked.map(({ taskArn }) => taskArn)]);
  return { ...state, tasks, first, misses, seen, silentSince };
}

/** ECS does not go back from a later status: a look that says so is an older one. */
const ORDER = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
  'DELETED',
];

function isNewer(found: Task, known: Task | undefined): boolean {
  if (!known) return true;
  if (found.version != null && known.version != null) return found.version >= known.version;
  return ORDER.indexOf(found.lastStatus ?? '') >= ORDER.indexOf(known.lastStatus ?? '');
}

/** It is STOPPED because a container exited, and none of them says with what: the look is one in part. */
function isSilent(task: Task): boolean {
  return (
    task.lastStatus === 'STOPPED' &&
    (task.stopCode == null || task.stopCode === 'EssentialContainerExited') &&
    task.containers.every(({ exitCode, reason }) => exitCode == null && !reason)
  );
}

/** A look right after the beginning may not know the task yet; one that was seen, or should have been, is gone. */
function isGone(state: RunState, now: number): boolean {
  return [...state.misses].some(
    ([arn, count]) => count >= MISSES && (state.seen.has(arn) || now - state.since > LATE_MS),
  );
}

function tell(state: RunState, now: number): { readonly state: RunState; readonly events: readonly RunEvent[] } {
  const events: RunEvent[] = [];
  const told = new Set(state.told);
  const once = (key: string, event: RunEvent) => {
    if (told.has(key)) return;
    told.add(key);
    events.push(event);
  };
  const { unread } = state;
  if (unread && now - unread.since >= TOLD_MS) {
    const event = { kind: 'waiting', what: 'DescribeTasks', why: unread.why, ms: now - unread.since } as const;
    once(`unread ${unread.since}`, event);
  }
  if (!unread && state.misses.size > 0 && now - state.since >= TOLD_MS)
    once('missing', { kind: 'notice', text: 'ECS does not show the task yet: waiting for it.' });
  const progress = progressOf(state);
  const line = JSON.stringify(progress);
  if (line !== state.line) events.push({ kind: 'progress', progress });
  const open = new Set(pending(state, now));
  for (const [arn, task] of state.tasks) if (!open.has(arn)) once(`ended ${arn}`, { kind: 'ended', task });
  return { state: { ...state, told, line }, events };
}

/** The stage is that of the task that is furthest behind. */
function progressOf({ goal, tasks }: RunState): RolloutProgress {
  const all = goal.arns.map((arn) => tasks.get(arn)?.lastStatus ?? 'PROVISIONING');
  const place = (status: string) => ORDER.indexOf(status);
  const [stage] = [...all].sort((a, b) => place(a) - place(b));
  return {
    stage,
    running: all.filter((status) => status === 'RUNNING').length,
    desired: all.length,
    starting: all.filter((status) => place(status) < place('RUNNING')).length,
  };
}
