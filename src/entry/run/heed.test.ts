import { expect, test } from 'vitest';
import { heeding } from './heed.js';

const never = () => new Promise<never>(() => undefined);

test('work that does not heed the signal is left after its time', async () => {
  const controller = new AbortController();
  const ended = heeding(never(), 'ship', { signal: controller.signal, patience: () => 20 });
  controller.abort();
  await expect(ended).rejects.toMatchObject({ kind: 'cancelled', message: 'ship: cancelled' });
  const late = heeding(never(), 'ship', { signal: controller.signal, patience: () => 20 });
  await expect(late).rejects.toMatchObject({ kind: 'cancelled' });
});

test('work that ends in that time ends as it does', async () => {
  const controller = new AbortController();
  const work = new Promise<string>((done) => setTimeout(() => done('result'), 5));
  controller.abort();
  expect(await heeding(work, 'ship', { signal: controller.signal, patience: () => 1000 })).toBe('result');
});

test('a failure that nobody waited for ends it', async () => {
  const { signal } = new AbortController();
  const escaped = Promise.reject(new Error('stray'));
  await expect(heeding(never(), 'ship', { signal, patience: () => 1000, escaped })).rejects.toThrow('stray');
});
