/** What will happen, in the order of time. */
export interface Timeline {
  /** The time of what happens at this moment; else the clock's. Milliseconds since 1970. */
  now(): number;
  /** Once, at a time; at once when that is past. */
  at(time: number, happen: () => void): void;
  after(ms: number, happen: () => void): void;
  /** Lets everything happen that is due by the clock. */
  advance(): void;
  close(): void;
}

/** Things happen when somebody looks, each at its own time: the view is a function of script and time, under any clock. */
export function lazyTimeline(clock: { now(): number }): Timeline {
  const waiting: { readonly time: number; readonly happen: () => void }[] = [];
  let present: number | undefined;
  const now = () => present ?? clock.now();

  function at(time: number, happen: () => void): void {
    const due = Math.max(time, now());
    const later = waiting.findIndex((one) => one.time > due);
    waiting.splice(later === -1 ? waiting.length : later, 0, { time: due, happen });
  }

  return {
    now,
    at,
    after: (ms, happen) => at(now() + ms, happen),
    advance() {
      const until = clock.now();
      for (let next = waiting[0]; next && next.time <= until; next = waiting[0]) {
        waiting.shift();
        present = next.time;
        try {
          next.happen();
        } finally {
          present = undefined;
        }
      }
    },
    close: () => void waiting.splice(0),
  };
}

/** Things happen by themselves, for tasks that really run. */
export function liveTimeline(clock: { now(): number }): Timeline {
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  function after(ms: number, happen: () => void): void {
    if (closed) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        happen();
      },
      Math.max(0, ms),
    );
    timers.add(timer);
  }

  return {
    now: () => clock.now(),
    at: (time, happen) => after(time - clock.now(), happen),
    after,
    advance: () => undefined,
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
