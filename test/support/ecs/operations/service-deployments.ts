import { EcsFault, invalid } from '../engine/fault.js';
import { compact, needText, record, seconds, secondsOr, text, texts } from '../engine/fields.js';
import { requestRollback } from '../engine/deployment/endings.js';
import { resume } from '../engine/stages/hooks.js';
import { reconcile } from '../engine/deployment/scheduler.js';
import { pendingIn, runningIn, strategyOf, thresholdOf } from '../engine/deployment/service-facts.js';
import { findServiceDeployment, needService } from './lookup.js';
import { pageOf } from './page.js';
import { sameAsBefore } from './same-as-before.js';
import { wantedOf } from './show-service.js';
import type { Deployment, Hook, Json, Service, ServiceDeployment, World } from '../engine/state.js';
import type { Operation } from './operation.js';

export const serviceDeployments: Readonly<Record<string, Operation>> = {
  ListServiceDeployments: {
    changes: false,
    answer(world, input, paging) {
      const service = needService(world, input, 'service');
      const wanted = texts(input, 'status');
      const { before, after } = record(input.createdAt);
      const found = service.history.filter(
        (one) =>
          (wanted.length === 0 || wanted.includes(one.status)) &&
          (typeof before !== 'number' || one.createdAt / 1000 < before) &&
          (typeof after !== 'number' || one.createdAt / 1000 > after),
      );
      const page = pageOf(found.reverse(), (one) => one.arn, input, paging);
      return compact({
        serviceDeployments: page.items.map((one) => brief(world, service, one)),
        nextToken: page.nextToken,
      });
    },
  },
  DescribeServiceDeployments: {
    changes: false,
    answer(world, input) {
      const arns = texts(input, 'serviceDeploymentArns');
      if (arns.length === 0) throw invalid('serviceDeploymentArns cannot be empty.');
      if (arns.length > 20) throw invalid('serviceDeploymentArns cannot have more than 20 elements.');
      const found = arns.map((arn) => ({ arn, ...findServiceDeployment(world, arn) }));
      return {
        serviceDeployments: found.flatMap(({ service, deployment }) =>
          service && deployment ? [sameAsBefore(world, deployment, '', () => show(world, service, deployment))] : [],
        ),
        failures: found.filter(({ deployment }) => !deployment).map(({ arn }) => ({ arn, reason: 'MISSING' })),
      };
    },
  },
  StopServiceDeployment: {
    changes: true,
    answer(world, input) {
      const { service, deployment } = need(world, input);
      const stopType = text(input, 'stopType') ?? 'ROLLBACK';
      if (stopType !== 'ROLLBACK') throw invalid(`stopType ${stopType} is not supported.`);
      if (deployment.status === 'PENDING' || deployment.status === 'IN_PROGRESS')
        requestRollback(world, service, deployment, 'tool');
      else if (!['STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'].includes(deployment.status))
        throw new EcsFault(
          'ConflictException',
          `Service deployment ${deployment.arn} is in status ${deployment.status} and cannot be stopped.`,
        );
      return { serviceDeploymentArn: deployment.arn };
    },
  },
  ContinueServiceDeployment: {
    changes: true,
    answer(world, input) {
      const { service, deployment } = need(world, input);
      const action = text(input, 'action') === 'ROLLBACK' ? 'ROLLBACK' : 'CONTINUE';
      const hook = resume(world, service, deployment, needText(input, 'hookId'), action);
      if (!hook) throw invalid('The specified hook is not awaiting action.');
      reconcile(world, service);
      return { serviceDeploymentArn: deployment.arn };
    },
  },
};

function need(world: World, input: Json): { readonly service: Service; readonly deployment: ServiceDeployment } {
  const found = findServiceDeployment(world, needText(input, 'serviceDeploymentArn'));
  if (!found) throw new EcsFault('ServiceDeploymentNotFoundException', 'Service deployment not found.');
  return found;
}

function brief(world: World, service: Service, one: ServiceDeployment): Json {
  return compact({
    serviceDeploymentArn: one.arn,
    serviceArn: service.arn,
    clusterArn: world.names.clusterArn(),
    createdAt: seconds(one.createdAt),
    startedAt: secondsOr(one.startedAt),
    finishedAt: secondsOr(one.finishedAt),
    targetServiceRevisionArn: one.target.revision.arn,
    status: one.status,
    statusReason: one.statusReason,
  });
}

function show(world: World, service: Service, one: ServiceDeployment): Json {
  const { targetServiceRevisionArn: _, ...common } = brief(world, service, one);
  const alarms = record(one.configuration.alarms);
  const isOngoing = one.finishedAt === undefined;
  const { rollback, stages } = one;
  return compact({
    ...common,
    stoppedAt: secondsOr(one.stoppedAt),
    updatedAt: seconds(one.updatedAt),
    sourceServiceRevisions: one.sources.map((source) => summary(service, one, source, 100)),
    targetServiceRevision: summary(service, one, one.target, 0),
    deploymentConfiguration: one.configuration,
    lifecycleStage:
      stages && stages.at >= 0 && one.status === 'IN_PROGRESS' ? stages.plan[stages.at]!.shown : undefined,
    lifecycleHookDetails: stages && stages.hooks.length > 0 ? stages.hooks.map(showHook) : undefined,
    deploymentCircuitBreaker: {
      status: one.breaker,
      failureCount: one.failures,
      threshold: thresholdOf(one.configuration, service.desired),
    },
    alarms: {
      status: alarmStatus(one, alarms, isOngoing),
      alarmNames: texts(alarms, 'alarmNames'),
      triggeredAlarmNames: one.triggeredAlarms,
    },
    rollback:
      rollback &&
      compact({
        reason: rollback.reason,
        startedAt: seconds(rollback.startedAt),
        serviceRevisionArn: rollback.to?.revision.arn,
      }),
  });
}

function alarmStatus(one: ServiceDeployment, alarms: Json, isOngoing: boolean): string {
  if (one.triggeredAlarms.length > 0) return 'TRIGGERED';
  if (alarms.enable !== true || one.ignoresAlarms) return 'DISABLED';
  return isOngoing ? 'MONITORING' : 'MONITORING_COMPLETE';
}

/** Counts, and where traffic is shifted the weights: what the target has not yet got is with the source. */
function summary(service: Service, one: ServiceDeployment, deployment: Deployment, whole: number): Json {
  const { stages } = one;
  const isStaged = strategyOf(one.configuration) !== 'ROLLING' && stages;
  const isTarget = whole === 0;
  return compact({
    arn: deployment.revision.arn,
    requestedTaskCount: wantedOf(service, deployment),
    runningTaskCount: runningIn(deployment),
    pendingTaskCount: pendingIn(deployment),
    ...(isStaged && {
      requestedTestTrafficWeight: isTarget ? stages.weights.test : 100 - stages.weights.test,
      requestedProductionTrafficWeight: isTarget ? stages.weights.production : 100 - stages.weights.production,
    }),
  });
}

function showHook(hook: Hook): Json {
  return compact({
    hookId: hook.id,
    targetType: hook.targetType,
    targetArn: hook.targetArn,
    status: hook.status,
    expiresAt: seconds(hook.expiresAt),
    timeoutAction: hook.timeoutAction,
  });
}
