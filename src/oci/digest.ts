import { createHash } from 'node:crypto';
import { LadingError } from '../base/errors.js';

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** Refuses every other algorithm: registries that matter here speak sha256 alone. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new LadingError('remote', `not a sha256 digest: ${text.slice(0, 100)}`, { code: 'DIGEST_INVALID' });
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The 64 hex digits. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** `sha256:0123456789ab`, for people. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 19);
}
