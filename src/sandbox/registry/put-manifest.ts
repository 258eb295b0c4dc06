import type { Digest } from '../../oci/digest.js';
import { digestOf } from '../../oci/digest.js';
import { isIndex, parseImageIndex, parseImageManifest } from '../../oci/manifest.js';
import type { SandboxRepository } from './images.js';
import { AwsFault } from '../service.js';

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html */
export const LARGEST_MANIFEST = 4_194_304;

/** Stores a manifest as ECR does, or throws what its PutImage would. */
export function putManifest(
  repository: SandboxRepository,
  manifest: { readonly bytes: Buffer; readonly mediaType: string; readonly pushedAt: number },
  tag: string | undefined,
): Digest {
  if (manifest.bytes.length > LARGEST_MANIFEST)
    throw new AwsFault('InvalidParameterException', `The image manifest is longer than ${LARGEST_MANIFEST} characters`);
  const raw = { ...manifest, digest: digestOf(manifest.bytes) };
  refuseMissing(repository, raw);
  if (tag !== undefined) {
    // ECR refuses it even with the same digest (aws/containers-roadmap#2380).
    if (repository.tags.has(tag) && isImmutable(repository, tag))
      throw new AwsFault(
        'ImageTagAlreadyExistsException',
        `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`,
      );
    repository.tags.set(tag, raw.digest);
  }
  repository.manifests.set(raw.digest, raw);
  return raw.digest;
}

function refuseMissing(
  repository: SandboxRepository,
  raw: { readonly digest: Digest; readonly bytes: Buffer; readonly mediaType: string },
): void {
  if (isIndex(raw)) {
    const child = parsed(() => parseImageIndex(raw)).manifests.find((entry) => !repository.manifests.has(entry.digest));
    if (!child) return;
    throw new AwsFault(
      'ReferencedImagesNotFoundException',
      `Images with digests '[${child.digest}]' required for pushing image into repository with name '${repository.name}' do not exist`,
    );
  }
  const { config, layers } = parsed(() => parseImageManifest(raw));
  const missing = [config, ...layers].filter((blob) => !repository.blobs.has(blob.digest)).map((blob) => blob.digest);
  if (missing.length === 0) return;
  throw new AwsFault(
    'LayersNotFoundException',
    `Layers with digests '[${missing.join(', ')}]' required for pushing image into repository with name '${repository.name}' do not exist`,
  );
}

function parsed<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    throw new AwsFault('InvalidParameterException', `Invalid image manifest: ${(error as Error).message}`);
  }
}

function isImmutable(repository: SandboxRepository, tag: string): boolean {
  const { tagMutability, exclusions } = repository.settings;
  const excluded = exclusions.some((filter) => wildcard(filter).test(tag));
  if (tagMutability === 'IMMUTABLE_WITH_EXCLUSION') return !excluded;
  if (tagMutability === 'MUTABLE_WITH_EXCLUSION') return excluded;
  return tagMutability === 'IMMUTABLE';
}

function wildcard(filter: string): RegExp {
  return new RegExp(`^${filter.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
}
