import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import * as zlib from 'node:zlib';
import { ToolError } from '../../base/errors.js';
import type { Digest } from '../../oci/digest.js';
import type { ForeignLayer } from './foreign-image.js';
import type { Compressed, Compression } from '../layer/compress.js';
import { createCompressor } from '../layer/compress.js';
import { CHUNK } from '../layer/tar.js';

interface LayerOptions {
  readonly compression: Compression;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/**
 * A layer of another program as lading writes it: equal archives give equal bytes, whoever compressed them before.
 * Throws when the archive is not the one that the config names.
 */
export async function recompress(layer: ForeignLayer, maker: string, options: LayerOptions): Promise<Compressed> {
  const compressor = createCompressor(options);
  try {
    const hash = createHash('sha256');
    for await (const piece of chunksOf(plainOf(layer.open()), CHUNK)) {
      options.signal.throwIfAborted();
      hash.update(piece);
      await compressor.write(piece);
    }
    const diffId: Digest = `sha256:${hash.digest('hex')}`;
    if (diffId !== layer.diffId) throw wrongLayer(layer, maker, `bytes whose digest is ${diffId}`);
    return await compressor.end();
  } catch (error) {
    compressor.drop();
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw /^(Z_|ERR_ZLIB|ZSTD)/.test(code) ? wrongLayer(layer, maker, `what cannot be unpacked (${code})`) : error;
  }
}

function wrongLayer({ diffId, kind }: ForeignLayer, maker: string, found: string): ToolError {
  return new ToolError('tool', `${maker} gave the layer ${kind} as ${diffId}, and it has ${found}`, {
    code: 'ENGINE_FAILED',
    hint: 'Build again; when it is so again, take another engine with --engine.',
  });
}

/** Pieces of one size, whatever the source gives: what is made of them depends on where they end. */
async function* chunksOf(source: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer, void, void> {
  const buffer = Buffer.allocUnsafe(size);
  let fill = 0;
  for await (const piece of source) {
    for (let at = 0; at < piece.length;) {
      const copied = piece.copy(buffer, fill, at);
      at += copied;
      fill += copied;
      if (fill < size) continue;
      yield buffer;
      fill = 0;
    }
  }
  if (fill > 0) yield buffer.subarray(0, fill);
}

type Unpacking = () => NodeJS.ReadWriteStream;

/** Bytes that tell gzip and zstd from each other and from an archive. */
const TELLING = 4;

/** What is packed is told by its first bytes: no tar archive begins so. */
async function* plainOf(source: Readable): AsyncGenerator<Buffer, void, void> {
  const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head = Buffer.alloc(0);
  for (let next; head.length < TELLING && !(next = await pieces.next()).done;) head = Buffer.concat([head, next.value]);
  async function* whole(): AsyncGenerator<Buffer, void, void> {
    try {
      yield head;
      for (let next; !(next = await pieces.next()).done;) yield next.value;
    } finally {
      source.destroy();
    }
  }
  const unpack = unpackerFor(head);
  if (!unpack) {
    yield* whole();
    return;
  }
  const plain = unpack();
  pipeline(whole, plain, () => undefined);
  yield* plain as unknown as AsyncIterable<Buffer>;
}

function unpackerFor(first: Buffer): Unpacking | undefined {
  if (first[0] === 0x1f && first[1] === 0x8b) return createGunzip;
  if (first.length < TELLING || first.readUInt32LE(0) !== 0xfd2fb528) return undefined;
  const { createZstdDecompress } = zlib as unknown as { createZstdDecompress?: Unpacking };
  if (createZstdDecompress) return createZstdDecompress;
  throw new ToolError('tool', 'the engine gave a layer that is compressed with zstd, which this Node cannot read', {
    code: 'NO_ZSTD',
    hint: 'Use Node 22.15 or newer, or let the engine compress with gzip.',
  });
}
