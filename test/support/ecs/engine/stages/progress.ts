import { complete, fail } from '../deployment/endings.js';
import { enterHooks } from './hooks.js';
import { healthyIn } from '../deployment/service-facts.js';
import { stands } from '../deployment/rolling.js';
import { statusText } from '../wording.js';
import type { Service, ServiceDeployment, Stages, World } from '../state.js';

/** No stage may take longer than a day. */
const LONGEST_STAGE = 24 * 60 * 60_000;

/** Takes a staged deployment, or its way back, as far as it gets at this moment. */
export function progressStaged(world: World, service: Service, deployment: ServiceDeployment): void {
  const { stages } = deployment;
  if (!stages) return;
  if (deployment.status === 'ROLLBACK_IN_PROGRESS') return goBack(world, service, deployment, stages);
  while (deployment.status === 'IN_PROGRESS') {
    if (stages.at >= 0 && !isDone(world, service, deployment, stages)) return;
    if (stages.at === stages.plan.length - 1) return complete(world, service, deployment);
    enter(world, service, deployment, stages);
  }
}

function enter(world: World, service: Service, deployment: ServiceDeployment, stages: Stages): void {
  stages.at += 1;
  stages.enteredAt = world.now;
  deployment.updatedAt = world.now;
  enterHooks(world, service, deployment, stages);
  const step = stages.plan[stages.at]!;
  const { weights } = stages;
  if (step.work === 'test shift') weights.test = 100;
  if (step.work === 'shift') weights.production = step.weight ?? 100;
  if (step.work === 'shift' && weights.production === 100) weights.test = 0;
  const wait = step.work === 'bake' ? (step.minutes ?? 0) * 60 : world.pace.shift;
  world.queue.put(world.now + wait * 1000, () => world.react.wake(service));
  const entered = stages.at;
  world.queue.put(world.now + LONGEST_STAGE, () => {
    if (stages.at !== entered || deployment.status !== 'IN_PROGRESS') return;
    const reason = statusText.hookTimedOut(step.shown);
    fail(world, service, deployment, { by: 'hook-timeout', rollback: true, reason });
    world.react.wake(service);
  });
}

function isDone(world: World, service: Service, deployment: ServiceDeployment, stages: Stages): boolean {
  if (!stages.hooksDone) return false;
  const step = stages.plan[stages.at]!;
  const since = (world.now - stages.enteredAt) / 1000;
  switch (step.work) {
    case 'none':
      return true;
    case 'scale up':
      return healthyIn(deployment.target) >= service.desired;
    case 'test shift':
      return isRouted(world, service, deployment) && since >= world.pace.shift;
    case 'shift':
      return since >= world.pace.shift;
    case 'bake':
      return since >= (step.minutes ?? 0) * 60;
    case 'clean up':
      return stands(service, deployment) && isCleared(service, deployment);
  }
}

/** Cleaning up is over when the last of the former tasks has stopped. */
function isCleared(service: Service, { target }: ServiceDeployment): boolean {
  return service.deployments.every((one) => one === target || one.tasks.size === 0);
}

/** Whether the rules of the load balancer allow what the strategy wants of them. */
function isRouted(world: World, service: Service, deployment: ServiceDeployment): boolean {
  const { networking } = world.rollout;
  if (networking === undefined) return true;
  const reason = statusText.networking(networking);
  world.causes.push({ at: world.now, class: 'networking', deployment: deployment.target, reason, held: true });
  fail(world, service, deployment, { by: 'networking', rollback: true, reason, told: reason.replace(/\.$/, '') });
  return false;
}

function goBack(world: World, service: Service, deployment: ServiceDeployment, stages: Stages): void {
  const { rollback } = deployment;
  if (!rollback?.to || !stands(service, deployment)) return;
  const due = rollback.startedAt + world.pace.shift * 1000;
  if (world.now >= due) return complete(world, service, deployment);
  stages.hooks = stages.hooks.filter((one) => one.status === 'FAILED' || one.status === 'TIMED_OUT');
  world.queue.put(due, () => world.react.wake(service));
}

/** The tasks that a staged deployment leaves alone until it cleans up. */
export function keepsFormer(deployment: ServiceDeployment | undefined): boolean {
  const stages = deployment?.stages;
  if (!stages || deployment.rollback) return false;
  return stages.plan[stages.at]?.work !== 'clean up' && deployment.status !== 'STOPPED';
}

export function mayScaleUp(deployment: ServiceDeployment | undefined): boolean {
  const stages = deployment?.stages;
  if (!stages || deployment.rollback) return true;
  return stages.at >= stages.plan.findIndex((one) => one.work === 'scale up');
}
