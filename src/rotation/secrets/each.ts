import type { Clock } from '../../base/clock.js';
import { formatDuration } from '../../base/duration.js';
import { LadingError } from '../../base/errors.js';
import type { Task } from '../../base/tell/report.js';
import { isHopeless } from '../../github/client/failure.js';
import { formatPlace } from '../../github/secrets/place.js';
import type { FailedSecret, NamedSecret } from './found-secret.js';

/** How a walk over secrets ended. */
export interface Walk<One extends NamedSecret> {
  readonly failed: readonly FailedSecret[];
  /** Why it ended before its end: a dead token, a limit that does not pass, no connection. It is told once. */
  readonly stopped: LadingError | undefined;
  /** What was not tried any more. */
  readonly left: readonly One[];
}

/** Goes through all secrets, with the time left by that of those behind. One that is refused does not stop the others. */
export async function forEachSecret<One extends NamedSecret>(
  clock: Pick<Clock, 'now'>,
  secrets: readonly One[],
  task: Task | undefined,
  work: (one: One) => Promise<void>,
): Promise<Walk<One>> {
  const failed: FailedSecret[] = [];
  const started = clock.now();
  for (const [index, one] of secrets.entries()) {
    const left = index === 0 ? undefined : ((clock.now() - started) / index) * (secrets.length - index);
    const detail = left === undefined ? formatPlace(one.place) : `about ${formatDuration(left)} left`;
    task?.progress(index, secrets.length, { unit: 'count', detail });
    try {
      await work(one);
    } catch (error) {
      if (!(error instanceof LadingError) || error.kind === 'cancelled') throw error;
      if (isHopeless(error)) return { failed, stopped: error, left: secrets.slice(index) };
      failed.push({ place: one.place, secret: one.secret, error });
    }
  }
  task?.progress(secrets.length, secrets.length, { unit: 'count' });
  return { failed, stopped: undefined, left: [] };
}
