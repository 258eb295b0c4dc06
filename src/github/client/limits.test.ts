import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../base/clock.js';
import { askedWait, createPace } from './limits.js';

const now = Date.UTC(2026, 10, 23);

describe('what GitHub asks', () => {
  const at = (status: number, headers: Record<string, string> = {}, text = '') => ({ status, headers, text });
  const reset = String(now / 1000 + 600);

  it.each([
    ['retry-after in seconds', at(403, { 'retry-after': '60' }), 1, { ms: 60_000, limit: 'secondary' }],
    ['429 with retry-after', at(429, { 'retry-after': '5' }), 3, { ms: 5000, limit: 'secondary' }],
    [
      'an empty budget',
      at(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
      1,
      { ms: 601_000, limit: 'primary' },
    ],
    [
      'a secondary limit in words',
      at(403, {}, 'You have exceeded a secondary rate limit'),
      1,
      { ms: 60_000, limit: 'secondary' },
    ],
    [
      'the same a third time',
      at(403, {}, 'You have exceeded a secondary rate limit'),
      3,
      { ms: 240_000, limit: 'secondary' },
    ],
    ['429 alone', at(429), 1, { ms: 60_000, limit: 'secondary' }],
    ['a missing permission', at(403, { 'x-ratelimit-remaining': '4000' }, 'Resource not accessible'), 1, undefined],
    [
      'success with an empty budget',
      at(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
      1,
      undefined,
    ],
  ] as const)('%s', (_, answer, attempt, expected) => {
    expect(askedWait(answer, now, attempt)).toEqual(expected);
  });
});

describe('pace', () => {
  async function writes(count: number, reads = 0): Promise<readonly number[]> {
    const clock = virtualClock(now);
    const pace = createPace(clock);
    const starts: number[] = [];
    for (let index = 0; index < count; index++) {
      for (let read = 0; read < reads; read++) {
        await pace.before(false);
        pace.after(false);
      }
      await pace.before(true);
      starts.push(clock.now());
      clock.advance(120);
      pace.after(true);
    }
    return starts;
  }

  it('leaves a second between the end of a write and the next', async () => {
    const starts = await writes(10);
    for (const [index, start] of starts.entries()) if (index > 0) expect(start - (starts[index - 1] ?? 0)).toBe(1120);
  });

  it('stays below 500 writes in any hour', async () => {
    const starts = await writes(1100);
    for (const start of starts) {
      expect(starts.filter((other) => other >= start && other < start + 3_600_000).length).toBeLessThanOrEqual(481);
    }
  });

  it('stays below 900 points in any minute', async () => {
    const starts = await writes(300, 5);
    for (const start of starts) {
      expect(starts.filter((other) => other >= start && other < start + 60_000).length * 10).toBeLessThan(500);
    }
  });

  it('reads freely at first', async () => {
    const clock = virtualClock(now);
    const pace = createPace(clock);
    for (let read = 0; read < 400; read++) await pace.before(false);
    expect(clock.now()).toBe(now);
  });

  it('ends its wait when the run is cancelled', async () => {
    const pace = createPace(virtualClock(now));
    await pace.before(true);
    pace.after(true);
    await expect(pace.before(true, AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
