import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { foreignness } from '../access/hosts.js';
import type { Fault } from '../faults.js';
import type { RegistryHandler } from '../registry/registry.js';
import type { ApiOptions } from './answer-api.js';
import { answerApi } from './answer-api.js';
import { turnAway } from './body.js';
import type { Controls } from './control.js';
import { answerControl } from './control.js';
import { misbehave } from './misbehave.js';

export interface ServerOptions extends ApiOptions {
  readonly registry: RegistryHandler;
  readonly accessLog: AccessEntry[];
  readonly controls: Controls;
  /** Opens `/_sandbox/…`. */
  readonly controlKey: string;
  /** Names by which it may be asked, beside those of loopback. */
  readonly hosts: readonly string[];
}

export interface AccessEntry {
  readonly method: string;
  readonly path: string;
  status: number;
}

/** One port for all of it: AWS APIs, the registry below `/v2/`, the sandbox's own controls. */
export async function listen(
  options: ServerOptions,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) {
        request.socket.destroy();
        return;
      }
      turnAway(response, 500, { __type: 'InternalFailure', message: String(error) });
    });
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

async function answer(request: IncomingMessage, response: ServerResponse, options: ServerOptions): Promise<void> {
  const { host, origin, 'sec-fetch-site': site } = request.headers;
  const asked = { host, origin, site: site };
  const foreign = foreignness(asked, request.socket.localPort ?? 0, options.hosts);
  if (foreign !== undefined) {
    const message = `the sandbox does not answer to ${foreign}: start it with --host NAME for another name of it`;
    return turnAway(response, 403, { __type: 'AccessDeniedException', message });
  }
  const base = `http://${host ?? 'localhost'}`;
  if (!URL.canParse(request.url ?? '/', base)) return turnAway(response, 400, { message: 'the address is none' });
  const url = new URL(request.url ?? '/', base);
  const isSigned = request.headers.authorization?.startsWith('AWS4-') ?? url.searchParams.has('X-Amz-Algorithm');
  if (!isSigned && /^\/(v2(\/|$)|s3\/)/.test(url.pathname)) return answerRegistry(request, response, url, options);
  if (url.pathname.startsWith('/_sandbox/'))
    return answerControl(request, response, url.pathname.slice('/_sandbox/'.length), options);
  return answerApi(request, response, options);
}

async function answerRegistry(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  options: ServerOptions,
): Promise<void> {
  const entry: AccessEntry = { method: request.method ?? '', path: url.pathname + url.search, status: 0 };
  options.accessLog.push(entry);
  response.on('finish', () => (entry.status = response.statusCode));
  const fault = options.faultFor({ service: 'registry', operation: `${entry.method} ${entry.path}` });
  if (fault && (await misbehave(fault, request, response, (status) => refuseAs(fault, response, status)))) return;
  return options.registry(request, response, url);
}

function refuseAs(fault: Fault, response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  const error = { code: fault.type ?? 'UNAVAILABLE', message: fault.message ?? 'injected' };
  response.end(JSON.stringify({ errors: [error] }));
}
