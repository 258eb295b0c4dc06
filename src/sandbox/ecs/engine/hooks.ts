import type { HookDetail, Rollout, SandboxService } from '../state/records.js';
import type { Hook } from './configuration.js';
import { hooksOf } from './configuration.js';
import type { Works } from './works.js';

const LAMBDA_MS = 1000;
const DAY_MINUTES = 1440;

/** Begins the hooks of a step. One that fails or runs out of time says to `fail` because of what. */
export function beginHooks(
  works: Works,
  service: SandboxService,
  rollout: Rollout,
  fail: (because: string) => void,
): void {
  const { timeline, pump } = works;
  const stage = rollout.steps[rollout.step]?.hook ?? '';
  for (const hook of hooksOf(rollout.configuration, stage)) {
    const detail = newDetail(hook, rollout, timeline.now());
    rollout.hooks.push(detail);
    const open = () => detail.status === 'AWAITING_ACTION' || detail.status === 'IN_PROGRESS';
    timeline.at(detail.expiresAt ?? 0, () => {
      if (!open()) return;
      detail.status = 'TIMED_OUT';
      if (detail.timeoutAction === 'CONTINUE') pump(service);
      else fail(`${stage} lifecycle hook(s) timed out.`);
    });
    const ends = rollout.scenario?.hooks?.[stage] ?? 'SUCCEEDED';
    if (detail.targetArn === undefined || ends === 'TIMED_OUT') continue;
    timeline.after(LAMBDA_MS, () => {
      if (!open()) return;
      detail.status = ends;
      const target = `Lifecycle hook target ${detail.targetArn ?? ''}`;
      if (ends === 'SUCCEEDED') pump(service);
      else fail(`${stage} lifecycle hook(s) failed. ${target} returned FAILED status.`);
    });
  }
}

/** None waits, and none has failed. */
export function hooksArePast(rollout: Rollout): boolean {
  return rollout.hooks.every(({ status }) => status === 'SUCCEEDED' || status === 'TIMED_OUT');
}

function newDetail(hook: Hook, rollout: Rollout, now: number): HookDetail {
  const { timeoutInMinutes = DAY_MINUTES, action = 'ROLLBACK' } = hook.timeoutConfiguration ?? {};
  const paused = hook.targetType === 'PAUSE';
  return {
    hookId: `hook-${rollout.hooks.length + 1}`,
    targetArn: paused ? undefined : hook.hookTargetArn,
    status: paused ? 'AWAITING_ACTION' : 'IN_PROGRESS',
    expiresAt: now + timeoutInMinutes * 60_000,
    timeoutAction: action,
  };
}
