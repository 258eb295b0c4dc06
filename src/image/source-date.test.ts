import { expect, test } from 'vitest';
import { virtualClock } from '../base/clock.js';
import { readSourceDate } from './source-date.js';

const clock = virtualClock();
const now = Math.floor(clock.now() / 1000);

test.each([
  [undefined, 0],
  ['', 0],
  ['0', 0],
  [` ${now} `, now],
])('SOURCE_DATE_EPOCH=%j is %d', (text, seconds) => {
  expect(readSourceDate({ env: { SOURCE_DATE_EPOCH: text }, clock })).toBe(seconds);
});

test.each([['yesterday'], ['-1'], ['1e9'], ['1.5'], [String(clock.now())]])(
  'SOURCE_DATE_EPOCH=%j is refused',
  (text) => {
    expect(() => readSourceDate({ env: { SOURCE_DATE_EPOCH: text }, clock })).toThrow(
      expect.objectContaining({ kind: 'input', message: expect.stringMatching(/^SOURCE_DATE_EPOCH: /) as string }),
    );
  },
);
