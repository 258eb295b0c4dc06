import type { Context } from '../base/context.js';
import { InputError } from '../base/errors.js';

const DAY = 86_400_000;

/**
 * `SOURCE_DATE_EPOCH` in seconds since 1970: when the image says that it was made; 0 without it.
 * https://reproducible-builds.org/specs/source-date-epoch/
 */
export function readSourceDate(context: Pick<Context, 'env' | 'clock'>): number {
  const text = context.env.SOURCE_DATE_EPOCH?.trim();
  if (text === undefined || text === '') return 0;
  const wrong = (message: string, hint: string) => new InputError({ where: 'SOURCE_DATE_EPOCH', message, hint });
  if (!/^\d+$/.test(text))
    throw wrong(`${JSON.stringify(text)} is no number of seconds`, 'Set it as by `git log -1 --format=%ct`.');
  if (Number(text) * 1000 > context.clock.now() + DAY)
    throw wrong(`${text} lies in the future`, 'It is seconds since 1970, not milliseconds.');
  return Number(text);
}
