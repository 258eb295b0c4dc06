import type { RolloutProgress } from '../../../base/tell/rollout.js';
import type { Cause } from '../../task/cause.js';
import { ruleFor } from '../../task/stop-rules.js';
import { isTurning } from './ending.js';
import { hasBreaker } from './judge.js';
import type { DeployResult } from '../verdict/result.js';
import type { RolloutState } from './state.js';
import type { StepEvent } from './step-event.js';

interface Notice {
  readonly key: string;
  readonly event: StepEvent;
}

/** A read that does not come through for so long is told. */
const UNREAD_MS = 10_000;

/** Counts and stage, as far as they can be seen; undefined while nothing can. */
export function progressOf({ record, service, ours }: RolloutState): RolloutProgress | undefined {
  const target = record?.targetServiceRevision;
  const own = service?.deployments.find(({ id }) => id === ours.id);
  if (!target && !own) return undefined;
  const breaker = record?.deploymentCircuitBreaker;
  const status = record?.status;
  const traffic = target?.requestedProductionTrafficWeight ?? undefined;
  return {
    stage: status === 'IN_PROGRESS' ? (record?.lifecycleStage ?? undefined) : status,
    running: target?.runningTaskCount ?? own?.runningCount ?? 0,
    desired: target?.requestedTaskCount ?? own?.desiredCount ?? 0,
    starting: target?.pendingTaskCount ?? own?.pendingCount ?? 0,
    ...(breaker && breaker.failureCount > 0 && { failures: { count: breaker.failureCount, of: breaker.threshold } }),
    ...(traffic !== undefined && traffic < 100 && isShifted(record?.lifecycleStage) && { traffic }),
  };
}

function isShifted(stage: string | null | undefined): boolean {
  return stage != null && /TRAFFIC_SHIFT|BAKE_TIME/.test(stage);
}

/** What this role may not see, or this ECS does not tell, and what is lost by it. */
export function unseenOf(state: RolloutState): DeployResult['unseen'] {
  return [...state.closed].map(([operation, why]) => ({
    what: why === 'absent' ? `this ECS does not know ${operation}` : `ecs:${operation} is denied`,
    lost: lostBy(operation),
    allow: why === 'denied' ? `ecs:${operation}` : undefined,
  }));
}

function lostBy(operation: string): string {
  switch (operation) {
    case 'DescribeServiceDeployments':
    case 'ListServiceDeployments':
      return 'the deployment is judged by the service alone: what replaced it and what rolled it back are hard to tell apart';
    case 'DescribeServiceRevisions':
      return 'what it runs is proven by its tasks or by its task definition';
    case 'ListTasks':
    case 'DescribeTasks':
      return 'why tasks die cannot be told';
    case 'DescribeServices':
      return 'events and counts cannot be told';
    case 'StopServiceDeployment':
      return 'ECS cannot be asked to go back';
    default:
      return 'less can be told';
  }
}

/** What changed beside tasks: who turns it back, what waits, what is told of places. */
export function notices(before: RolloutState, state: RolloutState, now: number): readonly Notice[] {
  const found: Notice[] = [];
  const { record } = state;
  const turns = isTurning(record?.status) && !isTurning(before.record?.status);
  if (turns && state.turning !== 'asked') {
    const by = state.stoppedByOthers ? ('somebody' as const) : ('far side' as const);
    const reason = record?.statusReason ?? record?.rollback?.reason ?? '';
    found.push({ key: 'turning', event: { kind: 'turning', by, reason } });
  }
  for (const [operation, { since, why }] of state.unread) {
    if (now - since < UNREAD_MS) continue;
    const event = { kind: 'waiting' as const, what: operation, why, ms: now - since };
    found.push({ key: `waiting ${operation} ${since}`, event });
  }
  const capacity = capacityCause(state.unplaced);
  if (capacity) found.push({ key: 'unplaced', event: { kind: 'passing', cause: capacity, tasks: 0 } });
  if (state.turning === 'refused' && before.turning !== 'refused') {
    const then = hasBreaker(state) ? 'its own breaker goes on' : 'it has no breaker of its own';
    found.push({ key: 'refused', event: { kind: 'notice', text: `ECS refuses to go back now; ${then}.` } });
  }
  const searching = state.goal.of === 'deployment' && state.arn === undefined && state.blind === undefined;
  if (searching && now - state.since >= UNREAD_MS)
    found.push({
      key: 'searching',
      event: { kind: 'notice', text: `ECS shows no record of deployment ${state.ours.id} yet: waiting for it.` },
    });
  return found;
}

/** ECS finds no place for a task, or tells why none starts: it tries on, and so nothing is lost yet. */
export function capacityCause(words: string | undefined): Cause | undefined {
  if (words === undefined) return undefined;
  const rule = ruleFor(/Reason: (.+)$/s.exec(words)?.[1] ?? '');
  if (rule) return { class: rule.class, certainty: 'passing', text: words, hint: rule.hint };
  const hint = 'Add capacity, or let the tasks ask for less; on Fargate try more subnets.';
  return { class: 'capacity', certainty: 'passing', text: words, hint };
}

/** Alarms and hooks end a deployment without a task that dies. */
export function monitorCause({ record }: RolloutState): Cause | undefined {
  const alarms = record?.alarms?.triggeredAlarmNames ?? [];
  if (alarms.length > 0) {
    return {
      class: 'alarm',
      certainty: 'likely',
      text: `alarm ${alarms.join(', ')} went off`,
      hint: `Look at what ${alarms.join(', ')} measures: its threshold was crossed while the new tasks ran.`,
    };
  }
  const hook = record?.lifecycleHookDetails?.find(({ status }) => status === 'FAILED' || status === 'TIMED_OUT');
  if (!hook) return undefined;
  const name = hook.targetArn ?? hook.hookId ?? '';
  return {
    class: 'hook',
    certainty: 'likely',
    text: `lifecycle hook ${name} ${hook.status === 'FAILED' ? 'failed' : 'ran out of time'}`,
    hint: hook.targetArn
      ? `Look at the log of ${name.slice(name.lastIndexOf(':') + 1)}.`
      : 'Answer the hook in time, or give it longer.',
  };
}
