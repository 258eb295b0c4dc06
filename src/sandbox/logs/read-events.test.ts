import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLogs } from '../logs.js';
import { readFilterPattern } from './filter-pattern.js';

const NOW = 1_767_225_600_000;

interface Page {
  readonly events: readonly { readonly message: string }[];
  readonly nextToken?: string;
  readonly nextForwardToken: string;
  readonly nextBackwardToken: string;
}

/** A group with streams of events at given seconds, in the order in which they came. */
function logsWith(streams: Readonly<Record<string, readonly number[]>>, pageSize?: number) {
  const { operations } = createLogs({ clock: { now: () => NOW }, region: 'r', accountId: '1', pageSize });
  const call = (operation: string, input: object) =>
    operations[operation]?.({ logGroupName: 'group', ...input }) as Page;
  call('CreateLogGroup', {});
  for (const [logStreamName, times] of Object.entries(streams)) {
    call('CreateLogStream', { logStreamName });
    times.forEach((at, number) => {
      const message = `${logStreamName} ${String(at).padStart(2, '0')} ${number}`;
      call('PutLogEvents', { logStreamName, logEvents: [{ timestamp: NOW + at * 1000, message }] });
    });
  }
  return call;
}

/** Follows a token until it stays: each message as it came, and how many pages it took. */
function follow(call: ReturnType<typeof logsWith>, input: object, token: 'nextForwardToken' | 'nextBackwardToken') {
  const pages: string[][] = [];
  for (let nextToken: string | undefined; pages.length < 200;) {
    const page = call('GetLogEvents', { ...input, ...(nextToken !== undefined && { nextToken }) });
    pages.push(page.events.map(({ message }) => message));
    if (page[token] === nextToken) break;
    nextToken = page[token];
  }
  return pages;
}

const times = fc.array(fc.nat(20), { maxLength: 25 });
const size = fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined });

test('GetLogEvents: following a token gives each event once, in order, from either end', () => {
  fc.assert(
    fc.property(times, size, size, (at, pageSize, limit) => {
      const call = logsWith({ web: at }, pageSize);
      const input = { logStreamName: 'web', ...(limit !== undefined && { limit }) };
      const all = at
        .map((time, number) => ({ time, number, message: `web ${String(time).padStart(2, '0')} ${number}` }))
        .sort((a, b) => a.time - b.time || a.number - b.number)
        .map(({ message }) => message);
      const forward = follow(call, { ...input, startFromHead: true }, 'nextForwardToken');
      expect(forward.flat()).toEqual(all);
      const backward = follow(call, input, 'nextBackwardToken');
      expect([...backward].reverse().flat()).toEqual(all);
      for (const page of [...forward, ...backward])
        expect(page.length).toBeLessThanOrEqual(Math.min(pageSize ?? 99, limit ?? 99));
      // There and back again.
      const last = call('GetLogEvents', input);
      const before = call('GetLogEvents', { ...input, nextToken: last.nextBackwardToken });
      if (before.events.length === 0) return;
      const again = call('GetLogEvents', { ...input, startFromHead: true, nextToken: before.nextForwardToken });
      expect(again.events).toEqual(last.events);
    }),
  );
});

test('GetLogEvents: who waits at the end gets what comes later', () => {
  const call = logsWith({ web: [1, 2] });
  const end = call('GetLogEvents', { logStreamName: 'web', startFromHead: true }).nextForwardToken;
  const input = { logStreamName: 'web', startFromHead: true, nextToken: end };
  expect(call('GetLogEvents', input)).toMatchObject({ events: [], nextForwardToken: end });
  call('PutLogEvents', { logStreamName: 'web', logEvents: [{ timestamp: NOW + 3000, message: 'late' }] });
  expect(call('GetLogEvents', input).events.map(({ message }) => message)).toEqual(['late']);
});

test('FilterLogEvents: all streams by time, each event once, whatever the pages', () => {
  fc.assert(
    fc.property(times, times, size, (one, two, pageSize) => {
      const call = logsWith({ one, two }, pageSize);
      const found: string[] = [];
      for (let nextToken: string | undefined, at = 0; at === 0 || (nextToken !== undefined && at < 200); at++) {
        const page = call('FilterLogEvents', { filterPattern: 'o', ...(nextToken !== undefined && { nextToken }) });
        found.push(...page.events.map(({ message }) => message));
        nextToken = page.nextToken;
      }
      expect(found).toHaveLength(one.length + two.length);
      expect(new Set(found).size).toBe(found.length);
      const seconds = found.map((message) => Number(message.split(' ')[1]));
      expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    }),
  );
});

test('a page has a megabyte at most', () => {
  const call = logsWith({ web: [] });
  const logEvents = Array.from({ length: 9 }, (_, at) => ({ timestamp: NOW + at, message: 'x'.repeat(110_000) }));
  for (let at = 0; at < 2; at++) call('PutLogEvents', { logStreamName: 'web', logEvents });
  const pages = follow(call, { logStreamName: 'web', startFromHead: true }, 'nextForwardToken');
  expect(pages.map((page) => page.length)).toEqual([9, 9, 0]);
});

describe('a filter pattern', () => {
  test.each([
    ['', 'anything', true],
    ['ERROR', '[ERROR] no', true],
    ['ERROR', '[error] no', false],
    ['ERROR no', 'no ERROR', true],
    ['ERROR yes', 'no ERROR', false],
    ['"was not found"', 'it was not found', true],
    ['"was not found"', 'it was found, not', false],
    ['"say \\"hi\\""', 'say "hi"', true],
    ['-healthy', 'GET /healthy', false],
    ['GET -healthy', 'GET /orders', true],
    ['?ERROR ?WARN', 'WARN: low', true],
    ['?ERROR ?WARN', 'INFO: low', false],
    ['?WARN low', 'INFO: low', true],
    ['%5\\d\\d%', 'status 503', true],
    ['%5\\d\\d%', 'status 403', false],
  ])('%s on %s: %j', (pattern, message, fits) => {
    expect(readFilterPattern(pattern)(message)).toBe(fits);
  });

  test.each(['{ $.level = "error" }', '[ip, user]', 'a"b', '%(a+)+%', '%[%', '%a*b*c*d*e*%'])(
    '%s is told',
    (pattern) => {
      expect(() => readFilterPattern(pattern)).toThrow();
    },
  );
});
