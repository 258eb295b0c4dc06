import { LadingError, type HttpError } from '../../base/errors.js';

/** The error for a 401 to the App itself. */
export function keyRefused(error: HttpError): LadingError {
  return new LadingError('credentials', error.message, {
    code: 'APP_KEY_REFUSED',
    hint: 'Check that the key belongs to this App id and was not deleted, and that GITHUB_API_URL is its host.',
    cause: error,
  });
}

export function notInstalled(what: string, owner: string): LadingError {
  return new LadingError('credentials', `${what}: it is not installed there`, {
    code: 'APP_NOT_INSTALLED',
    hint: `Install the App at ${owner}, on the repositories whose secrets it shall write.`,
  });
}

export function permissionMissing(error: HttpError, permissions: Readonly<Record<string, string>>): LadingError {
  const asked = Object.entries(permissions).map(([name, level]) => `${name}=${level}`);
  return new LadingError('credentials', `${error.message} (asked for ${asked.join(', ')})`, {
    code: 'APP_PERMISSION_MISSING',
    hint: `Grant the App ${asked.join(', ')}, and accept the change on the page of its installation.`,
    cause: error,
  });
}
