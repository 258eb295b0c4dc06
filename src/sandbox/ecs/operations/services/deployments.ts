import type { Operation } from '../../../service.js';
import { AwsFault } from '../../../service.js';
import type { Views } from '../../consistency/views.js';
import type { Engine } from '../../engine/engine.js';
import { renderBrief, renderServiceDeployment, renderServiceRevision } from '../../render/service-deployment.js';
import { findRollout, isInFlight, requireService } from '../../state/find.js';
import type { Deployment, Rollout, SandboxService } from '../../state/records.js';
import type { EcsState } from '../../state/state.js';
import { listOf, seconds } from '../../state/state.js';
import type { Pages } from '../page.js';
import { invalid } from '../invalid.js';

/** Most ARNs of one call. */
const MOST = 20;

/** Service deployments and service revisions. */
export function deploymentOperations(
  state: EcsState,
  setting: { readonly engine: Engine; readonly views: Views; readonly pages: Pages },
): Record<string, Operation> {
  const { engine, views, pages } = setting;

  function requireRollout(arn: unknown): { service: SandboxService; rollout: Rollout } {
    const found = findRollout(state, arn);
    if (found) return found;
    throw new AwsFault('ServiceDeploymentNotFoundException', 'The service deployment was not found.');
  }

  return {
    ListServiceDeployments(input) {
      const service = requireService(state, input);
      const wanted = listOf(input.status);
      const { before = Infinity, after = 0 } = (input.createdAt ?? {}) as { before?: number; after?: number };
      const known = service.rollouts.filter(
        (rollout) =>
          views.isListed(rollout) &&
          (wanted.length === 0 || wanted.includes(rollout.status)) &&
          seconds(rollout.createdAt) > Number(after) &&
          seconds(rollout.createdAt) < Number(before),
      );
      const { page, more } = pages.cut(
        views.order(known, (rollout) => rollout.arn),
        input,
        { most: 100, usual: MOST },
      );
      return { serviceDeployments: page.map((rollout) => renderBrief(state, service, rollout)), ...more };
    },
    DescribeServiceDeployments(input) {
      const failures: unknown[] = [];
      const serviceDeployments = arnsOf(input.serviceDeploymentArns, 'serviceDeploymentArns').flatMap((arn) => {
        const found = findRollout(state, arn);
        if (found && views.isDescribed(found.rollout) && found.rollout.staleReads-- <= 0)
          return [renderServiceDeployment(state, found.service, found.rollout)];
        failures.push({ arn, reason: 'MISSING' });
        return [];
      });
      return { serviceDeployments, failures };
    },
    DescribeServiceRevisions(input) {
      const failures: unknown[] = [];
      const serviceRevisions = arnsOf(input.serviceRevisionArns, 'serviceRevisionArns').flatMap((arn) => {
        const found = findRevision(state, arn);
        if (found && views.knows(found.deployment.revision))
          return [renderServiceRevision(state, found.service, found.deployment)];
        failures.push({ arn, reason: 'MISSING' });
        return [];
      });
      return { serviceRevisions, failures };
    },
    StopServiceDeployment(input) {
      if (input.stopType === 'ABORT') throw invalid('The stop type ABORT is not supported. Use ROLLBACK.');
      const { service, rollout } = requireRollout(input.serviceDeploymentArn);
      // One that goes back already goes on to do so. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
      if (!isInFlight(rollout))
        throw new AwsFault(
          'ConflictException',
          `The service deployment cannot be stopped because it is in the ${rollout.status} state.`,
        );
      views.beforeWrite(service);
      engine.turnBack(service, rollout, 'Service deployment rolled back by user.');
      return { serviceDeploymentArn: rollout.arn };
    },
    ContinueServiceDeployment(input) {
      const { service, rollout } = requireRollout(input.serviceDeploymentArn);
      const hook = rollout.hooks.find((one) => one.hookId === input.hookId);
      if (!hook) throw invalid('The specified lifecycle hook was not found.');
      if (hook.status !== 'AWAITING_ACTION' || !isInFlight(rollout))
        throw invalid(`The lifecycle hook is not awaiting an action: it is ${hook.status}.`);
      hook.status = 'SUCCEEDED';
      if (input.action === 'ROLLBACK') engine.turnBack(service, rollout, 'Service deployment rolled back by user.');
      else engine.goOn(service, rollout);
      return { serviceDeploymentArn: rollout.arn };
    },
  };
}

function arnsOf(value: unknown, name: string): readonly string[] {
  const arns = listOf(value).map(String);
  if (arns.length === 0) throw invalid(`${name} cannot be empty.`);
  if (arns.length > MOST) throw invalid(`${name} cannot have more than ${MOST} elements.`);
  return arns;
}

function findRevision(
  state: EcsState,
  arn: string,
): { readonly service: SandboxService; readonly deployment: Deployment } | undefined {
  for (const service of state.services.values()) {
    const rollout = service.rollouts.find(({ deployment }) => deployment.revision.arn === arn);
    if (rollout) return { service, deployment: rollout.deployment };
  }
  return undefined;
}
