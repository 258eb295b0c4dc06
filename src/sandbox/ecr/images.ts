import type { Digest } from '../../oci/digest.js';
import { digestOf } from '../../oci/digest.js';
import { isIndex, parseImageManifest } from '../../oci/manifest.js';
import type { ImageStore, SandboxRepository, StoredManifest } from '../registry/images.js';
import { putManifest } from '../registry/put-manifest.js';
import type { Operation, World } from '../service.js';
import { AwsFault } from '../service.js';

interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

type Input = Readonly<Record<string, unknown>>;

/** What the ECR API says of the images of a repository. */
export function imageOperations(
  world: World,
  images: ImageStore,
  requireRepository: (input: Input) => SandboxRepository,
): Record<string, Operation> {
  const place = (repository: SandboxRepository) => ({
    registryId: world.accountId,
    repositoryName: repository.name,
  });
  return {
    DescribeImages(input) {
      const repository = requireRepository(input);
      const ids = input.imageIds as readonly ImageId[] | undefined;
      const chosen = ids
        ? ids.map((id) => pick(repository, id))
        : [...repository.manifests.values()].filter(wanted(input, repository));
      const details = chosen.map((manifest) => {
        if (!manifest) throw new AwsFault('ImageNotFoundException', 'The image requested does not exist.');
        const imageTags = tagsOf(repository, manifest.digest);
        return {
          ...place(repository),
          imageDigest: manifest.digest,
          imageSizeInBytes: sizeOf(manifest),
          imagePushedAt: manifest.pushedAt / 1000,
          imageManifestMediaType: manifest.mediaType,
          ...(imageTags.length > 0 && { imageTags }),
        };
      });
      const { page, more } = pageOf(details, input);
      return { imageDetails: page, ...more };
    },
    ListImages(input) {
      const repository = requireRepository(input);
      const ids = [...repository.manifests.values()].filter(wanted(input, repository)).flatMap(({ digest }) => {
        const tags = tagsOf(repository, digest);
        return tags.length === 0
          ? [{ imageDigest: digest }]
          : tags.map((imageTag) => ({ imageDigest: digest, imageTag }));
      });
      const { page, more } = pageOf(ids, input);
      return { imageIds: page, ...more };
    },
    BatchGetImage(input) {
      const repository = requireRepository(input);
      const ids = (input.imageIds as readonly ImageId[] | undefined) ?? [];
      return {
        images: ids.flatMap((id) => {
          const manifest = pick(repository, id);
          return manifest ? [{ ...place(repository), ...shown(manifest, id.imageTag) }] : [];
        }),
        failures: ids.filter((id) => !pick(repository, id)).map(notFound),
      };
    },
    PutImage(input) {
      const repository = requireRepository(input);
      const bytes = Buffer.from(String(input.imageManifest));
      const tag = input.imageTag as string | undefined;
      const known = (text: string) => /"mediaType"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? '';
      const mediaType = (input.imageManifestMediaType as string | undefined) ?? known(String(input.imageManifest));
      const unchanged = tag === undefined ? digestOf(bytes) : repository.tags.get(tag);
      if (unchanged === digestOf(bytes) && repository.manifests.has(unchanged))
        throw new AwsFault(
          'ImageAlreadyExistsException',
          `Image with digest '${unchanged}' and tag '${tag ?? ''}' already exists in the repository with name '${repository.name}' in registry with id '${world.accountId}'`,
        );
      const digest = putManifest(repository, { bytes, mediaType, pushedAt: world.clock.now() }, tag);
      const manifest = repository.manifests.get(digest);
      return { image: { ...place(repository), ...(manifest && shown(manifest, tag)) } };
    },
    BatchDeleteImage(input) {
      const repository = requireRepository(input);
      const ids = (input.imageIds as readonly ImageId[] | undefined) ?? [];
      const found = ids.flatMap((id) => {
        const manifest = pick(repository, id);
        return manifest ? [{ id, digest: manifest.digest }] : [];
      });
      const failures = ids.filter((id) => !pick(repository, id)).map(notFound);
      for (const { id, digest } of found) {
        const gone = id.imageTag === undefined ? tagsOf(repository, digest) : [id.imageTag];
        for (const tag of gone) repository.tags.delete(tag);
        // An image goes with its last tag.
        if (tagsOf(repository, digest).length === 0) repository.manifests.delete(digest);
      }
      return { imageIds: found.map(({ id, digest }) => ({ ...id, imageDigest: digest })), failures };
    },
    async BatchCheckLayerAvailability(input) {
      const repository = requireRepository(input);
      const digests = (input.layerDigests as Digest[] | undefined) ?? [];
      const layers = digests.map(async (layerDigest) =>
        repository.blobs.has(layerDigest)
          ? { layerDigest, layerAvailability: 'AVAILABLE', layerSize: await images.size(layerDigest) }
          : { layerDigest, layerAvailability: 'UNAVAILABLE' },
      );
      return { layers: await Promise.all(layers), failures: [] };
    },
  };
}

function pick(repository: SandboxRepository, id: ImageId): StoredManifest | undefined {
  const digest = id.imageDigest ?? repository.tags.get(id.imageTag ?? '');
  return digest === undefined ? undefined : repository.manifests.get(digest as Digest);
}

function tagsOf(repository: SandboxRepository, digest: Digest): string[] {
  return [...repository.tags].filter(([, of]) => of === digest).map(([tag]) => tag);
}

function wanted(input: Input, repository: SandboxRepository): (manifest: StoredManifest) => boolean {
  const { tagStatus = 'ANY' } = (input.filter ?? {}) as { tagStatus?: string };
  return ({ digest }) => tagStatus === 'ANY' || (tagStatus === 'TAGGED') === tagsOf(repository, digest).length > 0;
}

function shown(manifest: StoredManifest, imageTag: string | undefined): Record<string, unknown> {
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

function notFound(imageId: ImageId): Record<string, unknown> {
  return { imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' };
}

export function pageOf<Item>(
  items: readonly Item[],
  input: Input,
): { page: readonly Item[]; more: { nextToken?: string } } {
  const from = Number(input.nextToken ?? 0);
  const page = items.slice(from, from + Number(input.maxResults ?? 100));
  const next = from + page.length;
  return { page, more: next < items.length ? { nextToken: String(next) } : {} };
}
