import * as v from 'valibot';
import type { RepositorySettings, SandboxRepository } from '../registry/images.js';
import type { Operation } from '../service.js';
import { AwsFault } from '../service.js';
import { invalid, ofRepository, pageOfEcr, read, shapes } from './input.js';
import type { RegistryState } from './registry-state.js';
import { putLabels } from './labels.js';

const mutability = {
  imageTagMutability: v.optional(
    v.picklist(['MUTABLE', 'IMMUTABLE', 'IMMUTABLE_WITH_EXCLUSION', 'MUTABLE_WITH_EXCLUSION']),
  ),
  imageTagMutabilityExclusionFilters: v.optional(
    v.pipe(
      v.array(
        v.object({
          filterType: v.picklist(['WILDCARD']),
          filter: v.pipe(v.string(), v.minLength(1), v.maxLength(128), v.regex(/^[0-9a-zA-Z._*-]{1,128}$/)),
        }),
      ),
      v.minLength(1),
      v.maxLength(5),
    ),
  ),
};
type Mutability = v.InferOutput<v.ObjectSchema<typeof mutability, undefined>>;

const creation = v.object({
  ...ofRepository,
  ...mutability,
  tags: v.optional(shapes.tags),
  imageScanningConfiguration: v.optional(v.object({ scanOnPush: v.optional(v.boolean()) })),
  encryptionConfiguration: v.optional(
    v.object({
      encryptionType: v.picklist(['AES256', 'KMS', 'KMS_DSSE']),
      kmsKey: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(2048))),
    }),
  ),
});

const description = v.object({
  registryId: shapes.registryId,
  repositoryNames: v.optional(v.pipe(v.array(shapes.repositoryName), v.minLength(1), v.maxLength(100))),
  nextToken: shapes.nextToken,
  maxResults: shapes.maxResults,
});

/** Repositories: what they are, and which tags may move. */
export function repositoryOperations(state: RegistryState): Record<string, Operation> {
  const { setting, images } = state;

  function render(repository: SandboxRepository) {
    const { scanOnPush, encryption } = state.recordOf(repository);
    return {
      repositoryArn: state.arnOf(repository),
      ...state.placeOf(repository),
      repositoryUri: `${state.host()}/${repository.name}`,
      createdAt: repository.createdAt / 1000,
      ...mutabilityOf(repository),
      imageScanningConfiguration: { scanOnPush },
      encryptionConfiguration: encryption,
    };
  }

  return {
    CreateRepository(input) {
      const { repositoryName, registryId, tags = [], ...asked } = read(creation, input);
      if (registryId !== undefined && registryId !== setting.accountId)
        throw invalid('registryId', 'must be the registry of the caller');
      const { encryptionConfiguration: encryption } = asked;
      if (encryption?.encryptionType === 'AES256' && encryption.kmsKey !== undefined)
        throw invalid('encryptionConfiguration', 'kmsKey may be given with KMS only');
      if (images.repositories.has(repositoryName))
        throw new AwsFault(
          'RepositoryAlreadyExistsException',
          `The repository with name '${repositoryName}' already exists in the registry with id '${setting.accountId}'`,
        );
      const settings = settingsOf(asked);
      const labels = putLabels(new Map(), tags);
      const repository = images.create(repositoryName, settings);
      Object.assign(state.recordOf(repository), {
        scanOnPush: asked.imageScanningConfiguration?.scanOnPush ?? false,
        labels,
        ...(encryption && { encryption: encryptionOf(encryption, setting) }),
      });
      return { repository: render(repository) };
    },
    DescribeRepositories(input) {
      const { registryId, repositoryNames, ...page } = read(description, input);
      if (repositoryNames && (page.nextToken !== undefined || page.maxResults !== undefined))
        throw invalid('maxResults', 'cannot be used when you specify repositories with repositoryNames');
      const named = repositoryNames?.map((name) => state.requireRepository({ repositoryName: name, registryId }));
      const all = [...images.repositories.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      const { items, more } = named ? { items: named, more: {} } : pageOfEcr(all, page, setting);
      return { repositories: items.map(render), ...more };
    },
    DeleteRepository(input) {
      const { force, ...named } = read(v.object({ ...ofRepository, force: v.optional(v.boolean()) }), input);
      const repository = state.requireRepository(named);
      if (repository.manifests.size > 0 && force !== true)
        throw new AwsFault(
          'RepositoryNotEmptyException',
          `The repository with name '${repository.name}' in registry with id '${setting.accountId}' cannot be deleted because it still contains images`,
        );
      images.repositories.delete(repository.name);
      return { repository: render(repository) };
    },
    PutImageTagMutability(input) {
      const { imageTagMutability } = mutability;
      const asked = read(
        v.object({ ...ofRepository, ...mutability, imageTagMutability: imageTagMutability.wrapped }),
        input,
      );
      const repository = state.requireRepository(asked);
      repository.settings = settingsOf(asked);
      return { ...state.placeOf(repository), ...mutabilityOf(repository) };
    },
  };
}

function settingsOf(asked: Mutability): RepositorySettings {
  const { imageTagMutability: tagMutability = 'MUTABLE', imageTagMutabilityExclusionFilters: filters = [] } = asked;
  if (tagMutability.endsWith('_WITH_EXCLUSION') !== filters.length > 0)
    throw invalid(
      'imageTagMutabilityExclusionFilters',
      'must be given with a mutability WITH_EXCLUSION, and only then',
    );
  return { tagMutability, exclusions: filters.map(({ filter }) => filter) };
}

function encryptionOf(
  { encryptionType, kmsKey }: { readonly encryptionType: string; readonly kmsKey?: string | undefined },
  { region, accountId }: RegistryState['setting'],
) {
  if (encryptionType === 'AES256') return { encryptionType };
  // The key that AWS manages for ECR, when none is named.
  return {
    encryptionType,
    kmsKey: kmsKey ?? `arn:aws:kms:${region}:${accountId}:key/00000000-0000-4000-8000-000000000ecc`,
  };
}

function mutabilityOf({ settings }: SandboxRepository): Record<string, unknown> {
  return {
    imageTagMutability: settings.tagMutability,
    ...(settings.exclusions.length > 0 && {
      imageTagMutabilityExclusionFilters: settings.exclusions.map((filter) => ({ filterType: 'WILDCARD', filter })),
    }),
  };
}
