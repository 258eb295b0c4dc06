import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LadingError } from '../../base/errors.js';
import { replaceFile } from '../../base/files.js';
import type { Digest } from '../../oci/digest.js';
import { digestOf, hexOf, isDigest } from '../../oci/digest.js';
import type { Descriptor } from '../../oci/manifest.js';
import { describe, isIndex, parseImageIndex, parseImageManifest } from '../../oci/manifest.js';
import { mediaTypes } from '../../oci/media-type.js';
import type { Blob, BlobOrigin, OriginsOf, Store } from '../../oci/store.js';
import { guarded } from '../layer/disk.js';
import { readIndex, readOrigins, writeOrigins } from './layout-files.js';

const REF_NAME = 'org.opencontainers.image.ref.name';

/** An OCI layout folder. https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md */
export interface Layout extends Store, OriginsOf {
  readonly directory: string;
  /** Where temporary files go: the same disk, so that a rename is enough. */
  readonly scratch: string;
  /** The layout will name this blob but not hold it. */
  refer(digest: Digest, origins: readonly BlobOrigin[]): void;
  /** Removes what no manifest of the index names. Call it last. */
  sweep(): Promise<void>;
}

/** Opens a layout that is there, or will be made with the first blob. */
export async function openLayout(directory: string): Promise<Layout> {
  const blobs = join(directory, 'blobs/sha256');
  const scratch = join(directory, '.lading-tmp');
  const origins = await readOrigins(directory);
  const pathOf = (digest: Digest) => join(blobs, hexOf(digest));

  async function writeBlob(blob: Blob, signal?: AbortSignal): Promise<number> {
    await mkdir(blobs, { recursive: true });
    const draft = `${pathOf(blob.digest)}.${Math.random().toString(36).slice(2)}.tmp`;
    const hash = createHash('sha256');
    let size = 0;
    const file = await open(draft, 'wx', 0o644);
    try {
      for await (const piece of await blob.open(signal)) {
        hash.update(piece as Buffer);
        size += (piece as Buffer).length;
        await file.writeFile(piece as Buffer);
      }
      await file.close();
      if (size !== blob.size || `sha256:${hash.digest('hex')}` !== blob.digest) {
        throw new LadingError('remote', `the bytes of ${blob.digest} are others`, { code: 'DIGEST_MISMATCH' });
      }
      await rename(draft, pathOf(blob.digest));
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(draft, { force: true });
      throw error;
    }
    return size;
  }

  const layout: Layout = {
    name: directory,
    directory,
    scratch,
    async manifest(reference) {
      const index = await readIndex(directory);
      const entry = isDigest(reference)
        ? { digest: reference, mediaType: undefined }
        : (index.find((found) => found.annotations?.[REF_NAME] === reference) ??
          (reference === 'latest' ? index[0] : undefined));
      if (!entry) return undefined;
      const bytes = await readFile(pathOf(entry.digest)).catch(() => undefined);
      if (!bytes || digestOf(bytes) !== entry.digest) return undefined;
      return { digest: entry.digest, bytes, mediaType: entry.mediaType ?? mediaTypeOf(bytes) };
    },
    async has({ digest }) {
      return stat(pathOf(digest)).then(
        () => true,
        () => false,
      );
    },
    async blob({ digest, size }) {
      if (!(await layout.has({ digest, size, mediaType: '' }))) return undefined;
      return { digest, size, open: async () => createReadStream(pathOf(digest), { highWaterMark: 1 << 20 }) };
    },
    async put(blob, options) {
      const there = await stat(pathOf(blob.digest)).catch(() => undefined);
      if (there?.size === blob.size) return { how: 'existing', bytes: 0 };
      return { how: 'uploaded', bytes: await guarded(directory, () => writeBlob(blob, options?.signal)) };
    },
    async putManifest(raw, tag) {
      await guarded(directory, async () => {
        const bytes = Buffer.from(raw.bytes);
        await writeBlob({
          digest: raw.digest,
          size: bytes.length,
          open: async () => (await import('node:stream')).Readable.from([bytes]),
        });
        if (tag === undefined) return;
        await writeOrigins(directory, origins);
        await replaceFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
        const entry = { ...describe(raw), annotations: { [REF_NAME]: tag } };
        await replaceFile(
          join(directory, 'index.json'),
          JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry] }),
        );
      });
    },
    origins: (digest) => (origins.get(digest) ?? []).map((repository) => ({ repository })),
    refer(digest, where) {
      origins.set(digest, [...new Set(where.map((origin) => origin.repository))]);
    },
    async sweep() {
      const named = await namedBlobs(layout, await readIndex(directory));
      for (const digest of origins.keys())
        if (!named.has(digest) || (await layout.has({ digest: digest as Digest, size: 0, mediaType: '' })))
          origins.delete(digest);
      const files = await readdir(blobs).catch(() => []);
      await Promise.all(
        files.filter((file) => !named.has(`sha256:${file}`)).map((file) => rm(join(blobs, file), { force: true })),
      );
      await rm(scratch, { recursive: true, force: true });
      await writeOrigins(directory, origins);
    },
  };
  return layout;
}

async function namedBlobs(layout: Store, entries: readonly Descriptor[]): Promise<Set<string>> {
  const named = new Set<string>();
  for (const entry of entries) {
    named.add(entry.digest);
    const raw = await layout.manifest(entry.digest);
    if (!raw) continue;
    if (isIndex(raw)) for (const digest of await namedBlobs(layout, parseImageIndex(raw).manifests)) named.add(digest);
    else {
      const manifest = parseImageManifest(raw);
      for (const blob of [manifest.config, ...manifest.layers]) named.add(blob.digest);
    }
  }
  return named;
}

function mediaTypeOf(bytes: Buffer): string {
  const parsed = JSON.parse(bytes.toString('utf8')) as { mediaType?: string; manifests?: unknown };
  return parsed.mediaType ?? (parsed.manifests ? mediaTypes.ociIndex : mediaTypes.ociManifest);
}
