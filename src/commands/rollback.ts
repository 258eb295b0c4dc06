import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import type { RollbackResult } from '../ecs/rollout/rollback.js';
import { serviceInputs } from './inputs/service.js';
import { servicesInput } from './inputs/services.js';
import { deployNeeds } from './needs/deploy.js';

export const rollback = defineCommand({
  name: 'rollback',
  summary: 'Goes back: turns the deployment in flight, or deploys the last revision that was successful',
  inputs: {
    ...serviceInputs,
    ...servicesInput,
    timeout: input.duration('Longest time for the rollback', {
      placeholder: 'DURATION',
      default: 900_000,
      key: 'deploy.timeout',
    }),
    'dry-run': input.boolean('Say what would happen, and change nothing', { key: false }),
  },
  outputs: {
    how: { summary: 'What was done: `stopped`, `deployed` or `planned`', of: (result: RollbackResult) => result.how },
    'task-definition-arn': {
      summary: 'ARN of the revision that it went back to',
      of: (result: RollbackResult) => result.to,
    },
  },
  needs: { aws: deployNeeds.filter((need) => need.action !== 'ecs:RegisterTaskDefinition') },
  examples: [
    { command: 'lading rollback --cluster production --service shop', about: 'Go back' },
    { command: 'lading rollback --service shop --dry-run', about: 'Where it would go' },
  ],
  action: true,
  async run(values, context, origins): Promise<RollbackResult> {
    const { planServices } = await import('../release/plan-release.js');
    const { onlyOne } = await import('../release/only-one.js');
    const place = onlyOne(planServices(values, origins), origins);
    const { openEcs } = await import('../release/open-ecs.js');
    const { rollBack } = await import('../ecs/rollout/rollback.js');
    const { cluster, service, timeoutMs = values.timeout } = place;
    const request = { cluster, service, timeoutMs, dryRun: values.dryRun ?? false };
    return rollBack(request, await openEcs(context, place));
  },
  text(result) {
    const to = result.to.slice(result.to.lastIndexOf('/') + 1);
    if (result.how === 'planned') return `${result.service} would go back to ${to}`;
    return result.how === 'stopped'
      ? `${result.service} was turned back to ${to}`
      : `${result.service} is back on ${to}`;
  },
});
