import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LadingError } from '../../base/errors.js';
import type { Digest } from '../../oci/digest.js';
import type { Compressed, Compression } from './compress.js';
import { createCompressor } from './compress.js';
import type { LayerPlan } from './entry.js';
import type { TarOptions } from './tar.js';
import { tarChunks } from './tar.js';

export interface LayerOptions extends TarOptions {
  readonly compression: Compression;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** The digest of the uncompressed archive: what tells whether a registry holds the layer. */
export async function hashLayer(plan: LayerPlan, options: LayerOptions): Promise<Digest> {
  const hash = createHash('sha256');
  for (const piece of tarChunks(plan.entries, options)) {
    hash.update(piece);
    await breathe(options.signal);
  }
  return `sha256:${hash.digest('hex')}`;
}

/** Hash and compression in one reading. With `expected`, the second reading must give what the first gave. */
export async function compressLayer(
  plan: LayerPlan,
  options: LayerOptions,
  expected?: Digest,
): Promise<Compressed & { readonly diffId: Digest }> {
  const hash = createHash('sha256');
  const compressor = createCompressor(options);
  try {
    for (const piece of tarChunks(plan.entries, options)) {
      hash.update(piece);
      await compressor.write(piece);
      await breathe(options.signal);
    }
    const compressed = await compressor.end();
    const diffId: Digest = `sha256:${hash.digest('hex')}`;
    if (expected !== undefined && diffId !== expected) {
      compressed.discard();
      throw new LadingError('input', `files of the ${plan.kind} layer changed during the build`, {
        code: 'CHANGED',
        hint: 'Build again when nothing writes to the folder.',
      });
    }
    return { ...compressed, diffId };
  } catch (error) {
    compressor.drop();
    throw error;
  }
}

/** Reading is synchronous: between two pieces the network and the signal get their turn. */
async function breathe(signal: AbortSignal): Promise<void> {
  await nextTurn();
  signal.throwIfAborted();
}
