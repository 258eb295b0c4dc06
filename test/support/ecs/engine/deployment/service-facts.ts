import { record, records } from '../fields.js';
import type { Deployment, Json, Service, ServiceDeployment, Task, World } from '../state.js';

/** What can be read off a service; nothing here changes anything. */
export function configurationOf(service: Service): Json {
  return record(service.settings.deploymentConfiguration);
}

export function strategyOf(configuration: Json): string {
  return String(configuration.strategy ?? 'ROLLING');
}

export function bounds(service: Service): { readonly least: number; readonly most: number } {
  const configuration = configurationOf(service);
  const percent = (name: string, otherwise: number) => Number(configuration[name] ?? otherwise) / 100;
  return {
    least: Math.ceil(service.desired * percent('minimumHealthyPercent', service.daemon ? 0 : 100)),
    most: Math.floor(service.desired * percent('maximumPercent', service.daemon ? 100 : 200)),
  };
}

/**
 * Failures that trip the circuit breaker. A share of the desired count of this moment, rounded up, and unless it is
 * unbounded no fewer than 3 and no more than 200.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html
 */
export function thresholdOf(configuration: Json, desired: number): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } = record(
    record(configuration.deploymentCircuitBreaker).thresholdConfiguration,
  );
  if (type === 'COUNT') return Number(value);
  const share = Math.ceil((Number(value) / 100) * desired);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share));
}

/** Tasks that nobody has told to stop. */
export function activeOf(deployment: Deployment): Task[] {
  return [...deployment.tasks].filter((task) => task.wanted === 'RUNNING');
}

export function healthyIn(deployment: Deployment): number {
  return activeOf(deployment).filter((task) => task.counted).length;
}

/** A task that has been told to stop is no longer RUNNING but DEACTIVATING or STOPPING. */
export function runningIn(deployment: Deployment): number {
  return activeOf(deployment).filter((task) => task.runningAt !== undefined).length;
}

export function pendingIn(deployment: Deployment): number {
  return activeOf(deployment).filter((task) => task.runningAt === undefined).length;
}

/** The service deployment that ECS works on; one that is replaced is no longer worked on. */
export function inFlight(service: Service): ServiceDeployment | undefined {
  const last = service.history.at(-1);
  return last && ['PENDING', 'IN_PROGRESS', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'].includes(last.status)
    ? last
    : undefined;
}

export function targetGroupOf(service: Service): { readonly arn: string; readonly port: number } | undefined {
  const [first] = records(service.settings.loadBalancers);
  return first && { arn: String(first.targetGroupArn), port: Number(first.containerPort ?? 80) };
}

export function tell(world: World, service: Service, message: string, prefix = `(service ${service.name}) `): void {
  service.events.push({ id: world.names.uuid(), at: world.now, message: prefix + message });
  if (service.events.length > 400) service.events.splice(0, service.events.length - 300);
}
