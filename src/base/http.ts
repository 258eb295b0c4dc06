import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import type { Environment } from './environment.js';
import { cancelled, errnoOf, HttpError, messageOf } from './errors.js';
import { proxyFor } from './proxy.js';

/** A body that can be sent again: `open` makes a fresh stream of exactly `length` bytes. */
export interface StreamBody {
  readonly length: number;
  open(): Readable;
}

export type HttpBody = Uint8Array | string | StreamBody;

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Longest silence on the connection in milliseconds. */
  readonly idleTimeoutMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Must be read to its end or destroyed, else the connection is not used again. */
  readonly stream: Readable;
  bytes(): Promise<Buffer>;
  text(): Promise<string>;
}

/** One exchange: no retries, no redirects, no credentials. Rejects only when there is no answer. */
export type Http = (url: string | URL, request?: HttpRequest) => Promise<HttpResponse>;

export interface HttpOptions {
  /** For `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` in either case. */
  readonly env: Environment;
  readonly maxSockets?: number;
}

/** Keep-alive HTTP over `node:http` and `node:https`; `close` ends the idle connections. */
export function createHttp(options: HttpOptions): Http & { close(): void } {
  const agents = new Map<string, Agent>();

  async function agentFor(url: URL): Promise<Agent> {
    // Loopback hosts are always spoken to directly.
    const proxy = isLoopback(url.hostname) ? undefined : proxyFor(url, options.env);
    const key = `${url.protocol}${proxy ?? ''}`;
    const existing = agents.get(key);
    if (existing) return existing;
    const agent = await createAgent(url.protocol, proxy, { keepAlive: true, maxSockets: options.maxSockets ?? 16 });
    agents.set(key, agent);
    return agent;
  }

  async function http(target: string | URL, request: HttpRequest = {}): Promise<HttpResponse> {
    const url = new URL(target);
    const { method = 'GET', body, signal } = request;
    if (signal?.aborted) throw cancelled(`${method} ${url.host}`);
    // TLS costs start-up time: only who needs it loads it.
    const scheme = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
    const requestOptions: RequestOptions = {
      method,
      agent: await agentFor(url),
      headers: { ...request.headers, ...lengthHeader(method, body) },
      timeout: request.idleTimeoutMs ?? 60_000,
      signal,
    };
    try {
      const message = await send(scheme.request(url, requestOptions), body);
      return wrap(message);
    } catch (cause) {
      if (signal?.aborted) throw cancelled(`${method} ${url.host}`);
      throw new HttpError(`${method} ${url.origin}${url.pathname}: ${messageOf(cause)}`, {
        code: errnoOf(cause) ?? 'NO_ANSWER',
        cause,
      });
    }
  }
  return Object.assign(http, {
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  });
}

function lengthHeader(method: string, body: HttpBody | undefined): Record<string, string> {
  if (body === undefined) return method === 'GET' || method === 'HEAD' ? {} : { 'content-length': '0' };
  return { 'content-length': String(typeof body === 'string' ? Buffer.byteLength(body) : body.length) };
}

/** An answer that comes before the body is out (401, 413) ends the sending; it is no failure. */
async function send(request: ClientRequest, body: HttpBody | undefined): Promise<IncomingMessage> {
  let source: Readable | undefined;
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
      request.once('timeout', () => {
        request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
      });
      if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
        request.end(body);
        return;
      }
      source = body.open();
      source.once('error', (error) => {
        request.destroy(error);
        reject(error);
      });
      source.pipe(request);
    });
  } catch (error) {
    source?.destroy();
    throw error;
  }
}

function wrap(message: IncomingMessage): HttpResponse {
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  async function bytes(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part as Buffer);
    return Buffer.concat(parts);
  }
  return {
    status: message.statusCode ?? 0,
    headers,
    stream: message,
    bytes,
    text: async () => (await bytes()).toString('utf8'),
  };
}

async function createAgent(
  protocol: string,
  proxy: string | undefined,
  settings: { keepAlive: boolean; maxSockets: number },
): Promise<Agent> {
  if (proxy && protocol === 'https:') return new (await import('https-proxy-agent')).HttpsProxyAgent(proxy, settings);
  if (proxy) return new (await import('http-proxy-agent')).HttpProxyAgent(proxy, settings);
  if (protocol === 'https:') return new (await import('node:https')).Agent(settings);
  return new (await import('node:http')).Agent(settings);
}

/** `localhost`, `127.0.0.0/8` and `::1`: the hosts that may be spoken to without TLS. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(hostname);
}
