import { setMaxListeners } from 'node:events';
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { Environment } from '../environment.js';
import { cancelled, errnoOf, HttpError, LadingError, messageOf } from '../errors.js';
import type { HttpResponse } from './http-answer.js';
import { responseOf } from './http-answer.js';
import type { HttpBody } from './http-send.js';
import { isStream, send } from './http-send.js';
import { proxyFor } from './proxy.js';

export type { HttpResponse } from './http-answer.js';
export type { HttpBody } from './http-send.js';

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Longest time in milliseconds in which next to nothing moves on the connection. */
  readonly idleTimeoutMs?: number;
}

/** One exchange: no retries, no redirects, no credentials. Rejects only when there is no answer. */
export type Http = (url: string | URL, request?: HttpRequest) => Promise<HttpResponse>;

export interface HttpOptions {
  /** For `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` in either case. */
  readonly env: Environment;
  readonly maxSockets?: number;
}

/** Bytes in the idle time that count as movement: who sends one each second never ends. */
const LEAST_MOVEMENT = 4096;

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
    endIdleThatSpeak(agent);
    agents.set(key, agent);
    return agent;
  }

  async function http(target: string | URL, request: HttpRequest = {}): Promise<HttpResponse> {
    const url = new URL(target);
    const { method = 'GET', body, signal, idleTimeoutMs = 60_000 } = request;
    const what = `${method} ${url.origin}${url.pathname}`;
    if (signal?.aborted) throw cancelled(`${method} ${url.host}`);
    // Each request of a run listens to the one signal; Node would warn of eleven.
    if (signal) setMaxListeners(0, signal);
    // TLS costs start-up time: only who needs it loads it.
    const scheme = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
    const requestOptions: RequestOptions = {
      method,
      agent: await agentFor(url),
      headers: { ...request.headers, ...lengthHeader(method, body) },
      signal,
    };
    let source: Readable | undefined;
    try {
      source = isStream(body) ? await body.open() : undefined;
      const outgoing = scheme.request(url, requestOptions);
      endSilence(outgoing, idleTimeoutMs);
      return responseOf(await send(outgoing, body, source), { what, signal });
    } catch (cause) {
      source?.destroy();
      if (signal?.aborted) throw cancelled(`${method} ${url.host}`);
      if (cause instanceof LadingError) throw cause;
      throw new HttpError(`${what}: ${messageOf(cause)}`, { code: errnoOf(cause) ?? 'NO_ANSWER', cause });
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

/** Ends an exchange in which nothing moves, in either direction, from the connecting to the last byte of the answer. */
function endSilence(request: ClientRequest, windowMs: number): void {
  let incoming: IncomingMessage | undefined;
  request.once('response', (message) => (incoming = message));
  const moved = () => (request.socket ? request.socket.bytesRead + request.socket.bytesWritten : 0);
  let before = 0;
  request.once('socket', () => (before = moved()));
  const timer = setInterval(
    () => {
      const now = moved();
      // What is here and not fetched yet is not the far side's silence.
      if (now - before < LEAST_MOVEMENT && !incoming?.readableLength) {
        const error = Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
        if (incoming) incoming.destroy(error);
        else request.destroy(error);
      }
      before = now;
      // More milliseconds than 31 bits hold would be none.
    },
    Math.min(windowMs, 2 ** 31 - 1),
  );
  timer.unref();
  request.once('close', () => clearInterval(timer));
}

/** Bytes beyond the end of an answer would be read as the next one's beginning: such a connection is not used again. */
function endIdleThatSpeak(agent: Agent): void {
  const keep = agent.keepSocketAlive.bind(agent);
  const reuse = agent.reuseSocket.bind(agent);
  const hang = new WeakMap<Duplex, () => void>();
  agent.keepSocketAlive = (socket) => {
    const onData = () => void socket.destroy();
    hang.set(socket, onData);
    socket.on('data', onData);
    return keep(socket);
  };
  agent.reuseSocket = (socket, request) => {
    const onData = hang.get(socket);
    if (onData) socket.off('data', onData);
    reuse(socket, request);
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
