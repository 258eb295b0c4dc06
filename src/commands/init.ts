import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import type { InitResult } from '../ground/init/init.js';
import { filesText, initInputs, workflowInputs } from './inputs/init.js';

/** `lading init`. */
export const init = defineCommand({
  name: 'init',
  summary: 'Writes lading.yml and a workflow for the app of this folder, or from another way of deploying',
  description: [
    'Looks at the folder (framework, package manager, Dockerfile, workflows, lading.yml, git remote, and at the services of ECS when credentials are at hand), asks at a terminal what it cannot see, shows what it will write, and a diff before it changes a file. All is written, or nothing. `--yes` asks nothing and says what is left to fill in; without a terminal what is missing is an error.',
    '`--from` carries over what is there: `service` reads an ECS service (with `--cluster` and `--service`), a file is the workflow, composite action or configuration of another tool. What has no counterpart is listed with its place.',
    'The workflow has two jobs with a role each: one makes the image, the other deploys it.',
  ].join('\n\n'),
  inputs: {
    from: input.string(
      'What to carry over: `service`, or a file: a workflow of the AWS actions, a composite action, an ecspresso configuration, a Copilot manifest',
      {
        placeholder: 'service|FILE',
        key: false,
      },
    ),
    workflow: input.choice(
      'Which workflow to write; `ship` unless the repository is on another host than GitHub',
      ['ship', 'none'],
      {
        key: false,
      },
    ),
    ...initInputs,
    ...workflowInputs,
    infra: input.boolean('Write the stacks of Terraform for registry and service, too, below infra/', { key: false }),
    yes: input.boolean('Ask nothing: take what can be seen, and say what is left', { key: false }),
  },
  needs: {
    aws: [
      { action: 'sts:GetCallerIdentity', resource: '*', why: 'to see the account', optional: true },
      { action: 'ecs:ListClusters', resource: '*', why: 'to see which services there are', optional: true },
      { action: 'ecs:ListServices', resource: '*', why: 'to see which services there are', optional: true },
      { action: 'ecs:DescribeServices', resource: 'service', why: 'with --from service', optional: true },
      { action: 'ecs:DescribeTaskDefinition', resource: '*', why: 'with --from service', optional: true },
    ],
  },
  examples: [
    { command: 'lading init', about: 'Look, ask, show, write' },
    {
      command:
        'lading init --yes --to 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop --cluster production --service shop',
      about: 'Without a question',
    },
    {
      command: 'lading init --from service --cluster production --service shop',
      about: 'From a service that runs already',
    },
    { command: 'lading init --from .github/workflows/deploy.yml --dry-run', about: 'What would come of a workflow' },
  ],
  async run(values, context): Promise<InitResult> {
    const { initFolder } = await import('../ground/init/init.js');
    return initFolder(values, context);
  },
  text: (result) => filesText(result),
});
