import { expect, test } from 'vitest';
import { virtualClock } from '../../../base/clock.js';
import { lazyTimeline } from './timeline.js';

test('things happen in the order of their times, each at its own, also those that come of them', () => {
  const clock = virtualClock(0);
  const timeline = lazyTimeline(clock);
  const seen: [string, number][] = [];
  const note = (what: string) => () => seen.push([what, timeline.now()]);
  timeline.at(3000, note('three'));
  timeline.at(1000, () => {
    note('one')();
    timeline.after(500, note('one and a half'));
    timeline.at(0, note('at once'));
    timeline.after(9000, note('later'));
  });
  timeline.at(3000, note('three again'));
  timeline.advance();
  expect(seen).toEqual([]);
  clock.advance(5000);
  timeline.advance();
  expect(seen).toEqual([
    ['one', 1000],
    ['at once', 1000],
    ['one and a half', 1500],
    ['three', 3000],
    ['three again', 3000],
  ]);
  expect(timeline.now()).toBe(5000);
});
