import { alarmsOf, configurationOf } from '../engine/configuration.js';
import { tasksOf } from '../state/find.js';
import type { Deployment, Input, SandboxService } from '../state/records.js';
import type { EcsState } from '../state/state.js';
import { clean, listOf, seconds } from '../state/state.js';

/** Tasks as DescribeServices counts them. */
export function countTasks(
  state: EcsState,
  service: SandboxService,
  deployment?: Deployment,
): { readonly running: number; readonly pending: number } {
  const tasks = tasksOf(state, service).filter(
    (task) => task.lastStatus !== 'STOPPED' && (!deployment || task.startedBy === deployment.id),
  );
  return {
    running: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
    pending: tasks.filter((task) => /^(PROVISIONING|PENDING|ACTIVATING)$/.test(task.lastStatus) && !task.stopCode)
      .length,
  };
}

/** What DescribeServices answers. `current` is the deployment that it names. */
export function renderService(
  state: EcsState,
  service: SandboxService,
  options: { readonly current: string | undefined; readonly withTags: boolean },
): Record<string, unknown> {
  const { running, pending } = countTasks(state, service);
  return clean({
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: state.clusters.get(service.cluster)?.arn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: running,
    pendingCount: pending,
    taskDefinition: service.taskDefinition,
    ...renderAsked(service.input),
    deployments: isByEcs(service.input)
      ? service.deployments.map((deployment, at) => renderDeployment(state, service, deployment, at === 0))
      : [],
    events: service.events.map((event) => ({ ...event, createdAt: seconds(event.createdAt) })),
    createdAt: seconds(service.createdAt),
    createdBy: `arn:aws:iam::${service.arn.split(':')[4] ?? ''}:user/sandbox`,
    currentServiceDeployment: options.current,
    currentServiceRevisions: service.deployments.map((deployment) => renderRevision(state, service, deployment)),
    tags: options.withTags ? (state.tags.get(service.arn) ?? []) : undefined,
  });
}

/** CodeDeploy and others have task sets, and no deployments. */
function isByEcs(input: Input): boolean {
  return ((input.deploymentController as Input | undefined)?.type ?? 'ECS') === 'ECS';
}

/** As CreateService and UpdateService said, and ECS's defaults where they did not. */
function renderAsked(input: Input): Record<string, unknown> {
  return {
    ...renderPlace(input),
    schedulingStrategy: input.schedulingStrategy ?? 'REPLICA',
    deploymentController: input.deploymentController ?? { type: 'ECS' },
    deploymentConfiguration: renderConfiguration(configurationOf(input)),
    loadBalancers: listOf(input.loadBalancers),
    serviceRegistries: listOf(input.serviceRegistries),
    placementConstraints: listOf(input.placementConstraints),
    placementStrategy: listOf(input.placementStrategy),
    healthCheckGracePeriodSeconds:
      input.healthCheckGracePeriodSeconds ?? (listOf(input.loadBalancers).length > 0 ? 0 : undefined),
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? 'ENABLED',
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    propagateTags: input.propagateTags ?? 'NONE',
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    roleArn: input.role,
  };
}

/** Where the tasks of a service, or of one of its revisions, run. */
export function renderPlace(input: Input): Record<string, unknown> {
  const strategy = listOf(input.capacityProviderStrategy) as Input[];
  const network = (input.networkConfiguration as { awsvpcConfiguration?: Input } | undefined)?.awsvpcConfiguration;
  const fargate =
    strategy.length === 0 ? input.launchType === 'FARGATE' : /^FARGATE/.test(String(strategy[0]?.capacityProvider));
  return clean({
    launchType: strategy.length > 0 ? undefined : input.launchType,
    capacityProviderStrategy:
      strategy.length > 0 ? strategy.map((item) => ({ weight: 0, base: 0, ...item })) : undefined,
    platformVersion: fargate ? (input.platformVersion ?? 'LATEST') : undefined,
    platformFamily: fargate ? 'Linux' : undefined,
    networkConfiguration: network && {
      awsvpcConfiguration: { securityGroups: [], assignPublicIp: 'DISABLED', ...network },
    },
  });
}

export function renderConfiguration(configuration: Input): Record<string, unknown> {
  const { lifecycleHooks, ...rest } = configuration;
  return clean({
    ...rest,
    alarms: rest.alarms === undefined ? undefined : alarmsOf(configuration),
    lifecycleHooks: lifecycleHooks ?? undefined,
  });
}

/** What a revision has and its service does not show. */
export function renderAttached(input: Input): Record<string, unknown> {
  const { serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations } = input;
  return clean({ serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations });
}

function renderDeployment(
  state: EcsState,
  service: SandboxService,
  deployment: Deployment,
  primary: boolean,
): Record<string, unknown> {
  const { running, pending } = countTasks(state, service, deployment);
  return {
    id: deployment.id,
    status: primary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: deployment.revision.taskDefinition,
    desiredCount: primary ? service.desiredCount : running,
    pendingCount: pending,
    runningCount: running,
    failedTasks: deployment.failedTasks,
    ...renderPlace(deployment.revision.input),
    ...renderAttached(deployment.revision.input),
    rolloutState: deployment.state,
    rolloutStateReason: deployment.stateReason,
    createdAt: seconds(deployment.createdAt),
    updatedAt: seconds(deployment.updatedAt),
  };
}

function renderRevision(state: EcsState, service: SandboxService, deployment: Deployment): Record<string, unknown> {
  const { running, pending } = countTasks(state, service, deployment);
  const requested = service.deployments[0] === deployment ? service.desiredCount : running;
  return {
    arn: deployment.revision.arn,
    requestedTaskCount: requested,
    runningTaskCount: running,
    pendingTaskCount: pending,
  };
}
