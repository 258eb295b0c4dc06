/** What will happen, in the order of its time; what was put in first goes first at the same time. */
export interface EventQueue {
  put(at: number, run: () => void): void;
  /** The time of the next event; undefined when nothing is to come. */
  nextAt(): number | undefined;
  take(): { readonly at: number; run(): void } | undefined;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  run(): void;
}

/** A binary heap. */
export function eventQueue(): EventQueue {
  const heap: Entry[] = [];
  let order = 0;
  const isBefore = (one: Entry, other: Entry) => one.at < other.at || (one.at === other.at && one.order < other.order);
  const swap = (one: number, other: number) => {
    [heap[one], heap[other]] = [heap[other]!, heap[one]!];
  };
  const sink = () => {
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };
  return {
    put(at, run) {
      heap.push({ at, order: order++, run });
      for (let child = heap.length - 1; child > 0;) {
        const parent = (child - 1) >> 1;
        if (!isBefore(heap[child]!, heap[parent]!)) return;
        swap(child, parent);
        child = parent;
      }
    },
    nextAt: () => heap[0]?.at,
    take() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (first !== last) {
        heap[0] = last;
        sink();
      }
      return first;
    },
  };
}
