import { Readable } from 'node:stream';
import { LadingError } from '../base/errors.js';
import type { HttpResponse } from '../base/http/http.js';
import { brokenOff } from '../base/http/http-answer.js';
import { isConnectionFailure } from '../base/retry.js';
import { shortDigest } from '../oci/digest.js';
import type { Expected } from '../oci/verified.js';
import { verified } from '../oci/verified.js';
import type { Transport } from './transport.js';

/** Connections that may break one after the other, each with less than this many bytes of progress. */
const TRIES = 5;
const PROGRESS = 1 << 20;

/**
 * Reads a blob. Where the connection breaks the rest is asked for, and when the registry knows no ranges, what came
 * already is passed over: the digest is made over all of it either way.
 */
export async function downloadBlob(
  transport: Transport,
  path: string,
  blob: Expected,
  signal?: AbortSignal,
): Promise<Readable> {
  const what = `read ${shortDigest(blob.digest)}`;
  const stop = new AbortController();
  const signals = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]);

  async function ask(at: number): Promise<HttpResponse> {
    const headers: Record<string, string> = at === 0 ? {} : { range: `bytes=${at}-` };
    const answer = await transport.call(what, 'GET', path, { headers, signal: signals });
    return transport.expect(what, answer, 200, ...(at === 0 ? [] : [206]));
  }

  async function* pieces(first: HttpResponse): AsyncGenerator<Buffer> {
    let at = 0;
    let failures = 0;
    let progress = 0;
    for (let answer = first; ; answer = await ask(at)) {
      let skip = answer.status === 206 ? 0 : at;
      try {
        for await (const piece of answer.stream as AsyncIterable<Buffer>) {
          const rest = piece.subarray(skip);
          skip = Math.max(0, skip - piece.length);
          at += rest.length;
          progress += rest.length;
          if (rest.length > 0) yield rest;
        }
        if (at >= blob.size || answer.headers['content-length'] !== undefined) return;
        throw new Error('the connection ended', { cause: Object.assign(new Error('cut'), { code: 'ECONNRESET' }) });
      } catch (cause) {
        if (!isConnectionFailure(cause) || signals.aborted) throw cause;
        if (progress >= PROGRESS) failures = 0;
        progress = 0;
        if (++failures >= TRIES)
          throw brokenOff(
            `${what} at ${transport.target}`,
            cause,
            'Check the connection to that registry, and try again.',
          );
        await transport.pause(failures);
      }
    }
  }

  const stream = Readable.from(pieces(await ask(0)), { objectMode: false, highWaterMark: 1 << 18 });
  // Who stops reading ends the waiting for bytes, too.
  stream.once('close', () => void (stream.readableEnded || stop.abort()));
  return verified(
    stream,
    blob,
    (found, cause) =>
      new LadingError('remote', `${what} at ${transport.target}: ${found} came`, { code: 'DIGEST_MISMATCH', cause }),
  );
}
