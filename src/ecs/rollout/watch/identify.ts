import type { Service } from '../../shapes.js';
import type { Candidate, Ours } from './state.js';

/** A record may be dated a little before the deployment that UpdateService answered with. */
const TOLERANCE_MS = 2000;

/**
 * Which service deployment is ours: created no earlier than the deployment that UpdateService answered with, and
 * running our revision. Never the newest, and never `currentServiceDeployment` by itself: both name another one at
 * times. Undefined while that is not certain.
 *
 * `others` are the deployments of the service: of two that run the same revision the earlier is ours, but only while
 * it cannot be that of a later one whose record came first.
 */
export function identify(
  candidates: readonly Candidate[],
  ours: Ours,
  options: { readonly service?: Service | undefined; readonly revisionsHidden?: boolean } = {},
): string | undefined {
  const possible = candidates
    .filter(({ createdAt }) => createdAt !== undefined && createdAt >= ours.createdAt - TOLERANCE_MS)
    .filter(({ taskDefinition }) =>
      taskDefinition === undefined ? options.revisionsHidden === true : taskDefinition === ours.taskDefinition,
    )
    .sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
  const [first] = possible;
  if (first === undefined) return undefined;
  const later = (options.service?.deployments ?? [])
    .filter(({ id }) => id !== ours.id)
    .map(({ createdAt }) => (createdAt ?? 0) * 1000)
    .filter((createdAt) => createdAt > ours.createdAt);
  const distance = Math.abs((first.createdAt ?? 0) - ours.createdAt);
  const mayBeAnother = later.some((createdAt) => Math.abs((first.createdAt ?? 0) - createdAt) < distance);
  return mayBeAnother ? undefined : first.arn;
}
