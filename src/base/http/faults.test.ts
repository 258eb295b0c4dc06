import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttp } from './http.js';

/** What the connections of a test got, each with its bytes; a server that writes whatever it likes. */
let connections: { text: string; closed: boolean }[] = [];
let speak: (socket: Socket, connection: { text: string }, number: number) => void;
let server: Server;
let url = '';
const http = createHttp({ env: {} });

beforeEach(async () => {
  connections = [];
  server = createServer((socket) => {
    const connection = { text: '', closed: false };
    const number = connections.push(connection);
    socket.on('error', () => undefined);
    socket.on('close', () => (connection.closed = true));
    socket.on('data', (piece) => {
      connection.text += piece.toString('latin1');
      speak(socket, connection, number);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/it`;
});
afterEach(() => void server.close());

const ok = (body: string, length = body.length) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${body}`;
const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const stream = (length: number, ...pieces: string[]) => ({
  length,
  open: () => Readable.from(pieces.map((piece) => Buffer.from(piece))),
});

describe('a body of another length than it was told', () => {
  beforeEach(() => {
    speak = (socket, { text }) => {
      if (/Content-Length: 5\r\n/i.test(text) && bodyOf(text).length >= 5) socket.write(ok('five'));
      if (text.startsWith('GET')) socket.write(ok('clean'));
    };
  });

  test.each([
    ['more, in one piece', ['0123456789']],
    ['more, in pieces', ['012', '34', '56789']],
    ['more, after the last byte', ['01234', '5']],
    ['fewer', ['012']],
    ['none', []],
  ])('%s: fails before it is whole, and the connection is not used again', async (_name, pieces) => {
    await expect(http(url, { method: 'PUT', body: stream(5, ...pieces) })).rejects.toMatchObject({
      code: 'BODY_LENGTH',
      message: expect.stringContaining('not the 5') as string,
    });
    expect(await (await http(url)).text()).toBe('clean');
    expect(connections).toHaveLength(2);
    const [first] = connections;
    expect(bodyOf(first?.text ?? '').length).toBeLessThan(5);
    await expect.poll(() => first?.closed).toBe(true);
  });

  test('the right one goes, is counted, and the connection is used again', async () => {
    const counts: number[] = [];
    const body = { ...stream(5, '01', '23', '4'), onSent: (bytes: number) => counts.push(bytes) };
    expect(await (await http(url, { method: 'PUT', body })).text()).toBe('five');
    expect(counts).toEqual([2, 4, 5]);
    connections[0] = Object.assign(connections[0] ?? {}, { text: '' }) as never;
    expect(await (await http(url)).text()).toBe('clean');
    expect(connections).toHaveLength(1);
  });
});

test('an answer before the body is out: the source is let go, and nothing else goes over that connection', async () => {
  speak = (socket, { text }, number) => {
    if (number === 1 && text.includes('\r\n\r\n')) socket.write('HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno');
    if (number === 2) socket.write(ok('clean'));
  };
  let source: Readable | undefined;
  const endless = () => (source = new Readable({ read: (size) => void source?.push(Buffer.alloc(size)) }));
  const refused = await http(url, { method: 'PUT', body: { length: 1 << 30, open: endless } });
  expect([refused.status, await refused.text()]).toEqual([413, 'no']);
  expect(source?.destroyed).toBe(true);
  expect(await (await http(url)).text()).toBe('clean');
});

describe('an answer with surplus bytes', () => {
  test('that come while nobody asks: the next request does not take them for its answer', async () => {
    speak = (socket, _connection, number) => {
      socket.write(ok(`answer ${number}`));
      setTimeout(() => socket.write(ok('of nobody')), 10);
    };
    expect(await (await http(url)).text()).toBe('answer 1');
    await pause(40);
    expect(await (await http(url)).text()).toBe('answer 2');
    await expect.poll(() => connections[0]?.closed).toBe(true);
  });

  test('that come with it', async () => {
    speak = (socket, _connection, number) => void socket.write(`${ok(`answer ${number}`)}and more`);
    for (const number of [1, 2]) {
      const text = await http(url).then((answer) => answer.text());
      expect(text).toBe(`answer ${number}`);
    }
    expect(connections).toHaveLength(2);
  });
});

describe('an answer that breaks off is a failure of the network', () => {
  test.each([
    ['with a length', `${ok('half', 8)}`],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n8\r\n'],
  ])('%s', async (_name, text) => {
    speak = (socket) => void socket.end(text);
    await expect((await http(url)).text()).rejects.toMatchObject({
      kind: 'remote',
      code: 'ECONNRESET',
      message: expect.stringMatching(/^GET http:\S+\/it: the answer broke off/) as string,
    });
  });
});

describe('an answer without end', () => {
  const endless = (socket: Socket) => {
    const more = () => void (socket.destroyed || socket.write(Buffer.alloc(1 << 16), more));
    more();
  };

  test.each([
    ['that says so', 'HTTP/1.1 200 OK\r\nContent-Length: 800000000\r\n\r\n'],
    ['that does not', 'HTTP/1.1 200 OK\r\n\r\n'],
  ])('%s is not collected', async (_name, head) => {
    speak = (socket) => {
      socket.write(head);
      endless(socket);
    };
    await expect((await http(url)).bytes(100_000)).rejects.toMatchObject({ kind: 'remote', code: 'ANSWER_TOO_LONG' });
    await expect.poll(() => connections[0]?.closed).toBe(true);
    expect((await (await http(url)).excerpt(10)).length).toBe(10);
    (await http(url)).drop();
    await expect.poll(() => connections.every(({ closed }) => closed)).toBe(true);
  });

  test('a short one that nobody wants frees its connection', async () => {
    speak = (socket) => void socket.write(ok('short'));
    for (let at = 0; at < 3; at++) {
      (await http(url)).drop();
      await pause(5);
    }
    expect(connections).toHaveLength(1);
  });
});

describe('silence ends in time', () => {
  test('in the middle of an answer', async () => {
    speak = (socket) => void socket.write(ok('half', 8));
    const answer = await http(url, { idleTimeoutMs: 50 });
    await expect(answer.text()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  test('a byte now and then is silence', async () => {
    speak = (socket) => {
      socket.write(ok('', 1000));
      const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write('.')), 10);
    };
    const answer = await http(url, { idleTimeoutMs: 60 });
    await expect(answer.text()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  test('who is slow to fetch what is there is not silent', async () => {
    speak = (socket) => void socket.write(ok('x'.repeat(1 << 20)));
    const answer = await http(url, { idleTimeoutMs: 30 });
    await pause(150);
    expect((await answer.text()).length).toBe(1 << 20);
  });
});

describe('informational answers', () => {
  test.each([100, 102, 103])('%i is passed over', async (status) => {
    speak = (socket) => void socket.write(`HTTP/1.1 ${status} Wait\r\n\r\n${ok('at last')}`);
    expect(await (await http(url)).text()).toBe('at last');
  });

  test('a flood of them is not waited out', async () => {
    speak = (socket) => void socket.write('HTTP/1.1 103 Wait\r\n\r\n'.repeat(1000));
    await expect(http(url)).rejects.toMatchObject({
      kind: 'remote',
      message: expect.stringContaining('nothing but') as string,
    });
  });

  test.each(['', 'Upgrade: websocket\r\nConnection: Upgrade\r\n'])('101 is no answer (%j)', async (headers) => {
    speak = (socket) => void socket.write(`HTTP/1.1 101 Switching\r\n${headers}\r\n`);
    await expect(http(url, { idleTimeoutMs: 50 })).rejects.toMatchObject({ kind: 'remote' });
  });
});
