import type { EcsState, Rollout, SandboxService } from './state.js';
import { clean, seconds } from './state.js';
import { desiredStatus } from './tasks.js';

/** What DescribeServices answers. */
export function renderService(state: EcsState, service: SandboxService): Record<string, unknown> {
  const [newest] = service.rollouts;
  const active = service.rollouts.find((rollout) => rollout.status === 'SUCCESSFUL');
  const failing = newest && newest.status.startsWith('ROLLBACK_') ? newest : undefined;
  const deployments = [
    ...(newest && !failing ? [renderDeployment(service, newest, 'PRIMARY')] : []),
    // After a rollback PRIMARY is the deployment that went back, not ours: who follows PRIMARY is told a lie.
    ...(failing?.source ? [rollbackDeployment(service, failing)] : []),
    ...(failing && failing.finishedAt === undefined ? [renderDeployment(service, failing, 'ACTIVE')] : []),
    ...(active && newest && active !== newest && newest.finishedAt === undefined && !failing
      ? [renderDeployment(service, active, 'ACTIVE')]
      : []),
  ];
  const running = [...state.tasks.values()].filter(
    (task) =>
      task.service === service.name &&
      task.cluster === service.cluster &&
      task.lastStatus === 'RUNNING' &&
      desiredStatus(task) === 'RUNNING',
  ).length;
  const pending = newest?.finishedAt === undefined ? (newest?.pending ?? 0) : 0;
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: state.clusters.get(service.cluster)?.arn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: running,
    pendingCount: pending,
    taskDefinition: service.taskDefinition,
    ...asked(service.input),
    deployments,
    events: service.events.map((event) => ({ ...event, createdAt: seconds(event.createdAt) })),
    createdAt: seconds(service.createdAt),
    ...(newest && { currentServiceDeployment: newest.arn }),
    currentServiceRevisions: revisionsOf(service, newest, active),
  };
}

const ASKED: Readonly<Record<string, unknown>> = {
  launchType: 'FARGATE',
  schedulingStrategy: 'REPLICA',
  deploymentController: { type: 'ECS' },
  loadBalancers: [],
  serviceRegistries: [],
  placementConstraints: [],
  placementStrategy: [],
  networkConfiguration: undefined,
  healthCheckGracePeriodSeconds: undefined,
  availabilityZoneRebalancing: undefined,
  enableECSManagedTags: false,
  propagateTags: 'NONE',
  enableExecuteCommand: false,
};

/** As CreateService and UpdateService said, and ECS's defaults where they did not. */
function asked(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return clean({
    ...Object.fromEntries(Object.entries(ASKED).map(([name, usual]) => [name, input[name] ?? usual])),
    deploymentConfiguration: deploymentConfiguration(input),
  });
}

function deploymentConfiguration(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    strategy: 'ROLLING',
    maximumPercent: 200,
    minimumHealthyPercent: 100,
    deploymentCircuitBreaker: { enable: false, rollback: false },
    ...(input.deploymentConfiguration as Record<string, unknown> | undefined),
  };
}

/** What runs now: the target of the deployment in flight and what was there before. */
function revisionsOf(service: SandboxService, newest: Rollout | undefined, active: Rollout | undefined): unknown[] {
  return [...new Set([newest, active])].flatMap((rollout) =>
    !rollout || rollout.status.startsWith('ROLLBACK_')
      ? []
      : [
          {
            arn: rollout.revision.arn,
            requestedTaskCount: service.desiredCount,
            runningTaskCount: rollout.running,
            pendingTaskCount: rollout.pending,
          },
        ],
  );
}

function renderDeployment(service: SandboxService, rollout: Rollout, status: string): Record<string, unknown> {
  const failed = rollout.status.startsWith('ROLLBACK') || (rollout.status === 'STOPPED' && rollout.failures > 0);
  return {
    id: rollout.id,
    status,
    taskDefinition: rollout.revision.taskDefinition,
    desiredCount: service.desiredCount,
    pendingCount: rollout.pending,
    runningCount: rollout.running,
    failedTasks: rollout.failures,
    launchType: 'FARGATE',
    rolloutState: failed ? 'FAILED' : rollout.status === 'SUCCESSFUL' ? 'COMPLETED' : 'IN_PROGRESS',
    rolloutStateReason: failed
      ? (rollout.reason ?? 'ECS deployment failed.')
      : `ECS deployment ${rollout.id} ${rollout.status === 'SUCCESSFUL' ? 'completed' : 'in progress'}.`,
    createdAt: seconds(rollout.createdAt),
    updatedAt: seconds(rollout.finishedAt ?? rollout.createdAt),
  };
}

function rollbackDeployment(service: SandboxService, rollout: Rollout): Record<string, unknown> {
  const done = rollout.status === 'ROLLBACK_SUCCESSFUL';
  const back: Rollout = {
    ...rollout,
    id: `${rollout.id}-rollback`,
    revision: rollout.source ?? rollout.revision,
    status: done ? 'SUCCESSFUL' : 'IN_PROGRESS',
    failures: 0,
    running: service.desiredCount,
    pending: 0,
  };
  return renderDeployment(service, back, 'PRIMARY');
}

/** What DescribeServiceDeployments answers. */
export function renderServiceDeployment(
  state: EcsState,
  service: SandboxService,
  rollout: Rollout,
): Record<string, unknown> {
  const time = (ms: number | undefined) => (ms === undefined ? undefined : seconds(ms));
  return clean({
    serviceDeploymentArn: rollout.arn,
    serviceArn: service.arn,
    clusterArn: state.clusters.get(service.cluster)?.arn,
    status: rollout.status,
    statusReason: rollout.reason,
    lifecycleStage: rollout.finishedAt === undefined ? rollout.stage : undefined,
    createdAt: time(rollout.createdAt),
    startedAt: time(rollout.createdAt),
    updatedAt: time(rollout.finishedAt ?? rollout.createdAt),
    finishedAt: time(rollout.finishedAt),
    targetServiceRevision: {
      arn: rollout.revision.arn,
      requestedTaskCount: service.desiredCount,
      runningTaskCount: rollout.running,
      pendingTaskCount: rollout.pending,
      requestedProductionTrafficWeight: rollout.weight,
    },
    sourceServiceRevisions: rollout.source
      ? [
          {
            arn: rollout.source.arn,
            requestedTaskCount: service.desiredCount,
            runningTaskCount: service.desiredCount,
            pendingTaskCount: 0,
          },
        ]
      : [],
    deploymentConfiguration: deploymentConfiguration(service.input),
    deploymentCircuitBreaker: {
      status: rollout.failures >= 3 ? 'TRIGGERED' : 'MONITORING',
      failureCount: rollout.failures,
      threshold: 3,
    },
    alarms:
      rollout.alarms.length > 0
        ? { status: 'TRIGGERED', alarmNames: rollout.alarms, triggeredAlarmNames: rollout.alarms }
        : undefined,
    rollback:
      rollout.status.startsWith('ROLLBACK') && rollout.source
        ? {
            reason: rollout.reason ?? 'The deployment was rolled back.',
            startedAt: time(rollout.createdAt),
            serviceRevisionArn: rollout.source.arn,
          }
        : undefined,
    lifecycleHookDetails:
      rollout.hooks.length > 0
        ? rollout.hooks.map((hook) => ({
            hookId: hook.hookId,
            status: hook.status,
            targetType: hook.targetArn ? 'AWS_LAMBDA' : 'PAUSE',
            targetArn: hook.targetArn,
          }))
        : undefined,
  });
}
