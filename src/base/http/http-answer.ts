import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { cancelled, errnoOf, HttpError, messageOf } from '../errors.js';

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Must be read to its end, dropped or destroyed, else the connection is not used again. Its errors are Node's. */
  readonly stream: Readable;
  /** The whole body; fails when it is cut, or longer than `limit` bytes. */
  bytes(limit?: number): Promise<Buffer>;
  text(limit?: number): Promise<string>;
  /** The beginning of the body, for people; what is longer is not read. */
  excerpt(limit: number): Promise<string>;
  /** Nobody wants the body: a short one is read, so that the connection is used again. */
  drop(): void;
}

/** More than any answer that is read as a whole has. */
const LONGEST = 64 << 20;
const SHORT = 64 << 10;

export interface AnswerOf {
  /** Method and address without the query, for people. */
  readonly what: string;
  readonly signal: AbortSignal | undefined;
}

export function responseOf(message: IncomingMessage, of: AnswerOf): HttpResponse {
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );

  async function read(limit: number): Promise<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
    const parts: Buffer[] = [];
    let size = 0;
    try {
      for await (const part of message as AsyncIterable<Buffer>) {
        parts.push(part);
        size += part.length;
        if (size > limit) return { bytes: Buffer.concat(parts).subarray(0, limit), isWhole: false };
      }
    } catch (cause) {
      throw of.signal?.aborted ? cancelled(of.what) : brokenOff(of.what, cause);
    }
    return { bytes: Buffer.concat(parts), isWhole: true };
  }

  async function bytes(limit = LONGEST): Promise<Buffer> {
    const told = Number(headers['content-length'] ?? 0);
    const found = told > limit ? undefined : await read(limit);
    if (found?.isWhole) return found.bytes;
    message.destroy();
    throw new HttpError(`${of.what}: the answer is longer than ${limit} bytes`, { code: 'ANSWER_TOO_LONG' });
  }

  return {
    status: message.statusCode ?? 0,
    headers,
    stream: message,
    bytes,
    text: async (limit) => (await bytes(limit)).toString('utf8'),
    excerpt: async (limit) => (await read(limit)).bytes.toString('utf8'),
    drop() {
      let size = 0;
      message.on('error', () => undefined);
      message.on('data', (part: Buffer) => {
        size += part.length;
        if (size > SHORT) message.destroy();
      });
    },
  };
}

/** The body of an answer that ends before its end: a failure of the network, which another try may not have. */
export function brokenOff(what: string, cause: unknown, hint?: string): HttpError {
  return new HttpError(`${what}: the answer broke off (${messageOf(cause)})`, {
    code: errnoOf(cause) ?? 'ECONNRESET',
    hint,
    cause,
  });
}
