import { formatDuration } from '../../base/duration.js';

/** Milliseconds of each stage of a release. */
export interface ReleaseTimes {
  readonly build: number;
  readonly push: number;
  readonly deploy?: number;
  readonly total: number;
}

/** `1m 12s (build 3s, push 1s, deploy 1m 8s)`. */
export function timesText(times: ReleaseTimes): string {
  const parts = [`build ${formatDuration(times.build)}`, `push ${formatDuration(times.push)}`];
  if (times.deploy !== undefined) parts.push(`deploy ${formatDuration(times.deploy)}`);
  return `${formatDuration(times.total)} (${parts.join(', ')})`;
}
