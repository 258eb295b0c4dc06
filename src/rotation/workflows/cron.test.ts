import { describe, expect, it } from 'vitest';
import { longestGapMs, parseCron } from './cron.js';

const hour = 3_600_000;

describe('a schedule', () => {
  it.each([
    ['17 */3 * * *', 3 * hour],
    ['0,30 * * * *', hour / 2],
    ['43 */6 * * *', 6 * hour],
    ['5 1-22/7 * * *', 7 * hour],
    ['17 3/5 * * *', 5 * hour],
    ['17 0 * * *', 24 * hour],
    ['0 6,18 * * MON-FRI', 60 * hour],
    ['0 */3 1 * *', 31 * 24 * hour - 21 * hour],
    ['0 */3 1 * sun', 7 * 24 * hour - 21 * hour],
    ['0 0 29 2 *', Infinity],
    ['0 0 30 2 *', Infinity],
    ['0 */3 * JAN-dec *', 3 * hour],
  ])('%s: at most this long between two starts', (text, gap) => {
    const cron = parseCron(text);
    expect(typeof cron === 'string' ? cron : longestGapMs(cron)).toBe(gap);
  });

  it.each([
    'daily', '17 */3 * *', '17 */3 * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *', '* * * * 7',
    '*/0 * * * *', '*/90 * * * *', '5-1 * * * *', '1,,2 * * * *', '1- * * * *', '? * * * *', '* * L * *', '* * * * MON#1',
    '@daily', '-1 * * * *', '1/2/3 * * * *', '1.5 * * * *', '', 'a b c d e',
  ])('%j is none', (text) => {
    expect(typeof parseCron(text)).toBe('string');
  }); // prettier-ignore

  it('is told by the field that is wrong', () => {
    expect(parseCron('17 25 * * *')).toBe("has '25' as hour: 0 to 23, *, a-b, a-b/n or */n");
    expect(parseCron('17 */3')).toBe('has 2 fields instead of five');
  });
});
