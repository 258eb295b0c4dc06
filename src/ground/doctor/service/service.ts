import { primaryOf } from '../../../ecs/api.js';
import type { Check } from '../check.js';
import type { Finding } from '../finding.js';
import { ok, wrong } from '../finding.js';
import type { ServiceScene } from './scene.js';

/** What the service itself says: that it runs, and that a deployment can get through. */
export const serviceChecks: readonly Check<ServiceScene>[] = [
  { id: 'service', title: 'The service', run: runs },
  { id: 'service/room', title: 'Room for a deployment', run: room },
  { id: 'service/breaker', title: 'The circuit breaker', run: breaker },
  { id: 'service/grace', title: 'The grace period', run: grace },
];

function runs({ service, cluster, revision }: ServiceScene): readonly Finding[] {
  const name = `${cluster}/${service.serviceName}`;
  if (service.status === 'DRAINING') {
    return [
      wrong('service', `${name} is being deleted (DRAINING)`, {
        fix: 'Wait until it is INACTIVE, then create it again.',
      }),
    ];
  }
  const primary = primaryOf(service);
  const { desiredCount, runningCount } = service;
  if (primary?.rolloutState === 'FAILED') {
    const why = primary.rolloutStateReason ? `: ${primary.rolloutStateReason}` : '';
    return [
      wrong('service/deployment', `the last deployment of ${name} failed, and nothing was deployed since${why}`, {
        fix: `Look at why its tasks die: lading status --cluster ${cluster} --service ${service.serviceName}`,
      }),
    ];
  }
  if (desiredCount === 0)
    return [
      ok('service', `${name} exists and wants no tasks: a release starts none`, {
        fix: 'Give it a desired count of 1 or more.',
      }),
    ];
  if (primary?.rolloutState === 'IN_PROGRESS' || service.deployments.length > 1)
    return [ok('service', `${name} is in the middle of a deployment, ${runningCount} of ${desiredCount} tasks run`)];
  if (runningCount === 0) {
    return [
      wrong('service', `${name} runs none of its ${desiredCount} tasks`, {
        fix: `Look at why they die: lading status --cluster ${cluster} --service ${service.serviceName}`,
      }),
    ];
  }
  return [ok('service', `${name} runs ${runningCount} of ${desiredCount} tasks of ${revision}`)];
}

/**
 * With no task to spare below and no place above, a rolling deployment can neither stop nor start one.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
function room({ service, settings, region }: ServiceScene): readonly Finding[] {
  const { desiredCount } = service;
  if (settings.controller !== 'ECS' || settings.strategy !== 'ROLLING' || desiredCount === 0) return [];
  const { minimumHealthyPercent: least, maximumPercent: most } = settings;
  const floor = Math.ceil((desiredCount * least) / 100);
  const ceiling = Math.floor((desiredCount * most) / 100);
  const limits = `minimum healthy ${least} % and maximum ${most} % of ${desiredCount}`;
  if (settings.daemon || floor < desiredCount || ceiling > desiredCount)
    return [ok('service/room', `a deployment has room: ${limits}`)];
  return [
    wrong('service/room', `a deployment can neither start nor stop a task: ${limits} leave no room`, {
      fix: 'Set the maximum percent to 200.',
      mend: {
        in: 'aws',
        name: 'deployment-room',
        service: 'ecs',
        region,
        operation: 'UpdateService',
        input: { ...placeOf(service), deploymentConfiguration: { maximumPercent: 200 } },
        ask: `Set the maximum percent of ${service.serviceName} to 200`,
      },
    }),
  ];
}

/** Without it lading goes back by itself; whoever deploys otherwise waits for ever. */
function breaker({ service, settings, region }: ServiceScene): readonly Finding[] {
  if (settings.controller !== 'ECS' || settings.strategy !== 'ROLLING') return [];
  const { enabled, rollback } = settings.breaker;
  if (enabled && rollback) return [ok('service/breaker', 'the circuit breaker is on and rolls back')];
  return [
    ok('service/breaker', enabled ? 'the circuit breaker is on and does not roll back' : 'the circuit breaker is off', {
      fix: 'Turn it on with rollback: then ECS ends a deployment whose tasks die, whoever started it.',
      mend: {
        in: 'aws',
        name: 'circuit-breaker',
        service: 'ecs',
        region,
        operation: 'UpdateService',
        input: {
          ...placeOf(service),
          deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
        },
        ask: `Turn on the circuit breaker of ${service.serviceName}, with rollback`,
      },
    }),
  ];
}

function grace({ service, settings, region }: ServiceScene): readonly Finding[] {
  if (settings.graceSeconds !== 0) return [];
  return [
    ok('service/grace', 'a task that starts slowly is killed by the load balancer: there is no grace period', {
      fix: 'Give the service the seconds that the app needs to start, as 60.',
      mend: {
        in: 'aws',
        name: 'grace-period',
        service: 'ecs',
        region,
        operation: 'UpdateService',
        input: { ...placeOf(service), healthCheckGracePeriodSeconds: 60 },
        ask: `Give the tasks of ${service.serviceName} 60 s before load balancers judge them`,
      },
    }),
  ];
}

function placeOf({ clusterArn, serviceArn }: ServiceScene['service']): { cluster: string; service: string } {
  return { cluster: clusterArn, service: serviceArn };
}
