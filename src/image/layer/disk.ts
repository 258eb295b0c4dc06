import { errnoOf, LadingError, messageOf } from '../../base/errors.js';

/** A full disk and a folder that is not ours, in words; what has no error number stays as it is. */
export function unwritable(directory: string, cause: unknown): unknown {
  const errno = errnoOf(cause);
  if (cause instanceof LadingError || errno === undefined) return cause;
  const full = errno === 'ENOSPC' || errno === 'EDQUOT';
  return new LadingError('input', `cannot write the image to ${directory}: ${messageOf(cause)}`, {
    code: full ? 'DISK_FULL' : 'UNWRITABLE',
    hint: full
      ? 'Free some space on that disk, or choose another place with --output.'
      : 'Choose a folder that you may write to with --output.',
    cause,
  });
}

export async function guarded<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw unwritable(directory, cause);
  }
}

/** A file or folder of the app that cannot be read. */
export function unreadable(what: string, cause: unknown): LadingError {
  return new LadingError('input', `cannot read ${what}: ${messageOf(cause)}`, {
    code: 'UNREADABLE',
    hint: 'Make it readable for the user that builds, or leave it out by .dockerignore.',
    cause,
  });
}
