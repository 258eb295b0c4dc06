import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/**
 * 2000-01-01, the time of what has no content, and where the times of files begin; they end before 2017-01-05.
 * Never 0, which programs take for "no time": to Next.js such a page is fresh for ever. Never in the future of a build.
 * Fixed, since a range that moved with the clock would give other digests next year. `docs/decisions/`.
 */
export const FIRST_TIME = 946_684_800;
const SPAN_BITS = 29;

/**
 * Seconds since 1970, made from the checksum of a file's content. With one time for all, servers that make an ETag from
 * size and time answer 304 for another file of the same size. Not from the commit: that would renew every layer.
 */
export function timeOf(checksum: number): number {
  return FIRST_TIME + (checksum >>> (32 - SPAN_BITS));
}

/** Of the first `size` bytes; leaves the place where the file is read next as it is. */
export function checksumOf(file: number, size: number, piece: Buffer): number {
  let sum = 0;
  for (let at = 0; at < size;) {
    const read = readSync(file, piece, 0, Math.min(piece.length, size - at), at);
    if (read === 0) return sum;
    sum = crc32(piece.subarray(0, read), sum);
    at += read;
  }
  return sum;
}
