import { join } from 'node:path';
import { defineCommand } from '../base/command.js';
import type { Context } from '../base/context.js';
import { LadingError } from '../base/errors.js';
import { input } from '../base/input.js';

import type { EcsApi } from '../ecs/api.js';
import { parseReference } from '../oci/reference.js';
import type { Bill } from '../release/bill.js';
import { formatBill, writeBill } from '../release/bill.js';
import { imageInputs } from './build.js';
import { deployInputs, deployNeeds } from './deploy.js';
import { pushNeeds, targetInputs } from './push.js';

/** A ship that did not arrive: the bill goes with the failure. */
class ShipError extends LadingError {
  override readonly name = 'ShipError';
  readonly result: Bill;

  constructor(failure: LadingError, result: Bill) {
    super(failure.kind, failure.message, {
      code: failure.code,
      hint: failure.hint,
      cause: failure,
      details: failure.details,
    });
    this.result = result;
  }
}

export const ship = defineCommand({
  name: 'ship',
  summary: 'Builds, pushes and deploys, as lading.yml says, and writes a bill of lading',
  description:
    'From the working tree to a running service: makes the image without Docker, sends what the registry lacks, deploys it by digest and follows that deployment to its end. A second ship of the same tree registers nothing and deploys nothing.\n\nThe bill of lading goes to `.lading/bill.json`: commit, image digest, bytes, task definition, deployment, times.',
  inputs: {
    ...imageInputs,
    'image-env': input.pairs('Environment variable in the image', { placeholder: 'K=V', key: 'build.env' }),
    ...targetInputs,
    ...deployInputs,
    container: input.string('Container that gets the image; found by the repository when left out', {
      placeholder: 'NAME',
      key: 'deploy.container',
    }),
  },
  outputs: {
    outcome: {
      summary: 'How it ended: `steady`, `unchanged`, `started` or `planned`',
      of: (bill: Bill) => bill.outcome,
    },
    digest: { summary: 'Digest of the image', of: (bill: Bill) => bill.image.digest },
    reference: { summary: 'The image by digest, as `repository@sha256:…`', of: (bill: Bill) => bill.image.reference },
    'task-definition-arn': { summary: 'ARN of the revision', of: (bill: Bill) => bill.deployment?.taskDefinition },
    'deployment-id': { summary: 'Id of the deployment', of: (bill: Bill) => bill.deployment?.id },
  },
  needs: { aws: [...pushNeeds, ...deployNeeds] },
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
  async run(values, context): Promise<Bill> {
    const [
      { deliver },
      { layoutFolder },
      { openLayout },
      { openRegistry },
      { openEcs },
      { tagsOf },
      { deployRequest },
    ] = await Promise.all([
      import('../release/deliver.js'),
      import('../release/make-image.js'),
      import('../image/layout/layout.js'),
      import('../release/registries.js'),
      import('../release/open-ecs.js'),
      import('./push.js'),
      import('./deploy.js'),
    ]);
    const started = context.clock.now();
    const dryRun = values.dryRun ?? false;
    const reference = parseReference(values.to, '--to');
    const tags = tagsOf(reference.tag, values.tag);
    const repository = openRegistry(reference, context, values);
    const world = await openEcs(context, values);
    const layout = await openLayout(layoutFolder(values.output, context));
    const running = runningDigest(world.ecs, values, repository.name);
    const { made, pushed, commit, builtAt } = await deliver(
      { ...values, imageEnv: values.imageEnv },
      { layout, repository, tags, cacheFrom: values.cacheFrom, running, dryRun },
      context,
    );
    const sent = context.clock.now();

    const { root } = made;
    const image = {
      reference: pushed.reference,
      digest: pushed.digest,
      tags: pushed.tags,
      layers: made.images.flatMap((one) =>
        one.layers.map((layer) => ({
          kind: layer.kind,
          digest: layer.descriptor.digest,
          size: layer.descriptor.size,
          reused: layer.reused,
        })),
      ),
      bytesUploaded: pushed.bytesUploaded,
      requests: repository.stats().requests,
    };
    const accepted = new Set<string>([root.digest, ...made.images.map((one) => one.manifest.digest)]);
    const request = await deployRequest(values, [{ container: values.container, image: pushed.reference }], context);
    const { deployService, DeployError } = await import('../ecs/rollout/deploy.js');
    const bill = (outcome: string, deployed?: Awaited<ReturnType<typeof deployService>>): Bill => {
      const finished = context.clock.now();
      return {
        outcome,
        commit,
        image,
        ...(deployed && {
          deployment: {
            cluster: deployed.cluster,
            service: deployed.service,
            taskDefinition: deployed.taskDefinition,
            id: deployed.deployment?.id,
            status: deployed.deployment?.status,
            registered: deployed.registered,
          },
          ...(deployed.cause && { cause: deployed.cause }),
        }),
        startedAt: new Date(started).toISOString(),
        finishedAt: new Date(finished).toISOString(),
        times: { build: builtAt - started, push: sent - builtAt, deploy: finished - sent, total: finished - started },
      };
    };
    const file = join(context.cwd, '.lading/bill.json');
    try {
      const deployed = await deployService({ ...request, sameImage: new Map([[pushed.digest, accepted]]) }, world);
      const paper = bill(deployed.outcome, deployed);
      if (!dryRun) await writeBill(file, paper);
      summarize(context, paper);
      return paper;
    } catch (error) {
      if (!(error instanceof LadingError)) throw error;
      const paper = error instanceof DeployError ? bill(error.result.outcome, error.result) : bill(error.kind);
      await writeBill(file, paper);
      summarize(context, paper);
      throw new ShipError(error, paper);
    }
  },
  text: formatBill,
});

function summarize(context: Context, bill: Bill): void {
  context.report({ type: 'summary', markdown: `### Bill of lading\n\n\`\`\`\n${formatBill(bill)}\n\`\`\`\n` });
}

/** The digest that the service runs from this repository: the best previous image there is. */
async function runningDigest(
  ecs: EcsApi,
  values: { readonly cluster: string; readonly service: string },
  repository: string,
): Promise<string | undefined> {
  const { digestIn, repositoryOf } = await import('../ecs/definition/task-definition.js');
  const service = await ecs.service(values.cluster, values.service);
  const definition = await ecs.taskDefinition(service.taskDefinition);
  const container = definition.containerDefinitions.find((one) => repositoryOf(one.image ?? '') === repository);
  return digestIn(container?.image);
}
