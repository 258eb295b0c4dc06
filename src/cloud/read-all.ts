import { isAwsFailure } from '../aws/failure.js';
import { LadingError } from '../base/errors.js';

type Reads = readonly (() => Promise<unknown>)[];
type Answers<List extends Reads> = { -readonly [Index in keyof List]: Awaited<ReturnType<List[Index]>> };

/** Reads side by side. What is not allowed is told at once, all of it: who must ask for permission asks once. */
export async function readAll<const List extends Reads>(reads: List): Promise<Answers<List>> {
  const ended = await Promise.allSettled(reads.map((read) => read()));
  const errors = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const denials = errors.filter(isDenial);
  const [worst = denials[0]] = errors.filter((error) => !isDenial(error));
  if (worst !== undefined) throw denials.length > 1 && worst === denials[0] ? allDenied(denials) : (worst as Error);
  return ended.map((one) => (one.status === 'fulfilled' ? one.value : undefined)) as Answers<List>;
}

function isDenial(error: unknown): error is LadingError {
  return isAwsFailure(error, 'denied') || (error instanceof LadingError && error.code === 'ACCESS_DENIED');
}

function allDenied(errors: readonly LadingError[]): LadingError {
  const hints = new Set(errors.flatMap(({ hint }) => hint?.split(/(?<=\.) (?=[A-Z])/) ?? []));
  const messages = new Set(errors.flatMap(({ message }) => message.split('\n')));
  return new LadingError('credentials', [...messages].join('\n'), {
    code: 'ACCESS_DENIED',
    hint: [...hints].join(' '),
    cause: errors[0],
  });
}
