import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import type { Bill } from '../release/paper/bill.js';
import { formatBill } from '../release/paper/bill.js';
import { deployInputs } from './inputs/deploy.js';
import { ownerInputs, putInBy } from './inputs/infra-owner.js';
import { imageInputs } from './inputs/image.js';
import { imageFieldNames, releaseInputs } from './inputs/release.js';
import { targetInputs } from './inputs/target.js';
import { deployNeeds } from './needs/deploy.js';
import { pushNeeds } from './needs/push.js';
import { taskNeeds } from './needs/run.js';

const own = {
  ...imageInputs,
  'image-env': input.pairs('Environment variable in the image', { placeholder: 'K=V', key: 'build.env' }),
  ...targetInputs,
  ...deployInputs,
  container: input.string('Container that gets the image; found by the repository when left out', {
    placeholder: 'NAME',
    key: 'deploy.container',
  }),
  ...releaseInputs,
};

export const ship = defineCommand({
  name: 'ship',
  summary: 'Builds, pushes and deploys, as lading.yml says, and writes a bill of lading',
  description:
    'From the working tree to a running service: makes the image without Docker (or has it built from a Dockerfile), sends what the registry lacks, deploys it by digest and follows that deployment to its end. A second ship of the same tree registers nothing and deploys nothing.\n\nThe bill of lading goes to `.lading/bill.json`: commit, image digest, bytes, task definition, deployment, times.\n\nWith `owner: terraform` under `infra:` in lading.yml Terraform owns the task definition: the stack `service` is applied with the new image, as `lading infra apply` does, and the deployment that comes of it is followed.',
  inputs: { ...own, ...ownerInputs(own) },
  outputs: {
    outcome: {
      summary: 'How it ended: `steady`, `unchanged`, `started` or `planned`',
      of: (bill: Bill) => bill.outcome,
    },
    digest: { summary: 'Digest of the image', of: (bill: Bill) => bill.images[0]?.digest },
    reference: {
      summary: 'The image by digest, as `repository@sha256:…`',
      of: (bill: Bill) => bill.images[0]?.reference,
    },
    'task-definition-arn': { summary: 'ARN of the revision', of: (bill: Bill) => bill.services[0]?.taskDefinition },
    'deployment-id': { summary: 'Id of the deployment', of: (bill: Bill) => bill.services[0]?.deployment?.id },
    tasks: {
      summary: 'All tasks with how they ended, as JSON',
      of: (bill: Bill) => JSON.stringify(bill.tasks),
    },
    services: {
      summary: 'All services with how they ended, as JSON',
      of: (bill: Bill) => JSON.stringify(bill.services),
    },
  },
  needs: { aws: [...pushNeeds, ...deployNeeds, ...taskNeeds] },
  examples: [
    { command: 'lading ship', about: 'All of it, as lading.yml says' },
    {
      command:
        'lading ship --app apps/web --to 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop --cluster production --service shop',
      about: 'Without a file',
    },
    { command: 'lading ship --dry-run', about: 'What would happen' },
  ],
  action: true,
  async run(values, context, origins): Promise<Bill> {
    const { planRelease } = await import('../release/plan-release.js');
    const { shipRelease } = await import('../release/ship.js');
    const making = {
      values: { ...values, env: values.imageEnv },
      fields: imageFieldNames,
      renamed: { env: 'image-env' },
    };
    const release = planRelease(values, origins, making);
    const putIn = await putInBy(values, release, context, origins);
    return shipRelease(release, { dryRun: values.dryRun ?? false, putIn }, context);
  },
  text: formatBill,
});
