import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../clock.js';
import { systemClock, virtualClock } from '../clock.js';
import { takeLock } from './lock.js';
import type { ReportEvent } from '../tell/report.js';

let folder = '';
let file = '';
let events: ReportEvent[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lading-lock-'));
  file = join(folder, 'sub/image.lock');
  events = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const take = (clock: Clock = systemClock, signal = new AbortController().signal) =>
  takeLock(file, 'the image', { clock, signal, report: (event) => events.push(event) });

test('one after the other, however many come at once', async () => {
  let inside = 0;
  let most = 0;
  const fast: Clock = { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(1, signal) };
  const work = async () => {
    const release = await take(fast);
    most = Math.max(most, ++inside);
    await systemClock.sleep(2);
    inside--;
    await release();
  };
  await Promise.all(Array.from({ length: 100 }, work));
  expect(most).toBe(1);
  expect(readdirSync(join(folder, 'sub'))).toEqual([]);
});

describe('a lock that was left behind', () => {
  const leave = (holder: object | string) => {
    file = join(folder, 'image.lock');
    writeFileSync(file, typeof holder === 'string' ? holder : JSON.stringify(holder));
  };
  // Larger than any process number of Linux.
  const DEAD = 4_194_305;

  test.each([
    ['by a dead process of this computer', () => ({ host: hostname(), pid: DEAD, id: 'x' })],
    [
      'by a process with our own number, of a container before this one',
      () => ({ host: hostname(), pid: process.pid, id: 'x' }),
    ],
  ])('%s is taken over at once', async (_name, holder) => {
    leave(holder());
    const release = await take();
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['of another computer', () => ({ host: 'elsewhere', pid: 1, id: 'x' })],
    ['that says nothing', () => ''],
    ['that is something else', () => 'not ours'],
  ])('%s is taken over when it gives no sign of life for a minute', async (_name, holder) => {
    leave(holder());
    const clock = virtualClock();
    const started = clock.now();
    await (
      await take(clock)
    )();
    expect(clock.now() - started).toBeGreaterThan(60_000);
    expect(events).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is taken over also when who cleared it away died of it', async () => {
    leave({ host: hostname(), pid: DEAD, id: 'x' });
    writeFileSync(`${file}.clear`, '');
    await (
      await take(virtualClock())
    )();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('by a process that lives is waited for as long as it gives signs of life', async () => {
    leave({ host: 'elsewhere', pid: 1, id: 'x' });
    const plain = virtualClock();
    let looks = 0;
    const clock: Clock = {
      now: () => plain.now(),
      async sleep(ms, signal) {
        if (++looks < 1000) utimesSync(file, looks, looks);
        else rmSync(file);
        await plain.sleep(ms, signal);
      },
    };
    await (
      await take(clock)
    )();
    expect(looks).toBe(1000);
  });

  test('is left alone by who is cancelled while waiting', async () => {
    leave({ host: 'elsewhere', pid: 1, id: 'x' });
    const controller = new AbortController();
    const waiting = take(systemClock, controller.signal);
    setTimeout(() => controller.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
    expect(existsSync(file)).toBe(true);
  });
});
