import type { Context } from '../../base/context.js';
import { cancelled, errnoOf, HttpError, messageOf } from '../../base/errors.js';
import type { HttpResponse } from '../../base/http/http.js';
import type { GitHubAnswer } from './failure.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Exchange {
  readonly method: Method;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object | undefined;
  /** Called before each request that goes out. */
  readonly onSend: () => void;
}

const hopsAtMost = 5;

/** One request and its answer, sent on where a repository has another name by now, never to another host. */
export async function exchange(
  { http, signal }: Pick<Context, 'http' | 'signal'>,
  { method, url, headers, body, onSend }: Exchange,
): Promise<GitHubAnswer> {
  let target = new URL(url);
  for (let hops = 0; ; hops++) {
    onSend();
    const response = await http(target, { method, headers, signal, body: body && JSON.stringify(body) });
    const text = await textOf(response, `${method} ${target.origin}${target.pathname}`, signal);
    const next = redirectOf(response, target);
    // A token never goes to another host.
    if (next === undefined || hops === hopsAtMost || next.origin !== target.origin) {
      return { status: response.status, headers: response.headers, text, body: parsed(text), moved: hops > 0 };
    }
    target = next;
  }
}

/** An answer that ends in the middle is none. */
async function textOf(response: HttpResponse, what: string, signal: AbortSignal): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    if (signal.aborted) throw cancelled(what);
    throw new HttpError(`${what}: the answer was cut off: ${messageOf(cause)}`, {
      code: errnoOf(cause) ?? 'ECONNRESET',
      cause,
    });
  }
}

function redirectOf(response: HttpResponse, from: URL): URL | undefined {
  const location = response.headers['location'];
  if (![301, 302, 307, 308].includes(response.status) || !location) return undefined;
  return URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
