import { compact, seconds } from '../engine/fields.js';
import { activeOf, pendingIn, runningIn } from '../engine/deployment/service-facts.js';
import { sameAsBefore } from './same-as-before.js';
import type { Deployment, Json, Service, World } from '../engine/state.js';

/** A service as DescribeServices shows it. */
export function showService(world: World, service: Service, withTags: boolean): Json {
  return sameAsBefore(world, service, String(withTags), () => show(world, service, withTags));
}

function show(world: World, service: Service, withTags: boolean): Json {
  const { tags, ...settings } = service.settings;
  const listed = service.status === 'INACTIVE' ? [] : service.deployments.filter((one) => one.listed);
  const current = service.history.at(-1);
  return compact({
    ...settings,
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: world.names.clusterArn(),
    status: service.status,
    desiredCount: service.desired,
    runningCount: listed.reduce((sum, one) => sum + runningIn(one), 0),
    pendingCount: listed.reduce((sum, one) => sum + pendingIn(one), 0),
    taskDefinition: service.primary.revision.definition.arn,
    deployments: [service.primary, ...listed.filter((one) => one !== service.primary).reverse()]
      .filter((one) => one.listed && service.status !== 'INACTIVE')
      .map((one) => showDeployment(service, one)),
    currentServiceDeployment: current?.arn,
    currentServiceRevisions: listed.map((one) => ({
      arn: one.revision.arn,
      requestedTaskCount: wantedOf(service, one),
      runningTaskCount: runningIn(one),
      pendingTaskCount: pendingIn(one),
    })),
    events: service.events
      .slice(-100)
      .reverse()
      .map(({ id, at, message }) => ({ id, createdAt: seconds(at), message })),
    createdAt: seconds(service.createdAt),
    loadBalancers: settings.loadBalancers ?? [],
    serviceRegistries: settings.serviceRegistries ?? [],
    placementConstraints: settings.placementConstraints ?? [],
    placementStrategy: settings.placementStrategy ?? [],
    schedulingStrategy: service.daemon ? 'DAEMON' : 'REPLICA',
    deploymentController: settings.deploymentController ?? { type: 'ECS' },
    createdBy: `arn:aws:iam::${world.names.account}:role/terraform`,
    enableECSManagedTags: settings.enableECSManagedTags ?? false,
    propagateTags: settings.propagateTags ?? 'NONE',
    enableExecuteCommand: settings.enableExecuteCommand ?? false,
    availabilityZoneRebalancing: settings.availabilityZoneRebalancing ?? 'DISABLED',
    tags: withTags ? (tags ?? []) : undefined,
  });
}

function showDeployment(service: Service, deployment: Deployment): Json {
  const { revision } = deployment;
  return compact({
    ...revision.settings,
    loadBalancers: undefined,
    serviceRegistries: undefined,
    id: deployment.id,
    status: statusOf(service, deployment),
    taskDefinition: revision.definition.arn,
    desiredCount: wantedOf(service, deployment),
    pendingCount: pendingIn(deployment),
    runningCount: runningIn(deployment),
    failedTasks: deployment.failedTasks,
    createdAt: seconds(deployment.createdAt),
    updatedAt: seconds(deployment.updatedAt),
    platformFamily: service.settings.platformFamily,
    rolloutState: deployment.state,
    rolloutStateReason: deployment.reason,
  });
}

/** One that has failed and has no tasks left was seen as DRAINING, which the documentation does not list. */
function statusOf(service: Service, deployment: Deployment): string {
  if (deployment === service.primary) return 'PRIMARY';
  return activeOf(deployment).length > 0 ? 'ACTIVE' : 'DRAINING';
}

/** A former deployment wants no more than it still has. */
export function wantedOf(service: Service, deployment: Deployment): number {
  return deployment === service.primary ? service.desired : activeOf(deployment).length;
}
