import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { testWorld } from '../../../test/support/world.js';
import { virtualClock } from '../../base/clock.js';
import { LadingError } from '../../base/errors.js';
import type { Answer } from './smoke.js';
import { answerText, askUntilServed, smokeFailure } from './smoke.js';

type Reply = { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> } | 'reset';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** Gives these answers in their order, the last for ever. */
async function address(...replies: readonly Reply[]) {
  const asked: { readonly path: string; readonly headers: NodeJS.Dict<string | string[]> }[] = [];
  const server: Server = createServer((request, answer) => {
    asked.push({ path: request.url ?? '', headers: request.headers });
    const reply = replies[Math.min(asked.length, replies.length) - 1] ?? 'reset';
    if (reply === 'reset') return void request.socket.destroy();
    answer.writeHead(reply.status, reply.headers);
    answer.end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/health?of=all`, asked };
}

async function ask(url: string, more: { status?: number; timeoutMs?: number; signal?: AbortSignal } = {}) {
  const { status = 200, timeoutMs = 30_000, signal } = more;
  const clock = virtualClock();
  const world = testWorld({ clock, ...(signal && { signal }) });
  open.push(() => world.close());
  const began = clock.now();
  const ended = await askUntilServed({ url, status, timeoutMs, onFailure: 'leave' }, world).then(
    (served) => ({ served, error: undefined }),
    (error: unknown) => ({ served: undefined, error: error as LadingError }),
  );
  const tasks = world.events.flatMap((event) => (event.type === 'task' ? [event] : []));
  return { ...ended, took: clock.now() - began, last: tasks.at(-1) };
}

describe('the address is asked', () => {
  test('until the status comes', async () => {
    const { url, asked } = await address(
      'reset',
      { status: 502 },
      { status: 503, body: 'no' },
      { status: 200, body: 'ok' },
    );
    const { served, last, took } = await ask(url);
    expect(served).toEqual({ url, status: 200, ms: took });
    expect(asked).toHaveLength(4);
    expect(asked[0]).toMatchObject({ path: '/health?of=all', headers: { connection: 'close' } });
    expect(last).toMatchObject({ title: `Ask ${url}`, state: 'done', detail: '200 “ok”' });
  });

  test('for as long as it may take, and to its end', async () => {
    const { url, asked } = await address({ status: 502, body: '\n  \n<b>Bad\u001b[31m Gateway</b>\nmore\n' });
    const { error, took, last } = await ask(url, { timeoutMs: 20_000 });
    expect(took).toBe(20_000);
    expect(asked.length).toBeGreaterThan(8);
    expect(error).toMatchObject({
      kind: 'deploy-failed',
      code: 'SMOKE_FAILED',
      message: `${url} answers 502 “<b>Bad Gateway</b>”, and not 200 within 20s`,
      hint: expect.stringContaining('health checks of its target group') as string,
      details: { url, expected: 200, status: 502, line: '<b>Bad Gateway</b>' },
    });
    expect(last).toMatchObject({ state: 'failed', detail: '502 “<b>Bad Gateway</b>”' });
  });

  test('and not followed elsewhere; a redirect that was asked for is an answer', async () => {
    const redirect = { status: 301, headers: { location: 'https://shop.example.com/' } };
    const { url, asked } = await address(redirect);
    const { error } = await ask(url, { timeoutMs: 1000 });
    expect(error?.message).toContain('answers 301 to https://shop.example.com/, and not 200');
    expect(error?.hint).toContain('for status 301');
    expect(new Set(asked.map(({ path }) => path))).toEqual(new Set(['/health?of=all']));
    expect((await ask(url, { status: 301 })).served).toMatchObject({ status: 301 });
  });

  test('also where nobody is', async () => {
    const { url } = await address({ status: 200 });
    open.splice(0).forEach((close) => close());
    const { error } = await ask(url, { timeoutMs: 5000 });
    expect(error).toMatchObject({
      code: 'SMOKE_FAILED',
      message: expect.stringContaining('answers nothing') as string,
    });
    expect(error?.message).toContain('ECONNREFUSED');
  });

  test('an endless body is no reason to wait', async () => {
    const server = createServer((_request, answer) => {
      answer.writeHead(200);
      const timer = setInterval(() => answer.write('x'.repeat(8192)), 1);
      answer.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => void server.close());
    const { served } = await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(served).toMatchObject({ status: 200 });
  });

  test('a run that is cancelled ends, and says no more than that', async () => {
    const { url } = await address({ status: 500 });
    const { error } = await ask(url, { signal: AbortSignal.abort() });
    expect(error).toBeInstanceOf(LadingError);
    expect(error?.kind).toBe('cancelled');
  });
});

describe('the last answer', () => {
  test.each<[Answer, string, RegExp]>([
    [{ is: 'answer', status: 404, line: '', location: undefined }, '404', /path/],
    [{ is: 'answer', status: 503, line: 'x', location: undefined }, '503 “x”', /health checks/],
    [{ is: 'answer', status: 500, line: 'boom', location: undefined }, '500 “boom”', /log lines/],
    [{ is: 'answer', status: 201, line: '', location: '/new' }, '201', /log lines/],
    [{ is: 'answer', status: 302, line: '', location: '/new' }, '302 to /new', /302/],
    [{ is: 'silence', why: 'certificate has expired' }, 'nothing: certificate has expired', /certificate/],
    [{ is: 'silence', why: 'getaddrinfo ENOTFOUND shop' }, 'nothing: getaddrinfo ENOTFOUND shop', /name/],
  ])('%j is %s', (answer, text, hint) => {
    expect(answerText(answer)).toBe(text);
    const error = smokeFailure({ url: 'https://x', status: 200, timeoutMs: 1000, onFailure: 'leave' }, answer);
    expect(error.hint).toMatch(hint);
    expect(error.message).toContain(text);
  });
});
