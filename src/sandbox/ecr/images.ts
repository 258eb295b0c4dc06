import * as v from 'valibot';
import { digestOf } from '../../oci/digest.js';
import { isIndex, parseImageIndex, parseImageManifest } from '../../oci/manifest.js';
import type { SandboxRepository, StoredManifest } from '../registry/images.js';
import { putManifest } from '../registry/put-manifest.js';
import type { Operation } from '../service.js';
import { AwsFault } from '../service.js';
import type { ImageFailure } from './image-choice.js';
import { chooseImage, indexesWith, tagsOf, wantedBy } from './image-choice.js';
import type { ImageId } from './input.js';
import { invalid, manyImageIds, ofRepository, pageOfEcr, read, shapes } from './input.js';
import type { RegistryState } from './registry-state.js';

const listing = { nextToken: shapes.nextToken, maxResults: shapes.maxResults, filter: shapes.tagStatus };

const putting = v.object({
  ...ofRepository,
  imageManifest: v.pipe(v.string(), v.minLength(1), v.maxLength(4_194_304)),
  imageManifestMediaType: v.optional(v.string()),
  imageTag: shapes.imageId.entries.imageTag,
  imageDigest: v.optional(v.string()),
});

/** What the ECR API says of the images of a repository. */
export function imageOperations(state: RegistryState): Record<string, Operation> {
  const { setting } = state;

  return {
    DescribeImages(input) {
      const { imageIds, filter, ...asked } = read(
        v.object({ ...ofRepository, ...listing, imageIds: v.optional(manyImageIds) }),
        input,
      );
      const repository = state.requireRepository(asked);
      const chosen = imageIds
        ? imageIds.map((id) => requireImage(repository, id))
        : [...repository.manifests.values()].filter(wantedBy(filter, repository));
      const { items, more } = imageIds ? { items: chosen, more: {} } : pageOfEcr(chosen, asked, setting);
      return {
        imageDetails: items.map((manifest) => ({ ...state.placeOf(repository), ...detailOf(repository, manifest) })),
        ...more,
      };
    },
    ListImages(input) {
      const { filter, ...asked } = read(v.object({ ...ofRepository, ...listing }), input);
      const repository = state.requireRepository(asked);
      const ids = [...repository.manifests.values()].filter(wantedBy(filter, repository)).flatMap(({ digest }) => {
        const tags = tagsOf(repository, digest);
        return tags.length === 0
          ? [{ imageDigest: digest }]
          : tags.map((imageTag) => ({ imageDigest: digest, imageTag }));
      });
      const { items, more } = pageOfEcr(ids, asked, setting);
      return { imageIds: items, ...more };
    },
    BatchGetImage(input) {
      const acceptedMediaTypes = v.optional(v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(100)));
      const asked = read(v.object({ ...ofRepository, imageIds: manyImageIds, acceptedMediaTypes }), input);
      const repository = state.requireRepository(asked);
      const found = asked.imageIds.map((id) => ({ id, image: chooseImage(repository, id) }));
      return {
        images: found.flatMap(({ id, image }) =>
          isFailure(image) ? [] : [{ ...state.placeOf(repository), ...shown(image, id.imageTag) }],
        ),
        failures: found.flatMap(({ image }) => (isFailure(image) ? [image] : [])),
      };
    },
    PutImage(input) {
      const { imageManifest, imageTag, imageDigest, ...asked } = read(putting, input);
      const repository = state.requireRepository(asked);
      const bytes = Buffer.from(imageManifest);
      const digest = digestOf(bytes);
      if (imageDigest !== undefined && imageDigest !== digest)
        throw new AwsFault(
          'ImageDigestDoesNotMatchException',
          `The provided image digest ${imageDigest} does not match the computed digest ${digest}`,
        );
      const mediaType = asked.imageManifestMediaType ?? mediaTypeIn(imageManifest);
      if (mediaType === '')
        throw invalid('ImageManifest', 'Manifest mediaType is required, in the manifest or as imageManifestMediaType');
      const unchanged = imageTag === undefined ? digest : repository.tags.get(imageTag);
      if (unchanged === digest && repository.manifests.has(digest))
        throw new AwsFault(
          'ImageAlreadyExistsException',
          `Image with digest '${digest}' and tag '${imageTag ?? ''}' already exists in the repository with name '${repository.name}' in registry with id '${setting.accountId}'`,
        );
      const manifest = { bytes, mediaType, pushedAt: setting.clock.now() };
      putManifest(repository, manifest, imageTag);
      return { image: { ...state.placeOf(repository), ...shown({ ...manifest, digest }, imageTag) } };
    },
    BatchDeleteImage(input) {
      const asked = read(v.object({ ...ofRepository, imageIds: manyImageIds }), input);
      const repository = state.requireRepository(asked);
      const results = asked.imageIds.map((id) => deleteImage(repository, id));
      return {
        imageIds: results.flatMap((result) => ('failureCode' in result ? [] : [result])),
        failures: results.flatMap((result) => ('failureCode' in result ? [result] : [])),
      };
    },
  };

  function requireImage(repository: SandboxRepository, id: ImageId): StoredManifest {
    const image = chooseImage(repository, id);
    if (!isFailure(image)) return image;
    if (image.failureCode !== 'ImageNotFound' && image.failureCode !== 'ImageTagDoesNotMatchDigest')
      throw invalid('imageIds', image.failureReason);
    const { imageDigest = 'null', imageTag = 'null' } = id;
    throw new AwsFault(
      'ImageNotFoundException',
      `The image with imageId {imageDigest:'${imageDigest}', imageTag:'${imageTag}'} does not exist within the repository with name '${repository.name}' in the registry with id '${setting.accountId}'`,
    );
  }
}

