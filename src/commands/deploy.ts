import { defineCommand } from '../base/declare/command.js';
import type { ValuesOf } from '../base/declare/input.js';
import { input } from '../base/declare/input.js';
import type { RollOutResult } from '../release/roll-out.js';
import type { TaskBefore } from '../release/stages/task-before.js';
import { amazonEcsDeployTaskDefinition } from './compat/amazon-ecs-deploy-task-definition.js';
import { deployInputs } from './inputs/deploy.js';
import { ownerInputs, putInBy } from './inputs/infra-owner.js';
import { containerImageForm } from './inputs/forms.js';
import { registryInputs } from './inputs/registry.js';
import { releaseInputs } from './inputs/release.js';
import { runTaskInputs } from './inputs/run-task.js';
import { deployNeeds } from './needs/deploy.js';
import { taskNeeds } from './needs/run.js';

const own = {
  ...deployInputs,
  image: input.list(
    'Image to deploy, by tag or digest; the container is found by the repository when it is not named',
    { placeholder: '[CONTAINER=]REF', key: 'deploy.image', ...containerImageForm },
  ),
  ...runTaskInputs,
  ...registryInputs,
  ...releaseInputs,
};

export const deploy = defineCommand({
  name: 'deploy',
  summary: 'Deploys an image to an ECS service, follows that deployment to its end, and says why it failed',
  description:
    'Takes the running task definition (or the file), puts the image in by digest, registers a revision only when something changed, and updates the service once. Green only when this very deployment is SUCCESSFUL and its revision runs the digest that was asked for.\n\nThe first task that dies is told with its cause, exit code, last log lines and what to do, within seconds. Cancelling ends at once; ECS goes on, and the same command again follows it.\n\nWith `owner: terraform` under `infra:` in lading.yml Terraform owns the task definition: the stack `service` is applied with the new image, as `lading infra apply` does, and the deployment that comes of it is followed.',
  inputs: { ...own, ...ownerInputs(own) },
  outputs: {
    outcome: {
      summary: 'How it ended: `steady`, `unchanged`, `scaled`, `started` or `planned`; of a failure what it came to',
      of: (result: RollOutResult) => result.outcome,
    },
    'task-definition-arn': {
      summary: 'ARN of the revision',
      of: (result: RollOutResult) => result.services[0]?.taskDefinition,
    },
    'deployment-id': {
      summary: 'Id of the deployment',
      of: (result: RollOutResult) => result.services[0]?.deployment?.id,
    },
    tasks: {
      summary: 'All tasks with how they ended, as JSON',
      of: (result: RollOutResult) => JSON.stringify(result.tasks),
    },
    services: {
      summary: 'All services with how they ended, as JSON',
      of: (result: RollOutResult) => JSON.stringify(result.services),
    },
  },
  compat: [amazonEcsDeployTaskDefinition],
  needs: {
    aws: [
      ...deployNeeds,
      ...taskNeeds,
      { action: 'ecr:GetAuthorizationToken', resource: '*', why: 'to find the digest of a tag', optional: true },
      { action: 'ecr:BatchGetImage', resource: 'repository', why: 'to find the digest of a tag', optional: true },
    ],
  },
  examples: [
    {
      command:
        'lading deploy --cluster production --service shop --image 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2',
      about: 'A new image',
    },
    { command: 'lading deploy --service shop --force-new-deployment', about: 'New tasks of what runs' },
    { command: 'lading deploy --service shop --image web=shop@sha256:… --dry-run', about: 'What would change' },
  ],
  action: true,
  async run(values, context, origins): Promise<RollOutResult> {
    const { planRelease } = await import('../release/plan-release.js');
    const { resolveUsed } = await import('../release/images/resolve-image.js');
    const { rollOutAlone } = await import('../release/roll-out-alone.js');
    const { ordersOf } = await import('../release/stages/orders.js');
    const release = planRelease(values, origins);
    const putIn = await putInBy(values, release, context, origins);
    const orders = await ordersOf(release, {
      resolve: (use, region) => resolveUsed(use, { ...values, region }, context),
      commit: undefined,
    });
    const { withTaskBefore } = await import('../release/stages/task-before.js');
    const all = values.runTask ? withTaskBefore(orders, release, { before: taskBefore(values), origins }) : orders;
    return rollOutAlone(all, context, { dryRun: values.dryRun ?? false, putIn });
  },
  text: deployText,
});

function taskBefore(values: ValuesOf<typeof runTaskInputs>): TaskBefore {
  const { container, command = [], env = [] } = values.runTaskOverrides ?? {};
  return {
    container,
    command,
    env,
    launch: {
      subnets: values.runTaskSubnet ?? [],
      securityGroups: values.runTaskSecurityGroup ?? [],
      assignPublicIp: values.runTaskPublicIp,
      launchType: values.runTaskLaunchType,
    },
    wait: values.runTaskWait,
  };
}

export function deployText(result: RollOutResult): string {
  return [...result.tasks.map(taskText), ...result.services.map(serviceText)].join('\n');
}

function taskText({ name, outcome, exitCode }: RollOutResult['tasks'][number]): string {
  if (outcome === 'planned') return `${name} would be run`;
  return `${name}: ${outcome}${exitCode === undefined ? '' : ` (exit code ${exitCode})`}`;
}

function serviceText(service: RollOutResult['services'][number]): string {
  const { name, taskDefinition = '', changes = [], deployment } = service;
  const revision = taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1);
  switch (service.outcome) {
    case 'unchanged':
      return `${name} runs ${revision} already: nothing to deploy`;
    case 'planned':
      return changes.length > 0
        ? `${name} would change:\n${changes.map((line) => `  ${line}`).join('\n')}`
        : `${name} would stay as it is`;
    case 'started':
      return `${name}: deployment ${deployment?.id ?? ''} of ${revision} has begun`;
    default:
      return `${name} is ${service.outcome}: ${revision}`;
  }
}
