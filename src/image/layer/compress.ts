import { createHash } from 'node:crypto';
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { InputError } from '../../base/errors.js';
import type { Descriptor } from '../../oci/manifest.js';
import { mediaTypes } from '../../oci/media-type.js';
import type { Blob } from '../../oci/store.js';
import { CHUNK } from './tar.js';
import { unwritable } from './disk.js';

export type Compression = 'gzip' | 'zstd';

/** Pieces that are being compressed at once, over all layers: bounds memory. */
const IN_FLIGHT = 6;
/** Compressed bytes of one layer kept in memory; more goes to a temporary file. */
const SPOOL_LIMIT = 16 << 20;
const DICTIONARY = 32 << 10;

export interface Compressed {
  readonly descriptor: Descriptor;
  readonly blob: Blob;
  /** Frees what the blob stands on. */
  discard(): void;
}

export interface Compressor {
  /** Copies what it is given. */
  write(piece: Buffer): Promise<void>;
  end(): Promise<Compressed>;
  /** Ends it without a result. */
  drop(): void;
}

interface CompressOptions {
  readonly compression: Compression;
  /** Folder for what does not fit in memory. */
  readonly scratch: string;
}

type ZstdCompress = (bytes: Buffer, options: object, done: (error: Error | null, result: Buffer) => void) => void;
const zstdCompress = (zlib as unknown as { zstdCompress?: ZstdCompress }).zstdCompress;

/** Refuses what this Node cannot do, before anything is made. */
export function checkCompression(compression: Compression): void {
  if (compression !== 'zstd' || zstdCompress) return;
  throw new InputError(
    {
      where: '--compression',
      message: 'this Node cannot compress with zstd',
      hint: 'Use Node 22.15 or newer, or gzip.',
    },
    'NO_ZSTD',
  );
}

/**
 * As pigz: each piece is deflated by itself with the 32 KiB before it as dictionary, on the thread pool, so the bytes
 * do not depend on how many threads there are.
 */
export function createCompressor(options: CompressOptions): Compressor {
  const { compression } = options;
  checkCompression(compression);
  const spool = createSpool(options.scratch);
  const queue: Promise<Buffer>[] = [];
  // Used again and again: fresh megabytes are slow to get, and stay until the collector comes.
  const free: Buffer[] = [];
  let crc = 0;
  let raw = 0;
  let dictionary: Buffer | undefined;
  let held: Buffer | undefined;

  function start(piece: Buffer, last: boolean): void {
    const running = compression === 'zstd' ? zstdPiece(piece) : deflatePiece(piece, dictionary, last);
    dictionary = Buffer.from(piece.subarray(-DICTIONARY));
    const freed = running.finally(() => free.push(Buffer.from(piece.buffer)));
    freed.catch(() => undefined);
    queue.push(freed);
  }

  function keep(piece: Buffer): Buffer {
    const room = free.pop() ?? Buffer.from(new ArrayBuffer(Math.max(CHUNK, piece.length)));
    return room.subarray(0, piece.copy(room));
  }

  if (compression === 'gzip') spool.write(Buffer.from([31, 139, 8, 0, 0, 0, 0, 0, 0, 255]));
  return {
    async write(piece) {
      if (compression === 'gzip') crc = zlib.crc32(piece, crc);
      raw += piece.length;
      while (queue.length >= IN_FLIGHT) spool.write(await (queue.shift() as Promise<Buffer>));
      if (held) start(held, false);
      held = keep(piece);
    },
    async end() {
      start(held ?? Buffer.alloc(0), true);
      while (queue.length > 0) spool.write(await (queue.shift() as Promise<Buffer>));
      if (compression === 'gzip') {
        const tail = Buffer.alloc(8);
        tail.writeUInt32LE(crc >>> 0, 0);
        tail.writeUInt32LE(raw % 2 ** 32, 4);
        spool.write(tail);
      }
      const blob = spool.end();
      const mediaType = compression === 'zstd' ? mediaTypes.ociLayerZstd : mediaTypes.ociLayerGzip;
      return {
        descriptor: { mediaType, digest: blob.digest, size: blob.size },
        blob,
        discard: () => spool.discard(),
      };
    },
    drop() {
      queue.length = 0;
      spool.discard();
    },
  };
}

function deflatePiece(piece: Buffer, dictionary: Buffer | undefined, last: boolean): Promise<Buffer> {
  const options: zlib.ZlibOptions = {
    level: 1,
    chunkSize: 256 << 10,
    finishFlush: last ? zlib.constants.Z_FINISH : zlib.constants.Z_SYNC_FLUSH,
    ...(dictionary && { dictionary }),
  };
  return new Promise((resolve, reject) => {
    zlib.deflateRaw(piece, options, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

function zstdPiece(piece: Buffer): Promise<Buffer> {
  const constants = zlib.constants as unknown as Record<string, number>;
  const params = { [constants.ZSTD_c_compressionLevel ?? 100]: 3 };
  return new Promise((resolve, reject) => {
    zstdCompress?.(piece, { params }, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** A disk that is almost full takes a part without an error. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** Bytes that are collected in memory, and in a file that only we may read when they become many. */
function createSpool(scratch: string) {
  const hash = createHash('sha256');
  let memory: Buffer[] = [];
  let size = 0;
  let folder: string | undefined;
  let file: number | undefined;

  function toFile(piece: Buffer): void {
    try {
      if (file === undefined) {
        folder = mkdtempSync(join(scratch, 'layer-'));
        file = openSync(join(folder, 'blob'), 'wx', 0o600);
        for (const kept of memory) writeWhole(file, kept);
        memory = [];
      }
      writeWhole(file, piece);
    } catch (cause) {
      throw unwritable(scratch, cause);
    }
  }

  function close(): void {
    if (file !== undefined) closeSync(file);
    file = undefined;
  }

  return {
    write(piece: Buffer): void {
      hash.update(piece);
      size += piece.length;
      if (folder === undefined && size <= SPOOL_LIMIT) memory.push(piece);
      else toFile(piece);
    },
    end(): Blob {
      close();
      const path = folder && join(folder, 'blob');
      const bytes = path === undefined ? Buffer.concat(memory) : undefined;
      memory = [];
      return {
        digest: `sha256:${hash.digest('hex')}`,
        size,
        open: async () =>
          bytes ? Readable.from([bytes]) : createReadStream(path as string, { highWaterMark: 1 << 20 }),
      };
    },
    discard(): void {
      memory = [];
      close();
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}
