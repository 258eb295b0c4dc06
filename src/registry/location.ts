import { HttpError } from '../base/errors.js';

/**
 * Where an upload goes on. Only to the very origin that the registry was called by: the login and the bytes go along.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#post-then-put
 */
export function uploadUrl(location: string, asked: URL, target: string): URL {
  const url = parseLocation(location, asked, `upload to ${target}`);
  if (url.origin === asked.origin) return url;
  throw new HttpError(`upload to ${target}: the registry at ${asked.origin} sends the upload to ${url.origin}`, {
    code: 'UPLOAD_ELSEWHERE',
    hint:
      url.host === asked.host || url.hostname === asked.hostname
        ? `Tell the registry its address (http.host: ${asked.origin}), or let the proxy before it send X-Forwarded-Proto and the Host that it was called by.`
        : `Tell the registry its address (http.host: ${asked.origin}), or push to ${url.host} if that is the registry.`,
  });
}

/** The next page of a list, which is the registry's own. */
export function pageUrl(link: string, asked: URL, target: string): URL {
  const url = parseLocation(link, asked, target);
  if (url.origin === asked.origin) return url;
  throw new HttpError(`${target}: the list of ${asked.origin} goes on at ${url.origin}`, { code: 'LIST_ELSEWHERE' });
}

/** Where an answer to GET or HEAD lies. TLS is never left. */
export function redirectUrl(location: string, asked: URL, target: string): URL {
  const url = parseLocation(location, asked, target);
  const isHttp = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isHttp || (asked.protocol === 'https:' && url.protocol !== 'https:')) {
    throw new HttpError(`${target}: ${asked.origin} redirects to ${url.protocol}//${url.host}, without TLS`, {
      code: 'REDIRECT_INSECURE',
      hint: 'Let the registry and its storage speak TLS in all that they refer to.',
    });
  }
  return url;
}

function parseLocation(location: string, asked: URL, what: string): URL {
  const url = URL.canParse(location, asked.href) ? new URL(location, asked) : undefined;
  // A name and a password in an address are for us as little as for a person who clicks on it.
  if (url && url.username === '' && url.password === '') return url;
  const shown = JSON.stringify(
    location
      .replace(/[?#].*$/s, '')
      .replace(/\/\/[^/]*@/, '//***@')
      .slice(0, 100),
  );
  throw new HttpError(`${what}: the answer of ${asked.origin} has an invalid Location: ${shown}`, {
    code: 'LOCATION_INVALID',
  });
}
