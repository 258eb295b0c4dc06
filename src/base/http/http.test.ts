import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttp, isLoopback } from './http.js';

const seen: { method: string; url: string; length: string | undefined; body: string }[] = [];
const server = createServer((request, response) => {
  if (request.url === '/refuse') {
    response.writeHead(401, { 'www-authenticate': 'Basic' }).end('no');
    return;
  }
  if (request.url?.startsWith('/cut')) {
    request.socket.destroy();
    return;
  }
  if (request.url === '/silent') return;
  let body = '';
  request.on('data', (part: Buffer) => (body += part.toString()));
  request.on('end', () => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, length: headers['content-length'], body });
    response.writeHead(201, { 'x-many': ['a', 'b'] }).end(`got ${body.length}`);
  });
});
let base = '';
const http = createHttp({ env: {} });
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  http.close();
  server.closeAllConnections();
  server.close();
});

test('sends a stream with its length and reads the answer', async () => {
  const body = { length: 10, open: () => Readable.from([Buffer.from('01234'), Buffer.from('56789')]) };
  const answer = await http(`${base}/put`, { method: 'PUT', body });
  expect([answer.status, answer.headers['x-many'], await answer.text()]).toEqual([201, 'a, b', 'got 10']);
  expect(seen.at(-1)).toEqual({ method: 'PUT', url: '/put', length: '10', body: '0123456789' });
});

test('a POST without a body says so', async () => {
  await (await http(`${base}/post`, { method: 'POST' })).bytes();
  expect(seen.at(-1)).toMatchObject({ length: '0' });
});

test('an answer that comes before the body is out is an answer', async () => {
  const body = { length: 64 << 20, open: () => Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(1 << 20))) };
  const answer = await http(`${base}/refuse`, { method: 'PUT', body });
  expect(answer.status).toBe(401);
  answer.stream.destroy();
});

test('a cut connection is told with its code and the place', async () => {
  await expect(http(`${base}/cut?token=secret`)).rejects.toMatchObject({ code: 'ECONNRESET', kind: 'remote' });
  await expect(http(`${base}/cut?token=secret`)).rejects.toThrow(`GET ${base}/cut: `);
});

test('a body that cannot be read fails the request', async () => {
  const open = () => new Readable({ read: () => undefined, construct: (done) => done(new Error('unreadable')) });
  await expect(http(`${base}/put`, { method: 'PUT', body: { length: 5, open } })).rejects.toThrow('unreadable');
});

test('silence ends in time', async () => {
  await expect(http(`${base}/silent`, { idleTimeoutMs: 50 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});

test('cancelling ends the wait', async () => {
  const controller = new AbortController();
  const waiting = http(`${base}/silent`, { signal: controller.signal });
  setTimeout(() => controller.abort(), 20);
  await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
});

test('a proxy is used for others and never for loopback', async () => {
  const proxied = createHttp({ env: { HTTP_PROXY: base } });
  const viaProxy = await proxied('http://registry.example/v2/', { method: 'PUT', body: 'x' });
  expect(await viaProxy.text()).toBe('got 1');
  expect(seen.at(-1)?.url).toBe('http://registry.example/v2/');
  await (await proxied(`${base}/direct`, { method: 'PUT', body: 'x' })).text();
  expect(seen.at(-1)?.url).toBe('/direct');
  proxied.close();
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['localhost', true],
  ['[::1]', true],
  ['10.0.0.1', false],
  ['localhost.example.com', false],
  ['127.0.0.1.example.com', false],
])('%s is loopback: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});
