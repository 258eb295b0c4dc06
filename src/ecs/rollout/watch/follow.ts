import { isTransient } from '../../../aws/failure.js';
import type { Clock } from '../../../base/clock.js';
import type { RolloutChange } from '../../../base/tell/rollout.js';
import type { Cause, KnownCause } from '../../task/cause.js';
import { causeKey } from '../../task/cause.js';
import type { Rollout } from '../rollout.js';
import type { End, Observation, RolloutState } from './state.js';
import type { CauseEvent } from './step-event.js';
import { endByDeadline } from './ending.js';
import { step } from './step.js';
import { causesOf } from './tally.js';
import { capacityCause, monitorCause } from './telling.js';
import { explainByEvents } from './events.js';

export interface Followed {
  readonly end: End;
  readonly state: RolloutState;
  /** Log lines that were read, by the key of their cause. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
}

export interface FollowOptions {
  /** By our clock. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly logsOf: (cause: Cause) => Promise<readonly string[]>;
  readonly onChange: (change: RolloutChange) => void;
}

/** Looks, steps and acts until the rollout has ended or the time is over. */
export async function followRollout(rollout: Rollout, begun: RolloutState, options: FollowOptions): Promise<Followed> {
  const { clock, signal, deadline } = options;
  const logs = new Map<string, readonly string[]>();
  let state = begun;
  let turned: Observation['turned'];
  for (;;) {
    const seen = await rollout.look(state);
    const stepped = step(state, { ...seen, turned }, clock.now());
    turned = undefined;
    state = stepped.state;
    for (const event of stepped.events) options.onChange(isCause(event) ? await withLogs(event) : event);
    const { act } = stepped;
    if (act.do === 'end') return { end: act.end, state, logs };
    const left = deadline - clock.now();
    if (left <= 0) return { end: endByDeadline(state), state, logs };
    if (act.do === 'wait') await clock.sleep(Math.min(act.ms, left), signal);
    else turned = await turnBack();
  }

  async function turnBack(): Promise<Observation['turned']> {
    try {
      const answer = await rollout.turnBack(state.arn ?? '');
      const reason = 'the failure is certain';
      if (answer === 'asked') options.onChange({ kind: 'turning', by: 'us', reason });
      return answer;
    } catch (error) {
      if (!isTransient(error)) throw error;
      await clock.sleep(1000, signal);
      return undefined;
    }
  }

  async function withLogs({ kind, cause, tasks }: CauseEvent): Promise<RolloutChange> {
    const lines = kind === 'cause' && cause.taskArn !== undefined ? await options.logsOf(cause) : [];
    logs.set(causeKey(cause), lines);
    const explained = explainByEvents(cause, state.service);
    return {
      kind,
      cause: {
        class: cause.class,
        text: explained.detail === undefined ? cause.text : `${cause.text}; ${explained.detail}`,
        hint: cause.hint,
        tasks,
        of: state.record?.targetServiceRevision?.requestedTaskCount ?? state.service?.desiredCount,
        container: cause.container,
        exitCode: cause.exitCode,
        task: cause.taskArn,
        zone: cause.availabilityZone,
        logs: lines,
      },
    };
  }
}

function isCause(event: { readonly kind: string }): event is CauseEvent {
  return event.kind === 'cause' || event.kind === 'passing';
}

/** The cause that weighs most, with what is known beside it. What may pass is none of a deployment that went well. */
export function knownCause({ end, state, logs }: Followed): KnownCause | undefined {
  const monitor = monitorCause(state);
  const [first] = causesOf(state.deaths);
  const strong = first && first.cause.certainty !== 'passing' ? first : undefined;
  const passing = end.is === 'succeeded' || end.is === 'scaled' ? undefined : first;
  const unplaced = passing === undefined && end.is !== 'succeeded' ? capacityCause(state.wasUnplaced) : undefined;
  const chosen = monitor && (isMonitorsEnd(state) || !strong) ? { cause: monitor, tasks: 0 } : (strong ?? passing);
  if (!chosen) return unplaced && { ...unplaced, tasks: 0, logs: [] };
  return {
    ...explainByEvents(chosen.cause, state.service),
    tasks: chosen.tasks,
    logs: logs.get(causeKey(chosen.cause)) ?? [],
  };
}

/** ECS says itself that it was the alarm or the hook. */
function isMonitorsEnd({ record }: RolloutState): boolean {
  return /alarm|hook/i.test(`${record?.statusReason ?? ''} ${record?.rollback?.reason ?? ''}`);
}
