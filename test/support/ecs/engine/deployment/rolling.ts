import { complete } from './endings.js';
import { record } from '../fields.js';
import { activeOf, healthyIn } from './service-facts.js';
import type { Service, ServiceDeployment, World } from '../state.js';

/** Ends the deployment in flight, or its way back, as soon as everything stands. */
export function progressRolling(world: World, service: Service, deployment: ServiceDeployment): void {
  if (deployment.status !== 'IN_PROGRESS' && deployment.status !== 'ROLLBACK_IN_PROGRESS') return;
  if (!stands(service, deployment)) {
    deployment.bakeSince = undefined;
    return;
  }
  if (deployment.bakeSince === undefined) {
    deployment.bakeSince = world.now;
    world.queue.put(world.now + bakeTime(world, deployment) * 1000, () => world.react.wake(service));
    return;
  }
  if (world.now >= deployment.bakeSince + bakeTime(world, deployment) * 1000) complete(world, service, deployment);
}

/** The wanted tasks count as healthy and no other is meant to run; less with criteria for an early success. */
export function stands(service: Service, deployment: ServiceDeployment): boolean {
  const served = deployment.rollback?.to ?? deployment.target;
  const early = record(deployment.configuration.earlySuccessCriteria);
  const isEarly = early.enable === true && !deployment.rollback;
  const share = isEarly ? Number(early.healthyPercent ?? 100) / 100 : 1;
  if (healthyIn(served) < Math.ceil(service.desired * share)) return false;
  if (!isEarly && activeOf(served).length > service.desired) return false;
  if (isEarly && early.sourceServiceRevisionCleanup === 'DEFERRED') return true;
  return service.deployments.every((one) => one === served || activeOf(one).length === 0);
}

function bakeTime(world: World, deployment: ServiceDeployment): number {
  const { settle, rollback } = world.pace;
  if (deployment.rollback) return rollback;
  const { bakeTimeInMinutes } = deployment.configuration;
  if (bakeTimeInMinutes !== undefined) return Number(bakeTimeInMinutes) * 60 + settle;
  const watchesAlarms = record(deployment.configuration.alarms).enable === true && !deployment.ignoresAlarms;
  return watchesAlarms ? world.pace.alarmBake : settle;
}
