import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import type { PushResult } from '../release/images/send.js';
import { registryInputs } from './inputs/registry.js';
import { imageReleaseInputs } from './inputs/release.js';
import { regionInput } from './inputs/service.js';
import { targetInputs } from './inputs/target.js';
import { pushNeeds } from './needs/push.js';

export const push = defineCommand({
  name: 'push',
  summary: 'Sends an image to a registry: what is missing, and nothing twice',
  description:
    'Layers go in parallel, the manifest goes last. A connection that is cut, a 5xx, a 429 or an expired token is survived without sending finished layers again. A tag that is immutable and holds this very image is a success.\n\nECR hosts are logged in to with AWS credentials; any other host by `REGISTRY_AUTH_FILE` or the Docker configuration with its credential helpers.',
  inputs: {
    from: input.path('Folder of the OCI layout; `.lading/image` when left out', {
      placeholder: 'DIR',
      key: 'push.from',
    }),
    ...targetInputs,
    'dry-run': input.boolean('Say what would be sent, and send nothing', { key: false }),
    ...registryInputs,
    ...regionInput,
    ...imageReleaseInputs,
  },
  outputs: {
    digest: { summary: 'Digest of the image', of: (result: PushResult) => result.digest },
    reference: {
      summary: 'The image by digest, as `repository@sha256:…`',
      of: (result: PushResult) => result.reference,
    },
  },
  needs: { aws: pushNeeds },
  examples: [
    { command: 'lading push --to 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v1', about: 'To ECR' },
    {
      command: 'lading push --to 127.0.0.1:5000/shop --tag latest --tag v1',
      about: 'To a registry on this computer, with two tags',
    },
  ],
  action: true,
  async run(values, context, origins): Promise<PushResult> {
    const { planTargets } = await import('../release/plan-release.js');
    const { onlyOne } = await import('../release/only-one.js');
    const image = onlyOne(planTargets(values, origins), origins);
    const { sendImage, tagsOf } = await import('../release/images/send.js');
    const { openRegistry } = await import('../release/images/registries.js');
    const { openLayout } = await import('../image/layout/layout.js');
    const { layoutFolder } = await import('../release/images/app-image.js');
    const tags = tagsOf(image.to.tag, image.tags);
    const layout = await openLayout(layoutFolder(values.from ?? image.output, context, image.place));
    const repository = openRegistry(image.to, context, values);
    return sendImage(
      { layout, repository, selector: 'latest', plan: { tags }, values, dryRun: values.dryRun ?? false },
      context,
    );
  },
  text: (result) => result.reference,
});
