import type { Context } from '../../base/context.js';

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

/** One exchange, read to its end. */
export async function exchange(
  request: WireRequest,
  headers: Readonly<Record<string, string>>,
  context: Pick<Context, 'http' | 'signal'>,
): Promise<WireAnswer> {
  const { method, url, body } = request;
  const sent = method === 'GET' || method === 'HEAD' ? undefined : body;
  const answer = await context.http(url, { method, headers, body: sent, signal: context.signal });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
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
