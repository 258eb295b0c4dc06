import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Http } from '../../src/base/http/http.js';
import { createHttp } from '../../src/base/http/http.js';

export interface Seen {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body that came. */
  bytes: number;
}

export interface ScriptedServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly host: string;
  /** Every request, in order. */
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

export type Script = (request: IncomingMessage, response: ServerResponse, seen: Seen) => unknown;

/** A server on loopback that answers as a test says, and remembers what it was asked. The body is read to its end first. */
export async function startScript(script: Script): Promise<ScriptedServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const one: Seen = { method, path: url, headers, bytes: 0 };
    seen.push(one);
    request.on('data', (piece: Buffer) => (one.bytes += piece.length));
    request.on('end', () => void script(request, response, one));
    request.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${host}`,
    host,
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * The network in which origins as `https://registry.test` lie on servers of this computer. `asked` holds the method and
 * the origin of each request; an origin that is not in the table cannot be reached.
 */
export function networkOf(places: Readonly<Record<string, ScriptedServer>>): Http & {
  readonly asked: string[];
  close(): void;
} {
  const http = createHttp({ env: {} });
  const asked: string[] = [];
  async function dressed(url: string | URL, request: Parameters<Http>[1] = {}) {
    const target = new URL(url);
    asked.push(`${request.method ?? 'GET'} ${target.origin}`);
    const place = places[target.origin];
    if (!place) throw new Error(`nothing may be sent to ${target.origin}`);
    return http(new URL(target.pathname + target.search, place.origin), request);
  }
  return Object.assign(dressed, { asked, close: () => http.close() });
}
