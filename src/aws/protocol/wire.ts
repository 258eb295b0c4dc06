import type { Context } from '../../base/context.js';
import { cancelled, HttpError, messageOf } from '../../base/errors.js';
import type { HttpResponse } from '../../base/http.js';

/** A request as it goes out, but for its signature. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer, read to its end. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** An error as an answer names it. */
export interface WireError {
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly requestId?: string | undefined;
}

/** How one protocol puts results and errors. */
export interface Wire {
  /** Throws when the text is not of this protocol. */
  result(answer: WireAnswer): unknown;
  /** Undefined when the text is not of this protocol. Asked for each answer that is no success. */
  error(answer: WireAnswer): WireError | undefined;
  /** True for an error that comes as a success, as S3's may. */
  isError?(answer: WireAnswer): boolean;
}

/** Longest answer that is read: AWS's own limits are far below. */
const LONGEST = 64 * 1024 * 1024;

/** Longest time for one try, however lively the connection is. */
const PATIENCE_MS = 60_000;

/** One exchange. A cut, endless or oversized answer is a failure of the connection. */
export async function exchange(
  request: WireRequest,
  headers: Readonly<Record<string, string>>,
  context: Pick<Context, 'http'> & { readonly signal: AbortSignal },
): Promise<WireAnswer> {
  const { method, url, body } = request;
  const { signal } = context;
  const where = `${method} ${url.origin}`;
  const timer = AbortSignal.timeout(PATIENCE_MS);
  const bounded = AbortSignal.any([signal, timer]);
  try {
    const sent = method === 'GET' || method === 'HEAD' ? undefined : body;
    const answer = await context.http(url, { method, headers, body: sent, signal: bounded });
    return { status: answer.status, headers: answer.headers, text: await readText(answer, where) };
  } catch (error) {
    if (signal.aborted) throw cancelled(where);
    if (timer.aborted) {
      throw new HttpError(`${where}: no whole answer in ${PATIENCE_MS / 1000} s`, { code: 'ETIMEDOUT', cause: error });
    }
    throw error;
  }
}

async function readText(answer: HttpResponse, where: string): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of answer.stream) {
      parts.push(part as Buffer);
      size += (part as Buffer).length;
      if (size > LONGEST) break;
    }
  } catch (cause) {
    // The far side hung up in the middle.
    throw new HttpError(`${where}: the answer was cut: ${messageOf(cause)}`, { code: 'ECONNRESET', cause });
  }
  if (size <= LONGEST) return Buffer.concat(parts).toString('utf8');
  answer.stream.destroy();
  throw new HttpError(`${where}: the answer is longer than ${LONGEST} bytes`, { code: 'ANSWER_TOO_LONG' });
}

/** The title of a web page, the beginning of any other text; undefined for nothing. */
export function titleOf(text: string): { readonly isPage: boolean; readonly words: string | undefined } {
  const start = text.slice(0, 4096);
  const isPage = /^\s*(<!doctype\s+html|<html)/i.test(start);
  const words = isPage ? /<title[^>]*>([^<]{0,200})/i.exec(start)?.[1] : start.slice(0, 120);
  return { isPage, words: words?.replace(/\s+/g, ' ').trim() || undefined };
}

/** Percent-encoding as signatures want it: nothing stays but letters, digits and `-._~`. */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Below the path that a custom endpoint may have. */
export function urlOf(endpoint: string, path: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  const pairs = Object.entries(query).map(([name, value]) => `${encodeSegment(name)}=${encodeSegment(value)}`);
  url.search = pairs.join('&');
  return url;
}
