import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer } from './http/listen.js';

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

/** A stand-in for a load balancer: one address, requests in turn to the tasks that are healthy now. */
export async function openFront(targets: () => readonly string[]): Promise<Front> {
  let turn = 0;
  const server = createServer((request, response) => {
    const healthy = targets();
    const target = healthy[turn++ % Math.max(1, healthy.length)];
    if (target === undefined) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('no healthy task\n');
      return;
    }
    const { host: _host, ...headers } = request.headers;
    const onward = send(new URL(request.url ?? '/', target), { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => {
      if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain' });
      response.end('the task did not answer\n');
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closeServer(server) };
}
