import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ecs } from './open.js';

const TARGETS: Readonly<Record<string, string>> = {
  AmazonEC2ContainerServiceV20141113: 'ecs',
  Logs_20140328: 'logs',
};

/** The stand-in on loopback, in AWS JSON 1.1. Signatures are not looked at. */
export async function serve(ecs: Ecs): Promise<{ readonly endpoint: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void respond(ecs, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, close: () => close(server) };
}

async function respond(ecs: Ecs, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.sendDate = false;
  response.setHeader('date', new Date(ecs.now()).toUTCString());
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const [target = '', operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const input = parse(Buffer.concat(pieces).toString() || '{}');
  if (input === undefined) return send(response, 400, { __type: 'SerializationException' });
  const reply = await ecs.answer(TARGETS[target] ?? target, operation, input);
  if (reply.kind === 'reset') return void request.socket.destroy();
  if (reply.kind === 'output') return send(response, 200, reply.output);
  if (reply.kind === 'page') {
    response.writeHead(reply.status, { 'content-type': reply.type }).end(reply.body);
    return;
  }
  const { code, message, status } = reply.fault;
  const type = code === 'UnknownOperationException' ? `com.amazon.coral.service#${code}` : code;
  send(response, status, { __type: type, ...(message && { message }) });
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/x-amz-json-1.1',
      'content-length': Buffer.byteLength(text),
      'x-amzn-requestid': '00000000-0000-4000-8000-000000000000',
    })
    .end(text);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
