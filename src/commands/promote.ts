import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import type { PromoteResult } from '../release/promotion/promote.js';
import { referenceForm, tagForm } from './inputs/forms.js';
import { registryInputs } from './inputs/registry.js';
import { regionInput } from './inputs/service.js';
import { promoteNeeds } from './needs/promote.js';

export const promote = defineCommand({
  name: 'promote',
  summary: 'Puts the very same image into other repositories, accounts and regions, with what refers to it',
  description:
    'The image is copied by its digest, an index with all of its platforms: what was tested is what runs. Signatures, SBOMs and provenance go along. Layers that the target can take over by itself are mounted, what is there is not sent again, and an immutable tag that holds this very image is a success.\n\nEach target gets the tags that it names, those of `--tag`, or else the tag of the source. Several targets are served one after the other; the same command again goes on where it stopped.',
  inputs: {
    from: input.string('Image to promote, by tag or digest', {
      placeholder: 'REF',
      positional: true,
      required: true,
      key: 'promote.from',
      ...referenceForm,
    }),
    to: input.list('Repository that gets it, with a tag if you like', {
      placeholder: 'REPOSITORY[:TAG]',
      positional: true,
      required: true,
      key: 'promote.to',
      ...referenceForm,
    }),
    tag: input.list('Further tag, in each of them', { placeholder: 'TAG', key: 'promote.tag', ...tagForm }),
    referrers: input.boolean('Take along what refers to the image: signatures, SBOMs, provenance', {
      default: true,
      key: 'promote.referrers',
    }),
    'dry-run': input.boolean('Say what would be sent, and send nothing', { key: false }),
    ...registryInputs,
    ...regionInput,
  },
  outputs: {
    digest: { summary: 'Digest of the image, the same everywhere', of: (result: PromoteResult) => result.digest },
    reference: {
      summary: 'The image in the first target, as `repository@sha256:…`',
      of: (result: PromoteResult) => result.targets[0]?.reference,
    },
    targets: {
      summary: 'The image in all of them, as JSON',
      of: (result: PromoteResult) => JSON.stringify(result.targets),
    },
  },
  needs: { aws: promoteNeeds },
  examples: [
    {
      command:
        'lading promote 111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop:4f2a9c1 444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop',
      about: 'From the account of staging to that of production, under the same tag',
    },
    {
      command: 'lading promote 127.0.0.1:5000/shop:v1 127.0.0.1:5000/live/shop:v1 127.0.0.1:5001/shop:v1 --dry-run',
      about: 'What would go to two registries on this computer',
    },
  ],
  action: true,
  async run(values, context): Promise<PromoteResult> {
    const { promote: run } = await import('../release/promotion/promote.js');
    const { tag = [], dryRun = false, ...rest } = values;
    return run({ ...rest, tags: tag, dryRun }, values, context);
  },
  text: (result) => result.targets.map(({ reference }) => reference).join('\n'),
});
