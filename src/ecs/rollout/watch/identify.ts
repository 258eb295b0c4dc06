import type { Service } from '../../shapes.js';
import type { Candidate, Ours } from './state.js';

/** A record may be dated a little before the deployment that UpdateService answered with. */
const TOLERANCE_MS = 2000;

/**
 * Which service deployment is ours: created no earlier than the deployment that UpdateService answered with, and
 * running our revision. Never the newest, and never `currentServiceDeployment` by itself: both name another one at
 * times. Undefined while that is not certain.
 *
 * Two deployments of the same revision are told apart by their time alone: a record is of that deployment of the
 * service which it is nearest to.
 */
export function identify(
  candidates: readonly Candidate[],
  ours: Ours,
  options: { readonly service?: Service | undefined; readonly revisionsHidden?: boolean } = {},
): string | undefined {
  const others = (options.service?.deployments ?? []).filter(({ id }) => id !== ours.id);
  const isOurs = ({ createdAt, taskDefinition }: Candidate): boolean => {
    if (createdAt === undefined || createdAt < ours.createdAt - TOLERANCE_MS) return false;
    if (taskDefinition === undefined ? !options.revisionsHidden : taskDefinition !== ours.taskDefinition) return false;
    const distance = Math.abs(createdAt - ours.createdAt);
    return !others.some((other) => Math.abs(createdAt - (other.createdAt ?? 0) * 1000) < distance);
  };
  const [first] = candidates.filter(isOurs).sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
  return first?.arn;
}
