import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { virtualClock } from '../base/clock.js';
import { createHttp } from '../base/http/http.js';
import { digestOf } from '../oci/digest.js';
import { collect } from '../oci/verified.js';
import { openRepository } from './repository.js';

const whole = randomBytes(1 << 20);
const descriptor = { mediaType: 'x', digest: digestOf(whole), size: whole.length };
const http = createHttp({ env: {} });
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Manners {
  /** Answers a range with the range, or with the whole. */
  readonly ranges: boolean;
  /** Says how long the answer is; else its end is the connection's. */
  readonly length: boolean;
  /** Bytes after which an answer is cut, one after the other; then no more. */
  readonly cuts: readonly number[];
  readonly bytes?: Buffer;
}

async function open({ ranges, length, cuts, bytes = whole }: Manners) {
  const asked: (string | undefined)[] = [];
  server = createServer((request, response) => {
    const { range } = request.headers;
    asked.push(range);
    const cut = cuts[asked.length - 1];
    const from = ranges ? Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0) : 0;
    const body = bytes.subarray(from);
    if (!length) response.useChunkedEncodingByDefault = false;
    response.writeHead(from > 0 ? 206 : 200, length ? { 'content-length': body.length } : { connection: 'close' });
    if (cut === undefined) return void response.end(body);
    const { socket } = response;
    response.write(body.subarray(0, cut), () => setImmediate(() => (length ? socket?.destroy() : socket?.end())));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const context = { http, clock: virtualClock(), report: () => undefined, signal: new AbortController().signal };
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const repository = openRepository(`${host}/app`, context, { keychain: async () => undefined });
  const read = async (signal?: AbortSignal) => (await (await repository.blob(descriptor))?.open(signal)) as never;
  return { read, asked };
}

describe.each([
  ['that knows ranges', true, true],
  ['that knows none', false, true],
  ['whose answers end with the connection', true, false],
  ['that knows nothing', false, false],
])('a registry %s', (_name, ranges, length) => {
  test.each([[[]], [[1000]], [[0, 70_000, 500_000, 10]]])(
    'and cuts after %j bytes: the blob comes whole',
    async (cuts) => {
      const { read, asked } = await open({ ranges, length, cuts });
      expect((await collect(await read())).equals(whole)).toBe(true);
      expect(asked).toHaveLength(cuts.length + 1);
    },
  );

  test('and cuts for ever is given up', async () => {
    const { read, asked } = await open({ ranges, length, cuts: Array.from({ length: 99 }, () => 10) });
    await expect(read().then(collect)).rejects.toMatchObject({ kind: 'remote', code: 'ECONNRESET' });
    expect(asked.length).toBeLessThan(10);
  });
});

test.each([
  ['other bytes', randomBytes(whole.length)],
  ['more', Buffer.concat([whole, whole])],
  ['fewer', whole.subarray(1)],
])('%s are a mistake of the registry, and not asked for again', async (_name, bytes) => {
  const { read, asked } = await open({ ranges: true, length: true, cuts: [], bytes });
  await expect(read().then(collect)).rejects.toMatchObject({ kind: 'remote', code: 'DIGEST_MISMATCH' });
  expect(asked).toHaveLength(1);
});

test('a blob that is not there says so when it is opened', async () => {
  server = createServer((_request, response) => void response.writeHead(404).end());
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const context = { http, clock: virtualClock(), report: () => undefined, signal: new AbortController().signal };
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const repository = openRepository(`${host}/app`, context, { keychain: async () => undefined });
  await expect((await repository.blob(descriptor))?.open()).rejects.toMatchObject({ status: 404 });
});

test('who cancels in the middle hears of it, and who stops reading ends the waiting', async () => {
  const { read } = await open({ ranges: true, length: true, cuts: [] });
  const controller = new AbortController();
  const reading = read(controller.signal).then(collect);
  controller.abort();
  await expect(reading).rejects.toMatchObject({ kind: 'cancelled' });
  const stream = (await read()) as { destroy(): void; destroyed: boolean };
  stream.destroy();
  expect(stream.destroyed).toBe(true);
});
