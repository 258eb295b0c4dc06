import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../base/clock.js';
import { createRemoteClock } from './remote-clock.js';

const start = Date.UTC(2026, 10, 23, 12);

describe('GitHub’s clock', () => {
  it.each([
    ['agrees', 0, 0],
    ['agrees within seconds', -8000, 0],
    ['is ahead', 420_000, 420_500],
    ['is behind', -86_400_000, -86_399_500],
  ])('%s', (_, skew, offset) => {
    const remote = createRemoteClock(virtualClock(start));
    remote.observe(new Date(start + skew).toUTCString());
    expect(remote.offsetMs).toBe(offset);
    expect(remote.now()).toBe(start + offset);
  });

  it('does not waver with each answer, and follows when ours is set right', () => {
    const clock = virtualClock(start);
    const remote = createRemoteClock(clock);
    remote.observe(new Date(start + 420_000).toUTCString());
    clock.advance(3700);
    remote.observe(new Date(start + 422_000).toUTCString());
    expect(remote.offsetMs).toBe(420_500);
    clock.advance(420_000);
    remote.observe(new Date(clock.now()).toUTCString());
    expect(remote.offsetMs).toBe(0);
  });

  it.each([undefined, '', 'yesterday'])('is ours when it says %j', (date) => {
    const remote = createRemoteClock(virtualClock(start));
    remote.observe(date);
    expect(remote.now()).toBe(start);
  });
});
