import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RegistryHandler } from './registry/registry.js';
import type { EmulatedService, JournalEntry, World } from './service.js';
import { AwsFault } from './service.js';
import { stsAnswer, stsFault } from './sts.js';
import type { Fault } from './faults.js';

export interface ServerOptions {
  readonly world: World;
  readonly services: readonly EmulatedService[];
  /** The one that speaks the query protocol. */
  readonly sts: EmulatedService;
  readonly registry: RegistryHandler;
  readonly journal: JournalEntry[];
  readonly accessLog: AccessEntry[];
  /** What to do instead of an answer, if anything. */
  readonly faultFor: (call: { readonly service: string; readonly operation: string }) => Fault | undefined;
  /** `GET /_sandbox/NAME`. */
  readonly control: Readonly<Record<string, (body: unknown) => unknown>>;
}

export interface AccessEntry {
  readonly method: string;
  readonly path: string;
  status: number;
}

/** One port for all of it: AWS JSON by target, the query protocol by form, the registry below `/v2/`. */
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
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ __type: 'InternalFailure', message: String(error) }));
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
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
  if (url.pathname.startsWith('/v2') || url.pathname.startsWith('/s3/')) {
    const entry: AccessEntry = { method: request.method ?? '', path: url.pathname + url.search, status: 0 };
    options.accessLog.push(entry);
    response.on('finish', () => (entry.status = response.statusCode));
    const fault = options.faultFor({ service: 'registry', operation: `${entry.method} ${entry.path}` });
    if (
      fault &&
      (await misbehave(fault, request, response, (status) =>
        sendJson(response, status, {
          errors: [{ code: fault.type ?? 'UNAVAILABLE', message: fault.message ?? 'injected' }],
        }),
      ))
    )
      return;
    return options.registry(request, response, url);
  }
  const body = await readAll(request);
  if (url.pathname.startsWith('/_sandbox/')) {
    const control = options.control[url.pathname.slice('/_sandbox/'.length)];
    if (!control) return sendJson(response, 404, { controls: Object.keys(options.control) });
    return sendJson(response, 200, (await control(body === '' ? undefined : JSON.parse(body))) ?? {});
  }
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return answerJson(target, body, request, response, options);
  return answerQuery(body, response, request, options);
}

async function answerJson(
  target: string,
  body: string,
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
): Promise<void> {
  const [prefix = '', operation = ''] = target.split('.');
  const service = options.services.find((one) => one.target === prefix);
  const refuse = (fault: AwsFault) => {
    response.setHeader('x-amzn-errortype', fault.type);
    sendJson(response, fault.status, { __type: fault.type, message: fault.message });
  };
  if (!service) return refuse(new AwsFault('UnknownOperationException', `no service answers to ${target}`));
  const input = readInput(body);
  if (!input) return refuse(new AwsFault('SerializationException', 'The input is no JSON object.'));
  const at = options.world.clock.now();
  const note = (result: Partial<JournalEntry>) =>
    options.journal.push({ at, service: service.name, operation, input, ...result });
  const fail = (fault: AwsFault) => {
    note({ fault: { type: fault.type, message: fault.message } });
    refuse(fault);
  };
  if (!request.headers.authorization)
    return fail(new AwsFault('MissingAuthenticationTokenException', 'Missing Authentication Token'));
  const fault = options.faultFor({ service: service.name, operation });
  if (
    fault &&
    (await misbehave(fault, request, response, (status) =>
      fail(new AwsFault(fault.type ?? 'ServiceUnavailable', fault.message ?? 'injected', status)),
    ))
  )
    return;
  const run = service.operations[operation];
  if (!run)
    return fail(new AwsFault('UnknownOperationException', `${service.name} has no operation ${operation} here`));
  try {
    const output = await run(input);
    note({ output });
    if (fault?.lost) request.socket.destroy();
    else sendJson(response, 200, output);
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    fail(error);
  }
}

async function answerQuery(
  body: string,
  response: ServerResponse,
  request: IncomingMessage,
  options: ServerOptions,
): Promise<void> {
  const { Action: operation = '', Version: _version, ...input } = Object.fromEntries(new URLSearchParams(body));
  const { WebIdentityToken: _token, ...shown } = input;
  const at = options.world.clock.now();
  const note = (result: Partial<JournalEntry>) =>
    options.journal.push({ at, service: options.sts.name, operation, input: shown, ...result });
  response.setHeader('content-type', 'text/xml');
  const fail = (fault: AwsFault) => {
    note({ fault: { type: fault.type, message: fault.message } });
    response.statusCode = fault.status;
    response.end(stsFault(fault));
  };
  if (!request.headers.authorization && operation !== 'AssumeRoleWithWebIdentity')
    return fail(new AwsFault('MissingAuthenticationToken', 'Request is missing Authentication Token', 403));
  const fault = options.faultFor({ service: options.sts.name, operation });
  if (
    fault &&
    (await misbehave(fault, request, response, (status) =>
      fail(new AwsFault(fault.type ?? 'InternalFailure', fault.message ?? 'injected', status)),
    ))
  )
    return;
  const run = options.sts.operations[operation];
  if (!run) return fail(new AwsFault('InvalidAction', `Could not find operation ${operation} for version 2011-06-15`));
  try {
    const output = await run(input);
    note({ output });
    response.end(stsAnswer(operation, output));
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    fail(error);
  }
}

function readInput(body: string): Record<string, unknown> | undefined {
  try {
    const input: unknown = body === '' ? {} : JSON.parse(body);
    return typeof input === 'object' && input !== null && !Array.isArray(input) ? { ...input } : undefined;
  } catch {
    return undefined;
  }
}

/** True when the fault took the place of the answer. */
async function misbehave(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
  refuse: (status: number) => void,
): Promise<boolean> {
  if (fault.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  if (fault.reset) {
    request.socket.destroy();
    return true;
  }
  if (fault.status === undefined && fault.type === undefined) return false;
  request.resume();
  if (fault.retryAfter !== undefined) response.setHeader('retry-after', String(fault.retryAfter));
  refuse(fault.status ?? 400);
  return true;
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(value));
}
