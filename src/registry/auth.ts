import * as v from 'valibot';
import type { Http } from '../base/http.js';
import { LadingError } from '../base/errors.js';
import { parseJson } from '../base/json.js';
import type { Report } from '../base/report.js';
import { parseChallenge } from './challenge.js';
import { explainRefused } from './failure.js';
import type { Keychain, Login } from './keychain.js';
import { isSpokenTo, mayHaveLogin } from './realm.js';

const tokenAnswer = v.looseObject({ token: v.optional(v.string()), access_token: v.optional(v.string()) });

export interface Auth {
  /** Sent with every request, never on demand: ECR stalls when a large body starts without it. */
  header(): Promise<string | undefined>;
  /** After a 401, or a password that has expired: true when there is something new to try. */
  answer(challenge: string | undefined): Promise<boolean>;
}

export interface AuthContext {
  readonly http: Http;
  readonly report: Report;
  readonly signal: AbortSignal;
}

export interface AuthTarget {
  /** As the user wrote it: logins are kept under this name. */
  readonly host: string;
  readonly origin: URL;
  readonly repository: string;
}

/** Basic credentials at once; a bearer token after the registry asked for one; a fresh password after a refusal. */
export function createAuth(target: AuthTarget, keychain: Keychain, context: AuthContext): Auth {
  const { host, origin, repository } = target;
  let login: Promise<Login | undefined> | undefined;
  let bearer: string | undefined;
  let renewals = 0;
  let renewing: Promise<boolean> | undefined;

  async function renew(challengeHeader: string | undefined): Promise<boolean> {
    if (renewals++ >= 2) return false;
    const challenge = parseChallenge(challengeHeader);
    if (challenge?.scheme === 'bearer' && challenge.realm) {
      bearer = await fetchToken(challenge.realm, challenge.service, challenge.scope);
      return true;
    }
    login = keychain(host, { renew: true });
    return (await login) !== undefined;
  }

  async function fetchToken(realm: string, service: string | undefined, scope: string | undefined): Promise<string> {
    if (!URL.canParse(realm)) {
      throw explainRefused({
        what: 'log in',
        target: host,
        status: 401,
        body: `its token service has no address: ${realm}`,
      });
    }
    const url = new URL(realm);
    if (!isSpokenTo(origin, url)) {
      throw explainRefused({
        what: 'log in',
        target: host,
        status: 401,
        body: `the token service ${url.host} is not spoken to without TLS`,
      });
    }
    const known = await (login ??= keychain(host));
    if (known && !mayHaveLogin(origin, url) && !(await known.isAlsoOf?.(url.host))) throw strange(url);
    const asked = { ...(service && { service }), scope: scope ?? `repository:${repository}:pull,push` };
    const answer = await context.http(...tokenRequest(url, asked, known, context.signal));
    const body = await answer.text();
    if (answer.status !== 200)
      throw explainRefused({ what: 'get a token', target: url.host, status: answer.status, body });
    const { token, access_token: accessToken } = parseJson(tokenAnswer, body, `token of ${url.host}`);
    const value = token ?? accessToken ?? '';
    context.report({ type: 'mask', value });
    return value;
  }

  function strange(url: URL): LadingError {
    return new LadingError(
      'credentials',
      `log in at ${host}: it sends to ${url.origin} for a token, which is not known to belong to it`,
      {
        code: 'REALM_UNKNOWN',
        hint: `If ${url.host} may have the login of ${host}, enter the same for it among the auths of the Docker configuration.`,
      },
    );
  }

  return {
    async header() {
      if (bearer) return `Bearer ${bearer}`;
      const known = await (login ??= keychain(host));
      return known && !known.isToken ? basic(known) : undefined;
    },
    async answer(challenge) {
      renewing ??= renew(challenge).finally(() => (renewing = undefined));
      return renewing;
    },
  };
}

/** GET with a password, or OAuth2's POST with a refresh token. https://distribution.github.io/distribution/spec/auth/oauth/ */
function tokenRequest(
  url: URL,
  asked: Readonly<Record<string, string>>,
  login: Login | undefined,
  signal: AbortSignal,
): Parameters<Http> {
  if (login?.isToken) {
    const form = { grant_type: 'refresh_token', refresh_token: login.password, client_id: 'lading', ...asked };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return [url, { method: 'POST', headers, body: new URLSearchParams(form).toString(), signal }];
  }
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return [url, { headers: login ? { authorization: basic(login) } : {}, signal }];
}

function basic(login: Login): string {
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
}
