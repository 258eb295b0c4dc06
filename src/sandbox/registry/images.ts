import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '../../oci/digest.js';
import { hexOf } from '../../oci/digest.js';
import type { RawManifest } from '../../oci/manifest.js';
import { parseImageManifest } from '../../oci/manifest.js';

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
export const REPOSITORY_NAME = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

export interface RepositorySettings {
  readonly tagMutability: 'MUTABLE' | 'IMMUTABLE' | 'IMMUTABLE_WITH_EXCLUSION' | 'MUTABLE_WITH_EXCLUSION';
  /** Tags, with `*`, for which the other rule holds. */
  readonly exclusions: readonly string[];
}

export type StoredManifest = RawManifest & { readonly pushedAt: number };

export interface SandboxRepository {
  readonly name: string;
  settings: RepositorySettings;
  readonly createdAt: number;
  readonly manifests: Map<Digest, StoredManifest>;
  readonly tags: Map<string, Digest>;
  readonly blobs: Set<Digest>;
}

/** What the registry and the ECR API share: repositories in memory, blobs on disk. */
export interface ImageStore {
  readonly repositories: Map<string, SandboxRepository>;
  create(name: string, settings?: Partial<RepositorySettings>): SandboxRepository;
  /** Bytes that arrived so far of an upload that is not finished. */
  append(upload: string, source: Readable): Promise<number>;
  /** Bytes that are stored of an upload, however it broke off. */
  received(upload: string): Promise<number>;
  /** Undefined when the bytes have another digest. */
  finish(upload: string, digest: Digest): Promise<boolean>;
  open(digest: Digest): Readable;
  size(digest: Digest): Promise<number>;
  path(digest: Digest): string;
  /** Digest of a reference `host/name:tag`; undefined when it is not here. */
  resolve(image: string): Digest | undefined;
  newUpload(): string;
}

export function createImageStore(folder: string, clock: { now(): number }): ImageStore {
  const repositories = new Map<string, SandboxRepository>();
  const pathOf = (digest: Digest) => join(folder, 'blobs', hexOf(digest));
  const uploadPath = (upload: string) => join(folder, 'uploads', upload);
  return {
    repositories,
    path: pathOf,
    create(name, settings = {}) {
      const repository: SandboxRepository = {
        name,
        settings: { tagMutability: 'MUTABLE', exclusions: [], ...settings },
        createdAt: clock.now(),
        manifests: new Map(),
        tags: new Map(),
        blobs: new Set(),
      };
      repositories.set(name, repository);
      return repository;
    },
    newUpload: () => randomBytes(16).toString('hex'),
    async append(upload, source) {
      await mkdir(join(folder, 'uploads'), { recursive: true });
      await pipeline(source, createWriteStream(uploadPath(upload), { flags: 'a', mode: 0o600 }));
      return (await stat(uploadPath(upload))).size;
    },
    received: async (upload) =>
      stat(uploadPath(upload)).then(
        ({ size }) => size,
        () => 0,
      ),
    async finish(upload, digest) {
      const hash = createHash('sha256');
      for await (const piece of createReadStream(uploadPath(upload), { highWaterMark: 1 << 20 }))
        hash.update(piece as Buffer);
      if (`sha256:${hash.digest('hex')}` !== digest) {
        await rm(uploadPath(upload), { force: true });
        return false;
      }
      await mkdir(join(folder, 'blobs'), { recursive: true });
      await rename(uploadPath(upload), pathOf(digest));
      return true;
    },
    open: (digest) => createReadStream(pathOf(digest), { highWaterMark: 1 << 20 }),
    size: async (digest) => (await stat(pathOf(digest))).size,
    resolve(image) {
      const match = /^[^/]+\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(image);
      const repository = repositories.get(match?.[1] ?? '');
      if (match?.[3]) return match[3] as Digest;
      return repository?.tags.get(match?.[2] ?? 'latest');
    },
  };
}

/** ECR mounts only blobs that a manifest of the source refers to (aws/containers-roadmap#2860). */
export function isReferred(repository: SandboxRepository, digest: Digest): boolean {
  for (const manifest of repository.manifests.values()) {
    if (/index|list/.test(manifest.mediaType)) continue;
    const { config, layers } = parseImageManifest(manifest);
    if ([config, ...layers].some((blob) => blob.digest === digest)) return true;
  }
  return false;
}
