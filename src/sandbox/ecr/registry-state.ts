import type { ImageStore, SandboxRepository } from '../registry/images.js';
import type { Setting } from '../service.js';
import { AwsFault } from '../service.js';
import { invalid } from './input.js';

/** What ECR keeps of a repository beside its images. */
export interface RepositoryRecord {
  scanOnPush: boolean;
  encryption: { readonly encryptionType: string; readonly kmsKey?: string | undefined };
  readonly labels: Map<string, string>;
  policy: string | undefined;
  lifecycle: { readonly text: string } | undefined;
  preview: { readonly text: string; readonly startedAt: number } | undefined;
  /** When an image was scanned, by its digest. */
  readonly scans: Map<string, number>;
}

/** The repositories, as all operations of ECR see them. */
export interface RegistryState {
  readonly setting: Setting;
  readonly images: ImageStore;
  /** Host of the registry. */
  readonly host: () => string;
  recordOf(repository: SandboxRepository): RepositoryRecord;
  /** The one that an input names. Throws RepositoryNotFoundException. */
  requireRepository(input: {
    readonly repositoryName: string;
    readonly registryId?: string | undefined;
  }): SandboxRepository;
  /** By its ARN. Throws InvalidParameterException or RepositoryNotFoundException. */
  requireResource(arn: string): SandboxRepository;
  /** The first fields of most answers. */
  placeOf(repository: SandboxRepository): { readonly registryId: string; readonly repositoryName: string };
  arnOf(repository: SandboxRepository): string;
}

export function createRegistryState(setting: Setting, images: ImageStore, host: () => string): RegistryState {
  const records = new WeakMap<SandboxRepository, RepositoryRecord>();
  const prefix = `arn:aws:ecr:${setting.region}:${setting.accountId}:repository/`;
  const state: RegistryState = {
    setting,
    images,
    host,
    recordOf(repository) {
      const known = records.get(repository) ?? {
        scanOnPush: false,
        encryption: { encryptionType: 'AES256' },
        labels: new Map(),
        policy: undefined,
        lifecycle: undefined,
        preview: undefined,
        scans: new Map(),
      };
      records.set(repository, known);
      return known;
    },
    requireRepository({ repositoryName, registryId = setting.accountId }) {
      const repository = registryId === setting.accountId ? images.repositories.get(repositoryName) : undefined;
      if (repository) return repository;
      throw new AwsFault(
        'RepositoryNotFoundException',
        `The repository with name '${repositoryName}' does not exist in the registry with id '${registryId}'`,
      );
    },
    requireResource(arn) {
      if (!/^arn:[^:]+:ecr:[^:]+:\d{12}:repository\/.+$/.test(arn)) throw invalid('resourceArn', 'Invalid ARN');
      const repositoryName = arn.slice(arn.indexOf('/') + 1);
      if (arn.startsWith(prefix)) return state.requireRepository({ repositoryName });
      return state.requireRepository({ repositoryName, registryId: arn.split(':')[4] });
    },
    placeOf: ({ name }) => ({ registryId: setting.accountId, repositoryName: name }),
    arnOf: ({ name }) => prefix + name,
  };
  return state;
}
