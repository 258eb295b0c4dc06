import { causeKey } from '../../task/cause.js';
import { endOf, endWithoutWayBack, wayBack } from './ending.js';
import { judge } from './judge.js';
import { learn } from './learn.js';
import type { End, Observation, RolloutState, Wanted } from './state.js';
import type { StepEvent } from './step-event.js';
import { causesOf } from './tally.js';
import { monitorCause, notices, progressOf, unseenOf } from './telling.js';

export interface Step {
  readonly state: RolloutState;
  readonly events: readonly StepEvent[];
  readonly act: Act;
}

export type Act =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'turn back' }
  | { readonly do: 'end'; readonly end: End };

/** Causes and ends are told within three seconds of their showing. */
const TICK_MS = 2500;
/** A rollout that bakes for hours need not be looked at so often. */
const OLD_MS = 30 * 60_000;
const OLD_TICK_MS = 5000;

/** Pure: what is known after one more look, what there is to tell, and what to do now. `now` is by our clock. */
export function step(before: RolloutState, observation: Observation, now: number): Step {
  const learned = learn(before, observation, now);
  const { state: told, events } = tell(before, learned, now);
  const end = endOf(told, now);
  if (end) return { state: told, events, act: { do: 'end', end } };
  const judgement =
    told.goal.failFast && told.turning !== 'asked' && isOpen(told) ? judge(told) : { is: 'open' as const };
  if (judgement.is === 'lost') {
    const stuck = endWithoutWayBack(told, judgement.certain);
    if (stuck) return { state: told, events, act: { do: 'end', end: stuck } };
    if (wayBack(told) === 'open' && told.arn !== undefined) return { state: told, events, act: { do: 'turn back' } };
  }
  const look = judgement.is === 'look';
  const state = { ...told, steps: told.steps + 1, wanted: wantedNext(told, look) };
  const tick = now - told.since > OLD_MS ? OLD_TICK_MS : TICK_MS;
  return { state, events, act: { do: 'wait', ms: look ? 0 : tick } };
}

/** Only what still goes forward can be turned back. */
function isOpen({ record, goal }: RolloutState): boolean {
  if (goal.of === 'count') return false;
  return record === undefined || record.status === 'IN_PROGRESS' || record.status === 'PENDING';
}

function wantedNext(state: RolloutState, look: boolean): Wanted {
  const identified = state.arn !== undefined;
  const alone = state.blind !== undefined || state.goal.of === 'count';
  const tripped =
    state.record?.deploymentCircuitBreaker?.status === 'TRIGGERED' || state.record?.alarms?.status === 'TRIGGERED';
  return {
    record: !alone,
    // Events, deletion and FAILED stand there, now and then; while the record is missing it is all there is.
    service: alone || !identified || tripped || state.goneLooks > 0 || state.steps % 4 === 0,
    stopped: true,
    running: look,
  };
}

function tell(
  before: RolloutState,
  state: RolloutState,
  now: number,
): { readonly state: RolloutState; readonly events: readonly StepEvent[] } {
  const events: StepEvent[] = [];
  let { told } = before;
  const once = (key: string, event: StepEvent) => {
    if (told.has(key)) return;
    told = new Set(told).add(key);
    events.push(event);
  };
  if (state.closed !== before.closed)
    for (const part of unseenOf(state)) once(`unseen ${part.what}`, { kind: 'unseen', ...part });
  for (const { key, event } of notices(before, state, now)) once(key, event);
  for (const { cause, tasks } of state.deaths === before.deaths ? [] : causesOf(state.deaths)) {
    const kind = cause.certainty === 'passing' ? 'passing' : 'cause';
    once(`cause ${causeKey(cause)}`, { kind, cause, tasks });
  }
  const monitor = monitorCause(state);
  if (monitor) once(`cause ${causeKey(monitor)}`, { kind: 'cause', cause: monitor, tasks: 0 });
  const progress = progressOf(state);
  const line = progress && JSON.stringify(progress);
  const isNew = line !== undefined && line !== before.line;
  if (progress && isNew) events.push({ kind: 'progress', progress });
  return { state: { ...state, told, line: line ?? before.line }, events };
}
