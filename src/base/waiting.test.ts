import { describe, expect, test } from 'vitest';
import { systemClock, virtualClock } from './clock.js';
import { LadingError } from './errors.js';
import { mapLimit } from './limit.js';
import { isConnectionFailure, retry, retryAfterMs } from './retry.js';

describe('the clock', () => {
  test('a virtual sleep moves the time and returns at once', async () => {
    const clock = virtualClock(0);
    const before = performance.now();
    await clock.sleep(1_800_000);
    expect(clock.now()).toBe(1_800_000);
    expect(performance.now() - before).toBeLessThan(1000);
  });

  test('two who sleep at the same time share it', async () => {
    const clock = virtualClock(0);
    await Promise.all([clock.sleep(5000), clock.sleep(2000)]);
    expect(clock.now()).toBe(5000);
  });

  test.each([
    ['virtual', virtualClock()],
    ['system', systemClock],
  ])('a %s sleep ends at once when it is cancelled', async (_name, clock) => {
    const controller = new AbortController();
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort();
    await expect(sleeping).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

test.each([2 ** 31, 2 ** 40, Infinity])('a sleep of %d ms is not over at once', async (ms) => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(ms, controller.signal);
  const first = await Promise.race([
    sleeping.catch(() => 'cancelled'),
    systemClock.sleep(30).then(() => 'still asleep'),
  ]);
  controller.abort();
  await expect(sleeping).rejects.toMatchObject({ kind: 'cancelled' });
  expect(first).toBe('still asleep');
});

test.each([-1, Number.NaN])('a sleep of %d ms is over at once', async (ms) => {
  await expect(systemClock.sleep(ms)).resolves.toBeUndefined();
});

describe('retrying', () => {
  const passing = Object.assign(new Error('reset'), { code: 'ECONNRESET' });

  test('goes on until it works and tells of each wait', async () => {
    const waits: number[] = [];
    const result = await retry(
      async (attempt) => {
        if (attempt < 3) throw passing;
        return attempt;
      },
      { clock: virtualClock(), isTransient: isConnectionFailure, onRetry: (_error, wait) => waits.push(wait) },
    );
    expect(result).toBe(3);
    expect(waits).toHaveLength(2);
  });

  test('never repeats what cannot pass', async () => {
    let calls = 0;
    const work = retry(
      async () => {
        calls++;
        throw new LadingError('remote', 'no', { code: 'NO' });
      },
      { clock: virtualClock(), isTransient: isConnectionFailure },
    );
    await expect(work).rejects.toThrow('no');
    expect(calls).toBe(1);
  });

  test('does not wait after the last try', async () => {
    const clock = virtualClock(0);
    const work = retry(() => Promise.reject(passing), { clock, tries: 2, isTransient: () => 1000 });
    await expect(work).rejects.toThrow('reset');
    expect(clock.now()).toBe(1000);
  });

  test.each([
    [0, 0],
    [7000, 7000],
    [1e12, 300_000],
  ])('waits for as long as it is asked, %d ms, within reason', async (asked, waited) => {
    const clock = virtualClock(0);
    const told: (number | undefined)[][] = [];
    const options = { clock, tries: 2, isTransient: () => asked };
    const onRetry = (_error: unknown, waitMs: number, _next: number, askedMs?: number) => told.push([waitMs, askedMs]);
    await expect(retry(() => Promise.reject(passing), { ...options, onRetry })).rejects.toThrow('reset');
    expect(told).toEqual([[waited, asked]]);
    expect(clock.now()).toBe(waited);
  });

  test('finds the code of a connection along the causes', () => {
    expect(isConnectionFailure(new Error('outer', { cause: passing }))).toBe(true);
    expect(isConnectionFailure(new Error('outer'))).toBe(false);
  });

  test.each([
    ['7', 7000],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 9000],
    ['soon', undefined],
    ['-5', 0],
    ['1e400', undefined],
    ['', undefined],
    ['Wed, 31 Dec 1969 23:59:00 GMT', 0],
    [undefined, undefined],
  ])('Retry-After %j is %s ms', (header, ms) => {
    expect(retryAfterMs(header, 1000)).toBe(ms);
  });
});

describe('lanes', () => {
  test('run no more than so many at a time and keep the order', async () => {
    let running = 0;
    let most = 0;
    const results = await mapLimit([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return item * 10;
    });
    expect(results).toEqual([10, 20, 30, 40, 50, 60, 70]);
    expect(most).toBe(3);
  });

  test('start nothing more after a failure', async () => {
    const started: number[] = [];
    const work = mapLimit([1, 2, 3, 4, 5], 1, async (item) => {
      started.push(item);
      if (item === 2) throw new Error('two');
    });
    await expect(work).rejects.toThrow('two');
    expect(started).toEqual([1, 2]);
  });
});
