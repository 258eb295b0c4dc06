/** What bounds a rolling deployment. */
export interface Bounds {
  readonly desired: number;
  readonly daemon: boolean;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

/** More than anybody waits for. */
const MOST = 1000;

/**
 * How often tasks are started and waited for until all are new: ECS stops what it need not keep, starts what it has
 * room for, and goes on when they are healthy. Undefined when it can do neither. Pure.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
export function countWaves({ desired, daemon, minimumHealthyPercent, maximumPercent }: Bounds): number | undefined {
  if (desired === 0) return 0;
  const floor = Math.min(desired, Math.ceil((desired * minimumHealthyPercent) / 100));
  const ceiling = Math.max(desired, Math.floor((desired * maximumPercent) / 100));
  if (daemon) return Math.ceil(desired / Math.max(1, desired - floor));
  let old = desired;
  let fresh = 0;
  for (let waves = 0; waves < MOST; waves++) {
    if (fresh === desired) return waves;
    // Only as many as stand in the way of new ones.
    const spare = Math.max(0, old + fresh - floor);
    const wanted = Math.max(0, desired - fresh - (ceiling - old - fresh));
    old -= Math.min(old, spare, wanted);
    const starting = Math.min(desired - fresh, ceiling - old - fresh);
    if (starting <= 0) return undefined;
    fresh += starting;
    old = Math.max(0, Math.min(old, floor - fresh));
  }
  return MOST;
}
