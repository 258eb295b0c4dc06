import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LadingError } from '../../base/errors.js';
import { finished } from 'node:stream/promises';
import type { Digest } from '../../oci/digest.js';
import { hexOf } from '../../oci/digest.js';
import type { Blob } from '../../oci/store.js';
import type { Expected, Refuse } from '../../oci/verified.js';
import { openVerified, refuseBytes, verified } from '../../oci/verified.js';

/** The files below `blobs/sha256` of a layout. */
export interface BlobFiles {
  /** Bytes of the file; undefined when there is none. */
  size(digest: Digest): Promise<number | undefined>;
  /** What is wrong in it is told as a damage of the layout. */
  read(expected: Expected): Blob;
  /** Whether the file holds the very bytes; it is read once in a run. */
  isWhole(expected: Expected): Promise<boolean>;
  write(blob: Blob, signal?: AbortSignal): Promise<void>;
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
    size: async (digest) => (await stat(pathOf(digest)).catch(() => undefined))?.size,
    read(expected) {
      const { digest, size } = expected;
      const path = pathOf(digest);
      return {
        digest,
        size,
        open: async () => verified(createReadStream(path, { highWaterMark: 1 << 20 }), expected, damaged(digest)),
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
    async write(blob, signal) {
      const bytes = await openVerified(blob, refuseBytes(directory, blob), signal);
      await mkdir(folder, { recursive: true });
      const draft = `${pathOf(blob.digest)}.${randomBytes(6).toString('hex')}.tmp`;
      const file = await open(draft, 'wx', 0o644);
      try {
        for await (const piece of bytes) await file.writeFile(piece as Buffer);
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
  };
  return files;
}
