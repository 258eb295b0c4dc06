import type { Digest } from '../../oci/digest.js';
import { isIndex, parseImageIndex } from '../../oci/manifest.js';
import type { SandboxRepository, StoredManifest } from '../registry/images.js';
import type { ImageId } from './input.js';

/** Why an image that was asked for is not given: ECR's code and reason. */
export interface ImageFailure {
  readonly imageId: ImageId;
  readonly failureCode: string;
  readonly failureReason: string;
}

/** The image that an id names, or what ECR says of the id. */
export function chooseImage(repository: SandboxRepository, imageId: ImageId): StoredManifest | ImageFailure {
  const { imageDigest, imageTag } = imageId;
  const fail = (failureCode: string, failureReason: string) => ({ imageId, failureCode, failureReason });
  if (imageDigest === undefined && imageTag === undefined)
    return fail('MissingDigestAndTag', 'Invalid request parameters: both tag and digest cannot be null');
  if (imageDigest !== undefined && !/^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$/.test(imageDigest))
    return fail(
      'InvalidImageDigest',
      "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
    );
  const tagged = imageTag === undefined ? undefined : repository.tags.get(imageTag);
  const found = repository.manifests.get((imageDigest ?? tagged ?? '') as Digest);
  if (!found || (imageTag !== undefined && tagged === undefined))
    return fail('ImageNotFound', 'Requested image not found');
  if (imageTag !== undefined && tagged !== found.digest)
    return fail('ImageTagDoesNotMatchDigest', 'Tag is not associated with the given digest');
  return found;
}

export function tagsOf(repository: SandboxRepository, digest: Digest): string[] {
  return [...repository.tags].filter(([, of]) => of === digest).map(([tag]) => tag);
}

/** Whether a filter of ListImages and its like lets an image through. */
export function wantedBy(
  filter: { readonly tagStatus?: string | undefined } | undefined,
  repository: SandboxRepository,
): (manifest: StoredManifest) => boolean {
  const tagStatus = filter?.tagStatus ?? 'ANY';
  return ({ digest }) => tagStatus === 'ANY' || (tagStatus === 'TAGGED') === tagsOf(repository, digest).length > 0;
}

/** Indexes of the repository that an image belongs to. */
export function indexesWith(repository: SandboxRepository, digest: Digest): readonly StoredManifest[] {
  return [...repository.manifests.values()].filter(
    (raw) => isIndex(raw) && parseImageIndex(raw).manifests.some((child) => child.digest === digest),
  );
}
