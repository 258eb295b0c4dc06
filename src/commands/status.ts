import { defineCommand } from '../base/declare/command.js';
import type { ServiceStatus } from '../ecs/status.js';
import { serviceInputs } from './inputs/service.js';
import { servicesInput } from './inputs/services.js';
import { statusNeeds } from './needs/look.js';

export const status = defineCommand({
  name: 'status',
  summary: 'Shows what a service runs, its last deployments and events, and why the last task failed',
  inputs: { ...serviceInputs, ...servicesInput },
  needs: { aws: statusNeeds },
  examples: [{ command: 'lading status --cluster production --service shop', about: 'A service' }],
  async run(values, context, origins): Promise<ServiceStatus> {
    const { planServices } = await import('../release/plan-release.js');
    const { onlyOne } = await import('../release/only-one.js');
    const place = onlyOne(planServices(values, origins), origins);
    const { openEcs } = await import('../release/open-ecs.js');
    const { readStatus } = await import('../ecs/status.js');
    return readStatus((await openEcs(context, place)).ecs, place.cluster, place.service);
  },
  text(result) {
    const failure = result.lastFailure;
    return [
      `${result.cluster}/${result.service}: ${result.status}, ${result.running} of ${result.desired} running${result.pending ? `, ${result.pending} starting` : ''}`,
      `revision    ${last(result.taskDefinition)}`,
      ...result.images.map(({ container, image }) => `image       ${container}: ${image}`),
      ...result.deployments.map(
        (one) =>
          `deployment  ${last(one.arn)} ${one.status}${one.createdAt ? ` since ${one.createdAt}` : ''}${one.statusReason ? `: ${one.statusReason}` : ''}`,
      ),
      ...(result.waiting ? waitingLines(result.waiting) : []),
      ...result.events.map((event) => `event       ${event.at ?? ''} ${event.message}`),
      ...(failure
        ? [
            `failed      ${failure.text}${failure.exitCode === undefined ? '' : ` (exit code ${failure.exitCode})`}`,
            `hint        ${failure.hint}`,
          ]
        : []),
      ...(result.unseen.length > 0
        ? [`not seen    what ${result.unseen.join(', ')} would tell: allow it to this role`]
        : []),
      ...(result.url === undefined ? [] : [`console     ${result.url}`]),
    ].join('\n');
  },
});

function waitingLines({ deploymentArn, hookId, expiresAt }: NonNullable<ServiceStatus['waiting']>): readonly string[] {
  const until = expiresAt === undefined ? '' : ` until ${expiresAt}`;
  const goOn = `aws ecs continue-service-deployment --service-deployment-arn ${deploymentArn} --hook-id ${hookId}`;
  return [`waits       at the hook ${hookId}${until}`, `go on       ${goOn}`];
}

function last(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
