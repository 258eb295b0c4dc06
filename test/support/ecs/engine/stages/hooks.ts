import { fail } from '../deployment/endings.js';
import { record, records, texts } from '../fields.js';
import { hookText, statusText } from '../wording.js';
import type { Hook, Json, Service, ServiceDeployment, Stages, World } from '../state.js';

/** Starts the hooks of the stage that was just entered. */
export function enterHooks(world: World, service: Service, deployment: ServiceDeployment, stages: Stages): void {
  const stage = stages.plan[stages.at]?.hooks;
  const configured = records(deployment.configuration.lifecycleHooks);
  const due = configured.filter((one) => stage !== undefined && texts(one, 'lifecycleStages').includes(stage));
  stages.hooks = due.map((one) => start(world, service, deployment, one, stage!));
  stages.hooksDone = stages.hooks.length === 0;
}

function start(world: World, service: Service, deployment: ServiceDeployment, configured: Json, stage: string): Hook {
  const { timeoutInMinutes = 1440, action = 'ROLLBACK' } = record(configured.timeoutConfiguration);
  const isPause = configured.targetType === 'PAUSE';
  const hook: Hook = {
    id: world.names.uuid(),
    stage,
    targetType: isPause ? 'PAUSE' : 'AWS_LAMBDA',
    ...(!isPause && { targetArn: String(configured.hookTargetArn) }),
    expiresAt: world.now + Number(timeoutInMinutes) * 60_000,
    timeoutAction: action === 'CONTINUE' ? 'CONTINUE' : 'ROLLBACK',
    status: isPause ? 'AWAITING_ACTION' : 'IN_PROGRESS',
  };
  world.queue.put(hook.expiresAt, () => expire(world, service, deployment, hook));
  if (!isPause) invoke(world, service, deployment, hook);
  return hook;
}

function invoke(world: World, service: Service, deployment: ServiceDeployment, hook: Hook): void {
  const runs = world.rollout.hooks?.[hook.stage] ?? [];
  const earlier = deployment.stages!.plan.slice(0, deployment.stages!.at).filter((one) => one.hooks === hook.stage);
  const run = runs[Math.min(earlier.length, runs.length - 1)] ?? { takes: 5, result: 'succeeds' };
  if (run.result === 'never') return;
  world.queue.put(world.now + run.takes * 1000, () => {
    if (!isOpen(deployment, hook)) return;
    if (run.result === 'succeeds') settle(world, service, deployment, hook, 'SUCCEEDED');
    else
      failHook(
        world,
        service,
        deployment,
        hook,
        hookText[run.result as keyof Omit<typeof hookText, 'rolledBack'>](hook.targetArn ?? ''),
      );
  });
}

function isOpen(deployment: ServiceDeployment, hook: Hook): boolean {
  const isOn = hook.status === 'IN_PROGRESS' || hook.status === 'AWAITING_ACTION';
  return isOn && deployment.status === 'IN_PROGRESS';
}

function settle(
  world: World,
  service: Service,
  deployment: ServiceDeployment,
  hook: Hook,
  status: Hook['status'],
): void {
  hook.status = status;
  deployment.updatedAt = world.now;
  const stages = deployment.stages!;
  stages.hooksDone = stages.hooks.every((one) => one.status !== 'IN_PROGRESS' && one.status !== 'AWAITING_ACTION');
  world.react.wake(service);
}

function failHook(
  world: World,
  service: Service,
  deployment: ServiceDeployment,
  hook: Hook,
  detail: string | undefined,
): void {
  const isLate = detail === undefined;
  hook.status = isLate ? 'TIMED_OUT' : 'FAILED';
  const reason = isLate ? statusText.hookTimedOut(hook.stage) : statusText.hookFailed(hook.stage, detail);
  const by = isLate ? 'hook-timeout' : 'hook';
  world.causes.push({ at: world.now, class: by, deployment: deployment.target, reason, held: true });
  fail(world, service, deployment, { by, rollback: true, reason, told: reason.replace(/\.$/, '') });
  world.react.wake(service);
}

function expire(world: World, service: Service, deployment: ServiceDeployment, hook: Hook): void {
  if (!isOpen(deployment, hook)) return;
  if (hook.timeoutAction === 'CONTINUE') settle(world, service, deployment, hook, 'TIMED_OUT');
  else failHook(world, service, deployment, hook, undefined);
}

/** What ContinueServiceDeployment does; undefined when no such pause waits. */
export function resume(
  world: World,
  service: Service,
  deployment: ServiceDeployment,
  hookId: string | undefined,
  action: 'CONTINUE' | 'ROLLBACK',
): Hook | undefined {
  const waiting = deployment.stages?.hooks.find(
    (one) => one.status === 'AWAITING_ACTION' && (hookId === undefined || one.id === hookId),
  );
  if (!waiting || deployment.status !== 'IN_PROGRESS') return undefined;
  if (action === 'CONTINUE') settle(world, service, deployment, waiting, 'SUCCEEDED');
  else failHook(world, service, deployment, waiting, hookText.rolledBack);
  return waiting;
}
