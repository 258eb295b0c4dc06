import { randomOf } from '../random.js';
import type { Consistency, Errs } from './errs.js';

/** The consistency of a stand-in: as given, or a draw of everything that is late in practice. */
export function consistencyOf(errs: Errs, seed: string): Consistency {
  if (errs.consistency !== 'eventual') return errs.consistency ?? {};
  const random = randomOf(seed, 'consistency');
  const tenths = (from: number, to: number) => random.int(from * 10, to * 10) / 10;
  return {
    listedAfter: tenths(1, 5),
    describableAfter: tenths(1, 5),
    currentAfter: tenths(2, 5),
    servicesStaleFor: tenths(1, 4),
    tasksListedAfter: tenths(1, 3),
    tasksDescribableAfter: tenths(1, 3),
    revisionsAfter: tenths(1, 5),
    targetRevisionAfter: tenths(1, 6),
    digestsAfter: tenths(2, 6),
    shuffled: true,
    backwards: [
      { operation: 'DescribeServiceDeployments', at: random.int(20, 70), by: random.int(8, 20) },
      { operation: 'DescribeServices', at: random.int(20, 70), by: random.int(8, 20) },
    ],
  };
}
