import type { Cost } from './measure.js';

/** `cold`: empty registry. `changed`: once more after a change of one line. */
export type Phase = 'cold' | 'changed';

export interface Run extends Cost {
  readonly app: 'next' | 'large';
  readonly peer: string;
  readonly phase: Phase;
  readonly round: number;
  /** Lines of the registry's access log. */
  readonly requests: number;
  /** Compressed layers with the base's. */
  readonly imageMb: number | undefined;
}

export interface Summary {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
  readonly steps: readonly { readonly name: string; readonly seconds: number }[];
  readonly cpuSeconds: number | undefined;
  /** Peaks of client and daemon added: the worst case of what the computer must hold. */
  readonly memoryMb: number | undefined;
  readonly requests: number;
  readonly imageMb: number | undefined;
  /** Median over the rounds of this time divided by lading's in the same round; undefined for lading itself. */
  readonly ratio: number | undefined;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

export function summarize(all: readonly Run[], app: Run['app'], peer: string, phase: Phase): Summary | undefined {
  const of = (name: string) => all.filter((run) => run.app === app && run.phase === phase && run.peer === name);
  const runs = of(peer);
  const [first] = runs;
  if (!first) return undefined;
  const each = (pick: (run: Run) => number | undefined) => {
    const values = runs.map(pick).filter((value) => value !== undefined);
    return values.length === runs.length ? median(values) : undefined;
  };
  const times = runs.map((run) => run.seconds);
  const ours = new Map(of('lading').map((run) => [run.round, run.seconds]));
  const ratios = runs.flatMap((run) => run.seconds / (ours.get(run.round) ?? NaN)).filter(Number.isFinite);
  return {
    seconds: median(times),
    low: Math.min(...times),
    high: Math.max(...times),
    steps: first.steps.map(({ name }, at) => ({
      name,
      seconds: median(runs.map((run) => run.steps[at]?.seconds ?? 0)),
    })),
    cpuSeconds: each((run) => run.cpuSeconds),
    memoryMb: each((run) => (run.clientMb === undefined ? undefined : run.clientMb + (run.daemonMb ?? 0))),
    requests: median(runs.map((run) => run.requests)),
    imageMb: each((run) => run.imageMb),
    ratio: peer === 'lading' ? undefined : median(ratios),
  };
}
