import { expect, test } from 'vitest';
import { virtualClock } from '../clock.js';
import type { ReportEvent } from './report.js';
import { withTask } from './report.js';

async function toldBy(work: (progress: (done: number, total?: number) => void) => void): Promise<number[]> {
  const events: ReportEvent[] = [];
  await withTask({ report: (event) => events.push(event), clock: virtualClock() }, 'Send', async (task) => {
    work((done, total) => task.progress(done, total));
  });
  return events.flatMap((event) => (event.type === 'progress' ? [event.done] : []));
}

test('progress of bytes is told in steps that one can see, and to its end', async () => {
  const mega = 1 << 20;
  const told = await toldBy((progress) => {
    for (let done = 0; done <= 3 * mega; done += 1024) progress(done, 3 * mega);
  });
  expect(told).toEqual([mega, 2 * mega, 3 * mega]);
  const large = await toldBy((progress) => {
    for (let done = 0; done <= 4000 * mega; done += mega) progress(done, 4000 * mega);
  });
  expect(large.length).toBeLessThanOrEqual(200);
  expect(large.at(-1)).toBe(4000 * mega);
});

test('what starts anew is told, too; so is a small thing, whole', async () => {
  const mega = 1 << 20;
  expect(await toldBy((progress) => [0, 2 * mega, 0, 2 * mega].forEach((done) => progress(done)))).toEqual([
    2 * mega,
    0,
    2 * mega,
  ]);
  expect(await toldBy((progress) => progress(7, 7))).toEqual([7]);
});
