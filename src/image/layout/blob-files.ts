import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LadingError } from '../../base/errors.js';
import { openOwnFile, refuseLinks } from '../../base/files/files.js';
import { finished } from 'node:stream/promises';
import type { Digest } from '../../oci/digest.js';
import { hexOf } from '../../oci/digest.js';
import type { Blob, PutOptions } from '../../oci/store.js';
import type { Expected, Refuse } from '../../oci/verified.js';
import { openVerified, refuseBytes, verified } from '../../oci/verified.js';

/** Ours, whole or half-way. Whatever else lies there is another's. */
const OWN = /^[0-9a-f]{64}(\.[0-9a-z]+\.tmp)?$/;

/** The files below `blobs/sha256` of a layout. Links and devices there are refused. */
export interface BlobFiles {
  /** Bytes of the file; undefined when there is none. */
  size(digest: Digest): Promise<number | undefined>;
  /** What is wrong in it is told as a damage of the layout. */
  read(expected: Expected): Blob;
  /** Whether the file holds the very bytes; it is read once in a run. */
  isWhole(expected: Expected): Promise<boolean>;
  write(blob: Blob, options?: PutOptions): Promise<void>;
  /** Deletes the blobs that are not named, and what broken-off writes left. */
  sweep(named: ReadonlySet<string>): Promise<void>;
}

export function blobFiles(directory: string): BlobFiles {
  const folder = join(directory, 'blobs/sha256');
  const pathOf = (digest: Digest) => join(folder, hexOf(digest));
  const whole = new Set<Digest>();

  function damaged(digest: Digest): Refuse {
    return (found, cause) =>
      new LadingError('input', `${pathOf(digest)} is damaged: it holds ${found}`, {
        code: 'LAYOUT_DAMAGED',
        hint: `Make the image in ${directory} again, or take another.`,
        cause,
      });
  }

  const files: BlobFiles = {
    async size(digest) {
      await refuseLinks(pathOf(digest), directory);
      return (await lstat(pathOf(digest)).catch(() => undefined))?.size;
    },
    read(expected) {
      const { digest, size } = expected;
      return {
        digest,
        size,
        async open() {
          const file = await openOwnFile(pathOf(digest));
          if (!file) throw damaged(digest)('nothing any more');
          return verified(file.createReadStream({ highWaterMark: 1 << 20 }), expected, damaged(digest));
        },
      };
    },
    async isWhole(expected) {
      const { digest, size } = expected;
      if ((await files.size(digest)) !== size) return false;
      if (whole.has(digest)) return true;
      try {
        await finished((await files.read(expected).open()).resume());
      } catch (error) {
        if (error instanceof LadingError && error.code === 'LAYOUT_DAMAGED') return false;
        throw error;
      }
      whole.add(digest);
      return true;
    },
    async write(blob, { signal, onBytes } = {}) {
      await refuseLinks(pathOf(blob.digest), directory);
      const bytes = await openVerified(blob, refuseBytes(directory, blob), signal);
      await mkdir(folder, { recursive: true });
      const draft = `${pathOf(blob.digest)}.${randomBytes(6).toString('hex')}.tmp`;
      const file = await open(draft, 'wx', 0o644);
      try {
        let size = 0;
        for await (const piece of bytes as AsyncIterable<Buffer>) {
          await file.writeFile(piece);
          onBytes?.((size += piece.length));
        }
        await file.close();
        await rename(draft, pathOf(blob.digest));
        whole.add(blob.digest);
      } catch (error) {
        bytes.destroy();
        await file.close().catch(() => undefined);
        await rm(draft, { force: true });
        throw error;
      }
    },
    async sweep(named) {
      await refuseLinks(folder, directory);
      const names: readonly string[] = await readdir(folder).catch(() => []);
      const swept = names.filter((name) => OWN.test(name) && !named.has(`sha256:${name}`));
      await Promise.all(swept.map((name) => rm(join(folder, name), { force: true })));
    },
  };
  return files;
}
