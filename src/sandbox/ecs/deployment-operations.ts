import type { Operation, World } from '../service.js';
import { AwsFault } from '../service.js';
import type { Live } from './live.js';
import { renderServiceDeployment } from './render.js';
import { findRollout } from './rollouts.js';
import type { EcsState, Rollout, SandboxService } from './state.js';
import { requireService, seconds } from './state.js';

/** Service deployments and service revisions. */
export function deploymentOperations(state: EcsState, world: World, live: Live | undefined): Record<string, Operation> {
  function requireRollout(arn: unknown): { service: SandboxService; rollout: Rollout } {
    const found = findRollout(state, arn);
    if (found) return found;
    throw new AwsFault('ServiceDeploymentNotFoundException', 'The service deployment was not found.');
  }

  return {
    ListServiceDeployments(input) {
      const service = requireService(state, input);
      const wanted = input.status as string[] | undefined;
      const rollouts = service.rollouts.filter((rollout) => !wanted || wanted.includes(rollout.status));
      return {
        serviceDeployments: rollouts.map((rollout) => {
          const {
            serviceDeploymentArn,
            serviceArn,
            clusterArn,
            status,
            statusReason,
            createdAt,
            startedAt,
            finishedAt,
          } = renderServiceDeployment(state, service, rollout);
          return {
            serviceDeploymentArn,
            serviceArn,
            clusterArn,
            status,
            createdAt,
            startedAt,
            targetServiceRevisionArn: rollout.revision.arn,
            ...(statusReason !== undefined && { statusReason }),
            ...(finishedAt !== undefined && { finishedAt }),
          };
        }),
      };
    },
    DescribeServiceDeployments(input) {
      const arns = (input.serviceDeploymentArns as string[] | undefined) ?? [];
      const failures: unknown[] = [];
      const serviceDeployments = arns.flatMap((arn) => {
        const found = findRollout(state, arn);
        if (found && found.rollout.staleReads-- <= 0)
          return [renderServiceDeployment(state, found.service, found.rollout)];
        failures.push({ arn, reason: 'MISSING' });
        return [];
      });
      return { serviceDeployments, failures };
    },
    DescribeServiceRevisions(input) {
      const wanted = new Set((input.serviceRevisionArns as string[] | undefined) ?? []);
      const found = [...state.services.values()].flatMap((service) =>
        service.rollouts
          .filter((rollout) => wanted.has(rollout.revision.arn))
          .map((rollout) => ({ service, revision: rollout.revision })),
      );
      const unique = [...new Map(found.map((entry) => [entry.revision.arn, entry])).values()];
      return {
        serviceRevisions: unique.map(({ service, revision }) => ({
          serviceRevisionArn: revision.arn,
          serviceArn: service.arn,
          clusterArn: state.clusters.get(service.cluster)?.arn,
          taskDefinition: revision.taskDefinition,
          containerImages: revision.images.map(({ imageDigest, ...image }) => ({
            ...image,
            ...(imageDigest !== undefined && { imageDigest }),
          })),
          createdAt: seconds(revision.createdAt),
        })),
        failures: [],
      };
    },
    StopServiceDeployment(input) {
      const { service, rollout } = requireRollout(input.serviceDeploymentArn);
      if (rollout.finishedAt !== undefined || rollout.status.startsWith('ROLLBACK'))
        throw new AwsFault('ConflictException', `The service deployment is ${rollout.status}.`);
      rollout.reason = 'Service deployment stopped by the user.';
      if (live) live.rollBack(service, rollout);
      else {
        rollout.status = 'ROLLBACK_IN_PROGRESS';
        rollout.rollbackEndsAt = world.clock.now() + (rollout.scenario?.rollback?.seconds ?? 10) * 1000;
      }
      return { serviceDeploymentArn: rollout.arn };
    },
    ContinueServiceDeployment(input) {
      const { rollout } = requireRollout(input.serviceDeploymentArn);
      const hook = rollout.hooks.find((one) => one.hookId === input.hookId);
      if (!hook) throw new AwsFault('InvalidParameterException', 'The hook was not found.');
      hook.status = 'SUCCEEDED';
      rollout.status = input.action === 'ROLLBACK' ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL';
      rollout.finishedAt = world.clock.now();
      return { serviceDeploymentArn: rollout.arn };
    },
  };
}
