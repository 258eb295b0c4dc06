import type { Context } from '../base/context.js';
import { formatDuration } from '../base/duration.js';
import { LadingError } from '../base/errors.js';
import { say } from '../base/tell/report.js';
import { rotationPage } from './page.js';
import { countText, type RotatedSecret, type RotateResult } from './result.js';

const errorsTold = 20;

/**
 * Tells what came of it, each fault once: those of single places as messages, what stopped the run as the error that is
 * thrown. One secret that failed alone is an error like any other.
 */
export function tellRotation(
  { report }: Pick<Context, 'report'>,
  result: RotateResult,
  stopped: LadingError | undefined,
): RotateResult {
  const { secrets } = result;
  report({ type: 'page', page: rotationPage(result) });
  const [only, ...others] = secrets;
  const alone = others.length === 0 && only?.action === 'failed' ? only.error : undefined;
  if (!alone) tellPlaces(report, secrets);
  if (stopped ?? !alone) say(report, 'info', `${countText(result)}${oldestOf(secrets)}`);
  const end = stopped ?? alone;
  if (end) {
    const { kind, code, message, hint } = end;
    throw new LadingError(kind, message, { code, hint, details: stopped?.details, cause: stopped, result });
  }
  return result;
}

function tellPlaces(report: Context['report'], secrets: readonly RotatedSecret[]): void {
  for (const { place, movedFrom } of secrets) {
    if (movedFrom) say(report, 'warning', `${movedFrom} is ${place} now`, 'Write the new name into --to.');
  }
  const wrong = secrets.filter(({ error }) => error);
  for (const { place, action, error } of wrong.slice(0, errorsTold)) {
    const message = error?.message ?? '';
    const text = message.includes(place) ? message : `${place}: ${message}`;
    say(report, action === 'skipped' ? 'warning' : 'error', text, error?.hint);
  }
  const more = wrong.length - errorsTold;
  if (more > 0) say(report, 'error', `…and ${more} places more: the result lists them`);
}

function oldestOf(secrets: readonly RotatedSecret[]): string {
  const ages = secrets.flatMap(({ ageSeconds }) => (ageSeconds === undefined ? [] : [ageSeconds]));
  return ages.length === 0 ? '' : `; the oldest was ${formatDuration(Math.max(0, ...ages) * 1000)} old`;
}