/** A tag goes alone while there are others; with the last one goes the image. */
function deleteImage(repository: SandboxRepository, imageId: ImageId): ImageId | ImageFailure {
  const image = chooseImage(repository, imageId);
  if (isFailure(image)) return image;
  const tags = tagsOf(repository, image.digest);
  const gone = imageId.imageTag === undefined ? tags : [imageId.imageTag];
  const isLast = gone.length === tags.length;
  const [index] = isLast ? indexesWith(repository, image.digest) : [];
  if (index)
    return {
      imageId,
      failureCode: 'ImageReferencedByManifestList',
      failureReason: `Requested image referenced by manifest list: [${index.digest}]`,
    };
  for (const tag of gone) repository.tags.delete(tag);
  if (isLast) repository.manifests.delete(image.digest);
  return { ...imageId, imageDigest: image.digest };
}

function isFailure(image: StoredManifest | ImageFailure): image is ImageFailure {
  return 'failureCode' in image;
}

function detailOf(repository: SandboxRepository, manifest: StoredManifest): Record<string, unknown> {
  const imageTags = tagsOf(repository, manifest.digest);
  const { artifactMediaType, subject } = artifactOf(manifest);
  return {
    imageDigest: manifest.digest,
    imageSizeInBytes: sizeOf(manifest),
    imagePushedAt: manifest.pushedAt / 1000,
    imageManifestMediaType: manifest.mediaType,
    imageStatus: 'ACTIVE',
    ...(artifactMediaType !== undefined && { artifactMediaType }),
    ...(subject && { subjectManifestDigest: subject.digest }),
    ...(imageTags.length > 0 && { imageTags }),
  };
}

/** What it is, and what it is about. */
function artifactOf(manifest: StoredManifest) {
  if (isIndex(manifest)) {
    const { artifactType: artifactMediaType, subject } = parseImageIndex(manifest);
    return { artifactMediaType, subject };
  }
  const { artifactType, config, subject } = parseImageManifest(manifest);
  return { artifactMediaType: artifactType ?? config.mediaType, subject };
}

function shown(manifest: Omit<StoredManifest, 'pushedAt'>, imageTag: string | undefined): Record<string, unknown> {
  return {
    imageId: { imageDigest: manifest.digest, ...(imageTag !== undefined && { imageTag }) },
    imageManifest: Buffer.from(manifest.bytes).toString('utf8'),
    imageManifestMediaType: manifest.mediaType,
  };
}

/** The blobs of an image as they are stored; an index has none of its own. */
function sizeOf(manifest: StoredManifest): number {
  if (isIndex(manifest)) return manifest.bytes.length;
  const { config, layers } = parseImageManifest(manifest);
  return [config, ...layers].reduce((sum, blob) => sum + blob.size, 0);
}

function mediaTypeIn(manifest: string): string {
  try {
    return String((JSON.parse(manifest) as { mediaType?: unknown } | null)?.mediaType ?? '');
  } catch {
    return '';
  }
}
