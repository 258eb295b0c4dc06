import { defineCommand } from '../base/declare/command.js';
import { InputError } from '../base/errors.js';
import { input } from '../base/declare/input.js';
import type { Reference } from '../oci/reference.js';
import type { BuildResult } from '../release/images/build.js';
import { referenceForm, tagForm } from './inputs/forms.js';
import { imageInputs } from './inputs/image.js';
import { imageFieldNames, imageReleaseInputs } from './inputs/release.js';
import { pushNeeds } from './needs/push.js';

export type { BuildResult };

export const build = defineCommand({
  name: 'build',
  summary: 'Makes an image from the working tree, as an OCI layout; without Docker when it knows the app',
  description: [
    "A Next.js app must be built with `output: 'standalone'`; lading runs its build script when it is not built yet. A Node service is packed with the packages that it needs in production. Equal files give an equal digest, on any computer and at any time.",
    'An app of any language with a Dockerfile is built by an engine that is here: buildx, Docker, buildah or podman, whichever is found first and can do what is asked. Its image is taken out and goes the way of all others: a layer that the target holds is neither compressed nor sent.',
    'What lading packs itself has no secrets (`.env*`, `.git`, `.npmrc`, keys) in it unless `--include` names them. A Dockerfile gets what `.dockerignore` leaves in; a secret for one of its steps goes by `--secret`, never by `--build-arg`.',
    'With `--to` the layout holds only what that repository lacks. With `--push` the image goes there in the same run: each layer is sent while the next one is made.',
  ].join('\n\n'),
  inputs: {
    ...imageInputs,
    env: input.pairs('Environment variable in the image', { placeholder: 'K=V', key: 'build.env' }),
    to: input.string(
      'Repository that the image will go to: what it holds is not made again; of lading.yml only with `--push`',
      { placeholder: 'REPOSITORY', key: 'push.to', ...referenceForm },
    ),
    push: input.boolean('Send the image there, too', { key: false }),
    tag: input.list('Further tag for `--push`', { placeholder: 'TAG', key: 'push.tag', ...tagForm }),
    pin: input.boolean('Write the base image with its digest into lading.yml', { key: false }),
    ...imageReleaseInputs,
  },
  outputs: {
    digest: { summary: 'Digest of the image', of: (result: BuildResult) => result.digest },
    size: { summary: 'Bytes of all layers', of: (result: BuildResult) => result.size },
    reference: {
      summary: 'The image by digest, as `repository@sha256:…`; only with `push`',
      of: (result: BuildResult) => result.pushed?.reference,
    },
  },
  needs: { aws: pushNeeds.map((need) => ({ ...need, optional: true })) },
  examples: [
    { command: 'lading build', about: 'Pack the app in this folder' },
    {
      command: 'lading build --app apps/web --base node:22-slim --output out/image',
      about: 'Another folder, base and place',
    },
    {
      command: 'lading build --push --to 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2',
      about: 'Pack and send in one run',
    },
    {
      command: 'lading build --builder dockerfile --target web --secret id=token,env=NPM_TOKEN',
      about: 'One stage of a Dockerfile, with a secret for a step',
    },
    { command: 'lading build --json', about: 'Digest and layers as JSON' },
  ],
  action: true,
  async run(asked, context, origins): Promise<BuildResult> {
    // What a file says of the target is for those who push: else a layout would lack what that repository holds.
    const isMeant = (name: 'to' | 'tag') => asked.push === true || origins.of(name) !== 'file';
    const values = {
      ...asked,
      to: isMeant('to') ? asked.to : undefined,
      tag: isMeant('tag') ? asked.tag : undefined,
    };
    const { planImageRelease } = await import('../release/plan-release.js');
    const { onlyOne } = await import('../release/only-one.js');
    const { buildAndPush, describeBuild } = await import('../release/images/build.js');
    const { layoutFolder } = await import('../release/images/app-image.js');
    const image = onlyOne(planImageRelease(values, origins, { fields: imageFieldNames }), origins);
    const to = values.to ?? (values.push ? image.to : undefined);
    checkPush({ ...values, to });
    const base = values.pin
      ? await pinBase(image.values.base, context, {
          region: values.region,
          image: values.images.length > 0 ? image.name : undefined,
        })
      : image.values.base;
    const { made, pushed } = await buildAndPush(
      {
        values: { ...image.values, base },
        layout: layoutFolder(image.output, context, image.place),
        to,
        push: values.push ?? false,
        tags: image.tags,
        cacheFrom: image.cacheFrom,
      },
      context,
    );
    return describeBuild(made, pushed);
  },
  text: (result) => result.pushed?.reference ?? result.digest,
});

/** What is wrong with `--push`, if anything. */
function checkPush({
  to,
  push,
  tag,
}: {
  readonly to: Reference | undefined;
  readonly push: boolean | undefined;
  readonly tag: readonly string[] | undefined;
}): void {
  if (push && to === undefined) {
    throw new InputError({ where: '--push', message: 'it is not said where to', hint: 'Add --to REPOSITORY[:TAG].' });
  }
  if (tag && !push) {
    const hint = 'Add --push to send the image.';
    throw new InputError({ where: '--tag', message: 'a tag stands in a registry', hint });
  }
}

async function pinBase(
  base: string | undefined,
  context: Parameters<typeof build.run>[1],
  options: { readonly region?: string | undefined; readonly image?: string | undefined },
) {
  const { writePin } = await import('../release/images/pin.js');
  return writePin(base, context, options);
}
