import { defineCommand } from '../base/command.js';
import { InputError } from '../base/errors.js';
import { input } from '../base/input.js';
import { builderChoices } from '../image/builders/index.js';
import type { MadeImage } from '../image/make-image.js';
import { DIFF_ID } from '../oci/manifest.js';
import { formatPlatform, parsePlatform } from '../oci/platform.js';
import type { Reference } from '../oci/reference.js';
import { checkTag, parseReference } from '../oci/reference.js';
import type { PushResult } from '../release/send.js';
import { tagsOf } from '../release/send.js';
import { pushNeeds } from './inputs/target.js';
import { registryInputs } from './inputs/registry.js';
import { regionInput } from './inputs/service.js';

function checkVariable(name: string): void {
  if (/^[A-Za-z_][\w-]*$/.test(name)) return;
  throw new InputError({ where: '', message: `${JSON.stringify(name)} is no name of a variable` });
}

/** What the image is made of; shared with `ship`. */
export const imageInputs = {
  app: input.path('Folder of the app', { placeholder: 'DIR', default: '.', key: 'build.app' }),
  builder: input.choice('How the app is packed; `auto` looks at the folder', builderChoices, {
    default: 'auto',
    key: 'build.builder',
  }),
  base: input.string('Base image of a registry, or `oci:DIR[:TAG]` for a layout; public Node 22 slim when left out', {
    placeholder: 'REF',
    key: 'build.base',
    check: (text) => text.startsWith('oci:') || parseReference(text),
  }),
  platform: input.list('Platform of the image; several make an index', {
    placeholder: 'OS/ARCH',
    default: ['linux/amd64'],
    key: 'build.platform',
    check: (text) => parsePlatform(text),
  }),
  label: input.pairs('Label of the image', { placeholder: 'K=V', key: 'build.label' }),
  user: input.string('User that runs the image, as `uid:gid`; `1000:1000` when left out', {
    placeholder: 'USER',
    key: 'build.user',
  }),
  entrypoint: input.list('Words of the program that runs, one flag for each', {
    placeholder: 'WORD',
    key: 'build.entrypoint',
  }),
  compression: input.choice('How layers are compressed; zstd needs Node 22.15', ['gzip', 'zstd'], {
    default: 'gzip',
    key: 'build.compression',
  }),
  include: input.list('File to pack although it looks like a secret, relative to the app', {
    placeholder: 'FILE',
    key: 'build.include',
  }),
  'pass-env': input.list(
    'Variable that the build script of the app gets although it may hold a secret, as `AWS_ACCESS_KEY_ID`',
    { placeholder: 'NAME', key: 'build.pass-env', check: checkVariable },
  ),
  output: input.path('Folder of the OCI layout; `.lading/image` when left out', {
    placeholder: 'DIR',
    key: 'build.output',
  }),
  'cache-from': input.string('Tag or digest in the target whose layers are used again', {
    placeholder: 'TAG',
    key: 'build.cache-from',
  }),
  ...registryInputs,
  ...regionInput,
} as const;

export interface BuildResult {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly platform: string | readonly string[];
  readonly layers: readonly {
    readonly digest: string;
    readonly diffId: string | undefined;
    readonly size: number;
    readonly kind: string;
    readonly files: number | undefined;
  }[];
  /** What `push` would have said; only with `--push`. */
  readonly pushed?: PushResult;
}

export const build = defineCommand({
  name: 'build',
  summary: 'Makes an image from the working tree, as an OCI layout, without Docker',
  description: [
    "A Next.js app must be built with `output: 'standalone'`; lading runs its build script when it is not built yet. A Node service is packed with the packages that it needs in production. Equal files give an equal digest, on any computer and at any time.",
    'Secrets (`.env*`, `.git`, `.npmrc`, keys) are left out unless `--include` names them.',
    'With `--to` the layout holds only what that repository lacks. With `--push` the image goes there in the same run: each layer is sent while the next one is made.',
  ].join('\n\n'),
  inputs: {
    ...imageInputs,
    env: input.pairs('Environment variable in the image', { placeholder: 'K=V', key: 'build.env' }),
    to: input.string('Repository that the image will go to: what it holds is not made again', {
      placeholder: 'REPOSITORY',
      key: false,
      check: (text) => parseReference(text),
    }),
    push: input.boolean('Send the image to `--to`, too', { key: false }),
    tag: input.list('Further tag for `--push`', { placeholder: 'TAG', key: false, check: (tag) => checkTag(tag) }),
    pin: input.boolean('Write the base image with its digest into lading.yml', { key: false }),
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
    { command: 'lading build --json', about: 'Digest and layers as JSON' },
  ],
  action: true,
  async run(values, context): Promise<BuildResult> {
    const { tags, to } = checkPush(values);
    const { buildAndPush } = await import('../release/build.js');
    const { layoutFolder } = await import('../release/app-image.js');
    const base = values.pin ? await pinBase(values.base, context, values) : values.base;
    const platform = values.platform.map((text) => parsePlatform(text, '--platform'));
    const { made, pushed } = await buildAndPush(
      {
        values: { ...values, base, platform, imageEnv: values.env },
        layout: layoutFolder(values.output, context),
        to,
        push: values.push ?? false,
        tags,
        cacheFrom: values.cacheFrom,
      },
      context,
    );
    return { ...describeBuild(made), ...(pushed && { pushed }) };
  },
  text: (result) => result.pushed?.reference ?? result.digest,
});

/** Where the image goes, with the tags of `--push`, or what is wrong with it. */
function checkPush(values: {
  readonly to: string | undefined;
  readonly push: boolean | undefined;
  readonly tag: readonly string[] | undefined;
}): { readonly to: Reference | undefined; readonly tags: readonly string[] } {
  if (values.push && values.to === undefined) {
    throw new InputError({ where: '--push', message: 'it is not said where to', hint: 'Add --to REPOSITORY[:TAG].' });
  }
  if (values.tag && !values.push) {
    throw new InputError({
      where: '--tag',
      message: 'a tag stands in a registry',
      hint: 'Add --push to send the image.',
    });
  }
  const to = values.to === undefined ? undefined : parseReference(values.to, '--to');
  return { to, tags: to ? tagsOf(to.tag, values.tag) : [] };
}

async function pinBase(
  base: string | undefined,
  context: Parameters<typeof build.run>[1],
  values: { readonly region?: string | undefined },
) {
  const { writePin } = await import('../release/pin.js');
  return writePin(base, context, values);
}

export function describeBuild(made: MadeImage): BuildResult {
  const [first] = made.images;
  const layers = (first ? [...first.base.layers] : []).map((layer) => ({
    digest: layer.digest,
    diffId: layer.annotations?.[DIFF_ID],
    size: layer.size,
    kind: 'base',
    files: undefined as number | undefined,
  }));
  for (const layer of first?.layers ?? []) {
    const { digest, size } = layer.descriptor;
    layers.push({ digest, diffId: layer.diffId, size, kind: layer.kind, files: layer.files });
  }
  const platforms = made.images.map((image) => formatPlatform(image.platform));
  return {
    digest: made.root.digest,
    mediaType: made.root.mediaType,
    size: made.images.reduce((sum, image) => sum + image.size, 0),
    platform: platforms.length === 1 ? (platforms[0] as string) : platforms,
    layers,
  };
}
