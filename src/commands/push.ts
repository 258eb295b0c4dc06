import { defineCommand } from '../base/command.js';
import type { Context } from '../base/context.js';
import { formatBytes } from '../base/bytes.js';
import { input } from '../base/input.js';
import { withTask } from '../base/report.js';
import type { Layout } from '../image/layout/layout.js';
import type { CopyPlan, CopyResult, PlanOptions } from '../oci/copy.js';
import { copy, planCopy } from '../oci/copy.js';
import { checkTag, parseReference } from '../oci/reference.js';
import type { Repository } from '../registry/repository.js';
import { registryInputs } from './inputs/registry.js';
import type { RegistryValues } from '../release/registries.js';
import { regionInput } from './inputs/service.js';

/** Where an image goes; shared with `ship`. */
export const targetInputs = {
  to: input.string('Repository, with a tag if you like', {
    placeholder: 'REPOSITORY[:TAG]',
    required: true,
    key: 'push.to',
    check: (text) => parseReference(text),
  }),
  tag: input.list('Further tag', { placeholder: 'TAG', key: 'push.tag', check: (tag) => checkTag(tag) }),
} as const;

/** What a push needs to be allowed on ECR. */
export const pushNeeds = [
  { action: 'ecr:GetAuthorizationToken', resource: '*', why: 'to log in to the registry' },
  { action: 'ecr:BatchCheckLayerAvailability', resource: 'repository', why: 'to see which layers are there' },
  { action: 'ecr:InitiateLayerUpload', resource: 'repository', why: 'to send a layer' },
  { action: 'ecr:UploadLayerPart', resource: 'repository', why: 'to send a layer' },
  { action: 'ecr:CompleteLayerUpload', resource: 'repository', why: 'to send a layer' },
  { action: 'ecr:PutImage', resource: 'repository', why: 'to send the manifest' },
  {
    action: 'ecr:BatchGetImage',
    resource: 'repository',
    why: 'to use the layers of the previous image again',
    optional: true,
  },
  {
    action: 'ecr:GetDownloadUrlForLayer',
    resource: 'repository',
    why: 'to mount layers of a base image',
    optional: true,
  },
] as const;

export interface PushResult {
  /** `repository@sha256:…` */
  readonly reference: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly blobs: CopyResult['blobs'];
  readonly bytesUploaded: number;
  readonly requests: number;
}

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
  async run(values, context): Promise<PushResult> {
    const { openRegistry } = await import('../release/registries.js');
    const { openLayout } = await import('../image/layout/layout.js');
    const { layoutFolder } = await import('../release/make-image.js');
    const reference = parseReference(values.to, '--to');
    const tags = tagsOf(reference.tag, values.tag);
    const layout = await openLayout(layoutFolder(values.from, context));
    const repository = openRegistry(reference, context, values);
    return sendImage(
      { layout, repository, selector: 'latest', plan: { tags }, values, dryRun: values.dryRun ?? false },
      context,
    );
  },
  text: (result) => result.reference,
});

export interface Sending {
  readonly layout: Layout;
  readonly repository: Repository;
  readonly selector: string;
  readonly plan: PlanOptions;
  readonly values: RegistryValues;
  readonly dryRun: boolean;
  /** Bytes that went while the image was made. */
  readonly early?: number;
}

export async function sendImage(sending: Sending, context: Context): Promise<PushResult> {
  const { layout, repository } = sending;
  const plan = await planCopy(layout, sending.selector, sending.plan);
  if (sending.dryRun) return foretell(plan, repository);
  const total = plan.blobs.reduce((sum, blob) => sum + blob.size, 0);
  const result = await withTask(context, `Push to ${repository.name}`, async (task) => {
    let done = 0;
    const { openRegistry } = await import('../release/registries.js');
    const copied = await copy(plan, layout, repository, {
      signal: context.signal,
      sources: async (name) => openRegistry(name, context, sending.values),
      onBlob(blob) {
        done += blob.size;
        task.progress(done, total);
      },
    });
    task.detail(sentText(sending.early ?? 0, copied.bytesUploaded));
    return copied;
  });
  return {
    reference: `${repository.name}@${result.digest}`,
    digest: result.digest,
    tags: result.tags,
    blobs: result.blobs,
    bytesUploaded: result.bytesUploaded,
    requests: repository.stats().requests,
  };
}

/** Of the bytes that went while the image was made, and of those after it. */
function sentText(early: number, late: number): string {
  if (early === 0) return `${formatBytes(late)} sent`;
  const during = `${formatBytes(early)} sent during the build`;
  return late === 0 ? during : `${during}, ${formatBytes(late)} after it`;
}

async function foretell(plan: CopyPlan, repository: Repository): Promise<PushResult> {
  const root = plan.manifests.at(-1);
  const there = await Promise.all(plan.blobs.map((blob) => repository.has(blob)));
  const missing = plan.blobs.filter((_blob, at) => !there[at]);
  const digest = root?.digest ?? '';
  return {
    reference: `${repository.name}@${digest}`,
    digest,
    tags: plan.tags,
    blobs: { uploaded: missing.length, mounted: 0, existing: plan.proven.length + plan.blobs.length - missing.length },
    bytesUploaded: missing.reduce((sum, blob) => sum + blob.size, 0),
    requests: repository.stats().requests,
  };
}

/** The tag of the reference and the further ones, once each. */
export function tagsOf(own: string | undefined, further: readonly string[] | undefined): readonly string[] {
  return [...new Set([...(own === undefined ? [] : [own]), ...(further ?? [])])];
}
