import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline, Transform } from 'node:stream';
import { LadingError, messageOf } from '../base/errors.js';
import type { Digest } from './digest.js';

export interface Expected {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** Makes the error: `found` is what is wrong, as `only 40 of 100 bytes`. */
export type Refuse = (found: string, cause?: unknown) => LadingError;

/** What each verified stream was verified for, so that bytes that pass through two stores are hashed once. */
const known = new WeakMap<Readable, Expected>();

/**
 * The one way by which the bytes of a blob are read. They pass on as they come, but never more than the size, and the
 * last piece only when the whole is right: what is wrong is never complete. What fails is a `LadingError`.
 */
export function verified(source: Readable, expected: Expected, refuse: Refuse): Readable {
  const before = known.get(source);
  if (before && before.digest === expected.digest && before.size === expected.size) return source;
  const hash = createHash('sha256');
  let size = 0;
  let held: Buffer | undefined;
  const passed = new Transform({
    transform(piece: Buffer, _encoding, done) {
      size += piece.length;
      if (size > expected.size) return done(refuse(`more than ${expected.size} bytes`));
      hash.update(piece);
      const ready = held;
      held = piece;
      done(null, ready);
    },
    flush(done) {
      if (size < expected.size) return done(refuse(`only ${size} of ${expected.size} bytes`));
      const digest: Digest = `sha256:${hash.digest('hex')}`;
      if (digest !== expected.digest) return done(refuse(`bytes whose digest is ${digest}`));
      done(null, held);
    },
  });
  source.once('error', (cause: Error) => passed.destroy(toldOrCancelled(cause, refuse) as Error));
  pipeline(source, passed, () => undefined);
  known.set(passed, expected);
  return passed;
}

/** A blob's bytes, read anew. */
export async function openVerified(
  blob: Expected & { open(signal?: AbortSignal): Promise<Readable> },
  refuse: Refuse,
  signal?: AbortSignal,
): Promise<Readable> {
  try {
    return verified(await blob.open(signal), blob, refuse);
  } catch (cause) {
    throw toldOrCancelled(cause, refuse);
  }
}

function toldOrCancelled(cause: unknown, refuse: Refuse): unknown {
  if (cause instanceof LadingError || (cause instanceof Error && cause.name === 'AbortError')) return cause;
  return refuse(`what cannot be read: ${messageOf(cause)}`, cause);
}

/** All bytes of a stream. */
export async function collect(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** For bytes that somebody handed over with a digest that is not theirs. */
export function refuseBytes(what: string, expected: Expected): Refuse {
  return (found, cause) =>
    new LadingError('remote', `${what}: ${expected.digest} was expected and ${found} came`, {
      code: 'DIGEST_MISMATCH',
      cause,
    });
}
