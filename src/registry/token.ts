import * as v from 'valibot';
import { LadingError } from '../base/errors.js';
import type { Http } from '../base/http/http.js';
import { parseJson } from '../base/json.js';
import type { Challenge } from './challenge.js';
import { explainRefused } from './failure.js';
import type { Login } from './keychain.js';
import { isSpokenTo, mayHaveLogin } from './realm.js';

const tokenAnswer = v.looseObject({ token: v.optional(v.string()), access_token: v.optional(v.string()) });

/** Bytes of a token service's answer: tokens of big teams have some ten thousand. */
const LONGEST = 1 << 20;

export interface TokenRequest {
  /** Registry as the user wrote it. */
  readonly host: string;
  readonly origin: URL;
  readonly challenge: Challenge;
  readonly scopes: readonly string[];
  /** Undefined: anonymously. */
  readonly login: Login | undefined;
  readonly signal: AbortSignal;
}

/** Buys a bearer token where the registry sends us, if that place may have the login. */
export async function fetchToken(request: TokenRequest, http: Http): Promise<string> {
  const { host, login } = request;
  const url = realmOf(request);
  if (login && !mayHaveLogin(request.origin, url) && !(await login.isAlsoOf?.(url.host))) {
    throw new LadingError(
      'credentials',
      `log in at ${host}: it sends to ${url.origin} for a token, which is not known to belong to it`,
      {
        code: 'REALM_UNKNOWN',
        hint: `If ${url.host} may have the login of ${host}, enter the same for it among the auths of the Docker configuration.`,
      },
    );
  }
  const answer = await http(...exchangeOf(url, request));
  if (answer.status !== 200) {
    const body = await answer.excerpt(LONGEST);
    const secrets = login ? [login.password, basicValue(login)] : [];
    throw explainRefused({
      what: `get a token for ${host}`,
      target: url.host,
      status: answer.status,
      body,
      retryAfter: answer.headers['retry-after'],
      secrets,
    });
  }
  const parsed = parseJson(tokenAnswer, await answer.bytes(LONGEST), `token of ${url.host}`);
  const token = parsed.token ?? parsed.access_token;
  // It becomes a header.
  if (token !== undefined && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new LadingError('remote', `get a token for ${host}: the answer of ${url.host} has none`, { code: 'NO_TOKEN' });
}

function realmOf({ host, origin, challenge: { realm = '' } }: TokenRequest): URL {
  const refuse = (body: string) => explainRefused({ what: 'log in', target: host, status: 401, body });
  if (!URL.canParse(realm)) throw refuse(`its token service has no address: ${realm}`);
  const url = new URL(realm);
  url.username = url.password = '';
  if (!isSpokenTo(origin, url)) throw refuse(`the token service ${url.host} is not spoken to without TLS`);
  return url;
}

/** GET with a password, or OAuth2's POST with a refresh token. https://distribution.github.io/distribution/spec/auth/oauth/ */
function exchangeOf(url: URL, { challenge: { service }, scopes, login, signal }: TokenRequest): Parameters<Http> {
  if (login?.isToken) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: login.password,
      client_id: 'lading',
      ...(service && { service }),
      scope: scopes.join(' '),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return [url, { method: 'POST', headers, body: form.toString(), signal }];
  }
  if (service) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return [url, { headers: login ? { authorization: `Basic ${basicValue(login)}` } : {}, signal }];
}

export function basicValue(login: Login): string {
  return Buffer.from(`${login.username}:${login.password}`).toString('base64');
}
