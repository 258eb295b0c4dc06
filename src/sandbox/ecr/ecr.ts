import { createHash, randomBytes } from 'node:crypto';
import { imageOperations, pageOf } from './images.js';
import type { ImageStore, RepositorySettings, SandboxRepository } from '../registry/images.js';
import type { Login } from '../registry/registry.js';
import type { EmulatedService, World } from '../service.js';
import { AwsFault } from '../service.js';

const TWELVE_HOURS = 43_200_000;

export interface EmulatedEcr extends EmulatedService {
  login(username: string, password: string): Login;
  newPassword(): { readonly authorizationToken: string; readonly expiresAt: number };
  mountingEnabled(): boolean;
}

/** The ECR API as far as a release uses it. Passwords live twelve hours by the sandbox's clock. */
export function createEcr(world: World, images: ImageStore, host: () => string): EmulatedEcr {
  /** When they expire, by their hash: to look one up tells nothing of the others. */
  const passwords = new Map<string, number>();
  const hashOf = (password: string) => createHash('sha256').update(password).digest('hex');
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
    ...mutability(repository),
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: 'AES256' },
  });
  function newPassword() {
    const password = randomBytes(48).toString('base64');
    const expiresAt = world.clock.now() + TWELVE_HOURS;
    passwords.set(hashOf(password), expiresAt);
    return { authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'), expiresAt };
  }

  return {
    name: 'ecr',
    newPassword,
    login(username, password) {
      const expiresAt = username === 'AWS' ? passwords.get(hashOf(password)) : undefined;
      if (expiresAt === undefined) return 'unknown';
      return expiresAt > world.clock.now() ? 'good' : 'expired';
    },
    mountingEnabled: () => settings.get('BLOB_MOUNTING') === 'ENABLED',
    operations: {
      GetAuthorizationToken() {
        const { authorizationToken, expiresAt } = newPassword();
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
          repository: render(images.create(name, settingsOf(input))),
        };
      },
      DescribeRepositories(input) {
        const names = input.repositoryNames as string[] | undefined;
        const found = names
          ? names.map((name) => require({ repositoryName: name }))
          : [...images.repositories.values()];
        const { page, more } = pageOf(found, input);
        return { repositories: page.map(render), ...more };
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
        repository.settings = settingsOf(input);
        return { registryId: world.accountId, repositoryName: repository.name, ...mutability(repository) };
      },
      ...imageOperations(world, images, require),
      PutAccountSetting(input) {
        settings.set(String(input.name), String(input.value));
        return { name: input.name, value: input.value };
      },
      GetAccountSetting: (input) => ({ name: input.name, value: settings.get(String(input.name)) ?? 'DISABLED' }),
    },
  };
}

function settingsOf(input: Readonly<Record<string, unknown>>): RepositorySettings {
  const filters = (input.imageTagMutabilityExclusionFilters as { filter: string }[] | undefined) ?? [];
  return {
    tagMutability: (input.imageTagMutability as RepositorySettings['tagMutability'] | undefined) ?? 'MUTABLE',
    exclusions: filters.map(({ filter }) => filter),
  };
}

function mutability({ settings }: SandboxRepository): Record<string, unknown> {
  return {
    imageTagMutability: settings.tagMutability,
    ...(settings.exclusions.length > 0 && {
      imageTagMutabilityExclusionFilters: settings.exclusions.map((filter) => ({ filterType: 'WILDCARD', filter })),
    }),
  };
}
