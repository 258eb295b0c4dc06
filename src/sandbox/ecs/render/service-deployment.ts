import { alarmsOf, breakerOf, thresholdOf } from '../engine/configuration.js';
import type { Deployment, Rollout, SandboxService } from '../state/records.js';
import type { EcsState } from '../state/state.js';
import { clean, seconds } from '../state/state.js';
import { countTasks, renderAttached, renderConfiguration, renderPlace } from './service.js';

/** What ListServiceDeployments tells of one. */
export function renderBrief(state: EcsState, service: SandboxService, rollout: Rollout): Record<string, unknown> {
  return clean({
    serviceDeploymentArn: rollout.arn,
    serviceArn: service.arn,
    clusterArn: state.clusters.get(service.cluster)?.arn,
    createdAt: seconds(rollout.createdAt),
    startedAt: time(rollout.startedAt),
    finishedAt: time(rollout.finishedAt),
    targetServiceRevisionArn: rollout.deployment.revision.arn,
    status: rollout.status,
    statusReason: rollout.reason,
  });
}

/** What DescribeServiceDeployments answers. */
export function renderServiceDeployment(
  state: EcsState,
  service: SandboxService,
  rollout: Rollout,
): Record<string, unknown> {
  const { targetServiceRevisionArn: _target, ...brief } = renderBrief(state, service, rollout);
  const shared = rollout.weight === undefined ? undefined : 100 - rollout.weight;
  return clean({
    ...brief,
    updatedAt: seconds(rollout.updatedAt),
    stoppedAt: time(rollout.stoppedAt),
    lifecycleStage: showsStage(rollout) ? rollout.stage : undefined,
    targetServiceRevision: renderSummary(state, service, rollout.deployment, {
      requested: service.desiredCount,
      weight: rollout.weight,
    }),
    sourceServiceRevisions: rollout.sources.map((source) =>
      renderSummary(state, service, source, { requested: undefined, weight: shared }),
    ),
    deploymentConfiguration: renderConfiguration(rollout.configuration),
    deploymentCircuitBreaker: renderBreaker(service, rollout),
    alarms: renderAlarms(rollout),
    rollback: rollout.rollback && {
      reason: rollout.rollback.reason,
      startedAt: seconds(rollout.rollback.startedAt),
      serviceRevisionArn: rollout.candidate?.revision.arn ?? '',
    },
    lifecycleHookDetails:
      rollout.hooks.length === 0
        ? undefined
        : rollout.hooks.map((hook) =>
            clean({
              hookId: hook.hookId,
              status: hook.status,
              targetType: hook.targetArn === undefined ? 'PAUSE' : 'AWS_LAMBDA',
              targetArn: hook.targetArn,
              expiresAt: time(hook.expiresAt),
              timeoutAction: hook.timeoutAction,
            }),
          ),
  });
}

/** What DescribeServiceRevisions answers. */
export function renderServiceRevision(
  state: EcsState,
  service: SandboxService,
  { revision }: Deployment,
): Record<string, unknown> {
  const { loadBalancers, serviceRegistries } = revision.input;
  return clean({
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: state.clusters.get(service.cluster)?.arn,
    taskDefinition: revision.taskDefinition,
    ...renderPlace(revision.input),
    ...renderAttached(revision.input),
    loadBalancers,
    serviceRegistries,
    containerImages: revision.images.map((image) => clean({ ...image })),
    guardDutyEnabled: false,
    createdAt: seconds(revision.createdAt),
  });
}

/** A rolling deployment that waits for nobody tells no stage. */
function showsStage({ finishedAt, scripted, configuration }: Rollout): boolean {
  if (finishedAt !== undefined) return false;
  return scripted || configuration.strategy !== 'ROLLING' || configuration.lifecycleHooks !== undefined;
}

function renderSummary(
  state: EcsState,
  service: SandboxService,
  deployment: Deployment,
  about: { readonly requested: number | undefined; readonly weight: number | undefined },
): Record<string, unknown> {
  const { running, pending } = countTasks(state, service, deployment);
  return clean({
    arn: deployment.revision.arn,
    requestedTaskCount: about.requested ?? running + pending,
    runningTaskCount: running,
    pendingTaskCount: pending,
    requestedProductionTrafficWeight: about.weight,
  });
}

function renderBreaker(service: SandboxService, rollout: Rollout): Record<string, unknown> {
  const breaker = breakerOf(rollout.configuration);
  const threshold = thresholdOf(breaker, service.desiredCount);
  const over = rollout.finishedAt !== undefined || rollout.rollback !== undefined;
  const watching = over ? 'MONITORING_COMPLETE' : 'MONITORING';
  const triggered = rollout.tripped === true || rollout.failures >= threshold;
  return {
    status: !breaker.enable ? 'DISABLED' : triggered ? 'TRIGGERED' : watching,
    failureCount: rollout.failures,
    threshold,
  };
}

function renderAlarms(rollout: Rollout): Record<string, unknown> | undefined {
  const { enable, alarmNames } = alarmsOf(rollout.configuration);
  if (!enable && rollout.alarms.length === 0) return undefined;
  const watching = rollout.finishedAt === undefined ? 'MONITORING' : 'MONITORING_COMPLETE';
  return {
    status: rollout.alarms.length > 0 ? 'TRIGGERED' : watching,
    alarmNames: [...new Set([...alarmNames, ...rollout.alarms])],
    triggeredAlarmNames: rollout.alarms,
  };
}

function time(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : seconds(ms);
}
