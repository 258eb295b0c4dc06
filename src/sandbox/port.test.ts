import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePort, untilAnswered } from './port.js';

let server: Server | undefined;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = undefined;
});

async function listen(made: Server, port = 0): Promise<number> {
  server = made;
  made.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve));
  return (made.address() as AddressInfo).port;
}

/** Milliseconds until it is over. */
async function timeOf(port: number, isOver = () => false): Promise<number> {
  const start = performance.now();
  await untilAnswered(port, isOver);
  return performance.now() - start;
}

test('whatever status a program answers, it has started', async () => {
  const port = await listen(createHttpServer((_request, response) => response.writeHead(503).end()));
  expect(await timeOf(port)).toBeLessThan(1000);
});

test('a program that listens later is waited for', async () => {
  const port = await freePort();
  const late = setTimeout(
    () =>
      void listen(
        createHttpServer((_, response) => response.end()),
        port,
      ),
    300,
  );
  expect(await timeOf(port)).toBeGreaterThan(250);
  clearTimeout(late);
});

test('one that takes connections and drops them has not started, until it ends', async () => {
  let seen = 0;
  const port = await listen(
    createServer((socket) => {
      seen++;
      socket.destroy();
    }),
  );
  await untilAnswered(port, () => seen >= 3);
  expect(seen).toBe(3);
});

test('one that speaks no HTTP has', async () => {
  const port = await listen(createServer((socket) => socket.write('220 mail.example ESMTP\r\n')));
  expect(await timeOf(port)).toBeLessThan(1000);
});

test('one that waits for others to speak its protocol has, after a while', async () => {
  const port = await listen(createServer(() => undefined));
  const ms = await timeOf(port);
  expect(ms).toBeGreaterThan(1900);
  expect(ms).toBeLessThan(10_000);
});
