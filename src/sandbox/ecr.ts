import { randomBytes } from 'node:crypto';
import type { Digest } from '../oci/digest.js';
import type { ImageStore, SandboxRepository } from './images.js';
import type { EmulatedService, World } from './service.js';
import { AwsFault } from './service.js';

const TWELVE_HOURS = 43_200_000;

export interface EmulatedEcr extends EmulatedService {
  admits(username: string, password: string): boolean;
  mountingEnabled(): boolean;
}

/** The ECR API as far as a release uses it. Passwords live twelve hours by the sandbox's clock. */
export function createEcr(world: World, images: ImageStore, host: () => string): EmulatedEcr {
  const passwords = new Map<string, number>();
  const settings = new Map<string, string>([['BLOB_MOUNTING', 'DISABLED']]);

  const require = (input: Readonly<Record<string, unknown>>): SandboxRepository => {
    const repository = images.repositories.get(String(input.repositoryName));
    if (repository) return repository;
    throw new AwsFault(
      'RepositoryNotFoundException',
      `The repository with name '${String(input.repositoryName)}' does not exist in the registry with id '${world.accountId}'`,
    );
  };
  const render = (repository: SandboxRepository) => ({
    repositoryArn: `arn:aws:ecr:${world.region}:${world.accountId}:repository/${repository.name}`,
    registryId: world.accountId,
    repositoryName: repository.name,
    repositoryUri: `${host()}/${repository.name}`,
    createdAt: repository.createdAt / 1000,
    imageTagMutability: repository.settings.tagMutability,
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: 'AES256' },
  });
  const pick = (repository: SandboxRepository, id: { imageDigest?: string; imageTag?: string }) => {
    const digest = (id.imageDigest ?? repository.tags.get(id.imageTag ?? '')) as Digest | undefined;
    return digest && repository.manifests.get(digest);
  };

  return {
    name: 'ecr',
    target: 'AmazonEC2ContainerRegistry_V20150921',
    admits: (username, password) => username === 'AWS' && (passwords.get(password) ?? 0) > world.clock.now(),
    mountingEnabled: () => settings.get('BLOB_MOUNTING') === 'ENABLED',
    operations: {
      GetAuthorizationToken() {
        const password = randomBytes(48).toString('base64');
        const expiresAt = world.clock.now() + TWELVE_HOURS;
        passwords.set(password, expiresAt);
        const authorizationToken = Buffer.from(`AWS:${password}`).toString('base64');
        return {
          authorizationData: [{ authorizationToken, expiresAt: expiresAt / 1000, proxyEndpoint: `http://${host()}` }],
        };
      },
      CreateRepository(input) {
        const name = String(input.repositoryName);
        if (!/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name))
          throw new AwsFault(
            'InvalidParameterException',
            `Invalid parameter at 'repositoryName' failed to satisfy constraint: '${name}'`,
          );
        if (images.repositories.has(name))
          throw new AwsFault(
            'RepositoryAlreadyExistsException',
            `The repository with name '${name}' already exists in the registry with id '${world.accountId}'`,
          );
        return {
          repository: render(
            images.create(name, { tagMutability: input.imageTagMutability === 'IMMUTABLE' ? 'IMMUTABLE' : 'MUTABLE' }),
          ),
        };
      },
      DescribeRepositories(input) {
        const names = input.repositoryNames as string[] | undefined;
        const found = names
          ? names.map((name) => require({ repositoryName: name }))
          : [...images.repositories.values()];
        return { repositories: found.map(render) };
      },
      DeleteRepository(input) {
        const repository = require(input);
        if (repository.manifests.size > 0 && input.force !== true)
          throw new AwsFault(
            'RepositoryNotEmptyException',
            `The repository with name '${repository.name}' cannot be deleted because it still contains images`,
          );
        images.repositories.delete(repository.name);
        return { repository: render(repository) };
      },
      PutImageTagMutability(input) {
        const repository = require(input);
        repository.settings = { tagMutability: input.imageTagMutability === 'IMMUTABLE' ? 'IMMUTABLE' : 'MUTABLE' };
        return {
          registryId: world.accountId,
          repositoryName: repository.name,
          imageTagMutability: repository.settings.tagMutability,
        };
      },
      DescribeImages(input) {
        const repository = require(input);
        const ids = input.imageIds as { imageDigest?: string; imageTag?: string }[] | undefined;
        const chosen = ids ? ids.map((id) => pick(repository, id)) : [...repository.manifests.values()];
        if (chosen.includes(undefined))
          throw new AwsFault('ImageNotFoundException', 'The image requested does not exist.');
        return {
          imageDetails: chosen.flatMap((manifest) => {
            if (!manifest) return [];
            const imageTags = [...repository.tags]
              .filter(([, digest]) => digest === manifest.digest)
              .map(([tag]) => tag);
            return [
              {
                registryId: world.accountId,
                repositoryName: repository.name,
                imageDigest: manifest.digest,
                imageSizeInBytes: manifest.bytes.length,
                imagePushedAt: manifest.pushedAt / 1000,
                imageManifestMediaType: manifest.mediaType,
                ...(imageTags.length > 0 && { imageTags }),
              },
            ];
          }),
        };
      },
      ListImages(input) {
        const repository = require(input);
        return { imageIds: [...repository.tags].map(([imageTag, imageDigest]) => ({ imageDigest, imageTag })) };
      },
      BatchGetImage(input) {
        const repository = require(input);
        const ids = (input.imageIds as { imageDigest?: string; imageTag?: string }[] | undefined) ?? [];
        const found = ids.flatMap((id) => {
          const manifest = pick(repository, id);
          return manifest
            ? [
                {
                  registryId: world.accountId,
                  repositoryName: repository.name,
                  imageId: { ...id, imageDigest: manifest.digest },
                  imageManifest: Buffer.from(manifest.bytes).toString('utf8'),
                  imageManifestMediaType: manifest.mediaType,
                },
              ]
            : [];
        });
        const missing = ids.filter((id) => !pick(repository, id));
        return {
          images: found,
          failures: missing.map((imageId) => ({
            imageId,
            failureCode: 'ImageNotFound',
            failureReason: 'Requested image not found',
          })),
        };
      },
      BatchCheckLayerAvailability(input) {
        const repository = require(input);
        const digests = (input.layerDigests as Digest[] | undefined) ?? [];
        return {
          layers: digests.map((layerDigest) => ({
            layerDigest,
            layerAvailability: repository.blobs.has(layerDigest) ? 'AVAILABLE' : 'UNAVAILABLE',
          })),
          failures: [],
        };
      },
      PutAccountSetting(input) {
        settings.set(String(input.name), String(input.value));
        return { name: input.name, value: input.value };
      },
      GetAccountSetting: (input) => ({ name: input.name, value: settings.get(String(input.name)) ?? 'DISABLED' }),
    },
  };
}
