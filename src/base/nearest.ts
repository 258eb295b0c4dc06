import { distance } from 'fastest-levenshtein';

/** The known name that was most likely meant; undefined when none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const most = Math.max(2, Math.floor(name.length / 3));
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const steps = distance(name, candidate);
    // Names that have nothing in common are not near, however short they are.
    if (steps >= least || steps > Math.min(most, Math.max(name.length, candidate.length) - 1)) continue;
    least = steps;
    best = candidate;
  }
  return best;
}
