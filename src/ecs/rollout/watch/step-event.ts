import type { RolloutChange } from '../../../base/tell/rollout.js';
import type { Cause } from '../../task/cause.js';

/** A cause is told when its log lines are at hand, which the loop fetches; everything else as it is. */
export type StepEvent = Exclude<RolloutChange, { kind: 'cause' | 'passing' }> | CauseEvent;

export interface CauseEvent {
  readonly kind: 'cause' | 'passing';
  readonly cause: Cause;
  readonly tasks: number;
}
