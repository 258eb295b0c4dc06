/** How long a run may go on once it is cancelled. */
export interface Patience {
  /** Milliseconds from now. */
  ms(): number;
  /** The work of a program that was promised `grace` milliseconds to end by itself. */
  during<Result>(grace: number, work: Promise<Result>): Promise<Result>;
}

/** What a program does with its last output when it has ended. */
const AFTERWARDS_MS = 10_000;

export function createPatience(least: number): Patience {
  const graces = new Set<{ readonly grace: number }>();
  return {
    ms: () => [...graces].reduce((most, { grace }) => Math.max(most, grace + AFTERWARDS_MS), least),
    async during(grace, work) {
      const one = { grace };
      graces.add(one);
      try {
        return await work;
      } finally {
        graces.delete(one);
      }
    },
  };
}
