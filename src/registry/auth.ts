import { LadingError } from '../base/errors.js';
import type { Http } from '../base/http/http.js';
import type { Report } from '../base/tell/report.js';
import type { Challenge } from './challenge.js';
import { parseChallenge } from './challenge.js';
import type { Keychain, Login } from './keychain.js';
import type { Scopes } from './scopes.js';
import { covers, formatScopes, mergeScopes } from './scopes.js';
import { basicValue, fetchToken } from './token.js';

export interface Auth {
  /**
   * Sent with every request, never on demand: ECR stalls when a large body starts without it. `scopes` are what this
   * request needs beside the usual; fails when the token service does not give them.
   */
  header(scopes?: readonly string[]): Promise<string | undefined>;
  /**
   * After a request with this header was refused with 401, or its password has expired: true when there is something
   * new to try. Two that are refused one after the other are enough.
   */
  answer(challenge: string | undefined, refused: string | undefined, scopes?: readonly string[]): Promise<boolean>;
  /** The registry took this header: however many more it will need, it is not a wrong login. */
  accepted(header: string | undefined): void;
  /** What must not be shown of what the registry says. */
  secrets(): readonly string[];
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

const MOST_REFUSED = 2;

/** Basic credentials at once; a bearer token after the registry asked for one; a fresh password after a refusal. */
export function createAuth(target: AuthTarget, keychain: Keychain, context: AuthContext): Auth {
  const { host, origin, repository } = target;
  const secrets = new Set<string>();
  let login: Promise<Login | undefined> | undefined;
  let bearer: { readonly token: string; readonly challenge: Challenge; readonly scopes: Scopes } | undefined;
  let untaken = 0;
  let changing: Promise<unknown> = Promise.resolve();

  function known(renew = false): Promise<Login | undefined> {
    if (!login || renew) login = keychain(host, renew ? { renew } : undefined);
    return login;
  }

  function keepSecret(value: string): void {
    if (secrets.has(value)) return;
    secrets.add(value);
    context.report({ type: 'mask', value });
  }

  async function current(): Promise<string | undefined> {
    if (bearer) return `Bearer ${bearer.token}`;
    const own = await known();
    if (!own || own.isToken) return undefined;
    keepSecret(own.password);
    keepSecret(basicValue(own));
    return `Basic ${basicValue(own)}`;
  }

  async function buy(challenge: Challenge, scopes: Scopes): Promise<void> {
    const ask = async (own: Login | undefined) => {
      if (own) for (const value of [own.password, basicValue(own)]) keepSecret(value);
      const request = { host, origin, challenge, scopes: formatScopes(scopes), login: own, signal: context.signal };
      return fetchToken(request, context.http);
    };
    const own = await known();
    const token = await ask(own).catch(async (error: unknown) => {
      // The password of a helper may be a token itself, which ends before a long push does.
      if (!(error instanceof LadingError) || error.code !== 'UNAUTHORIZED' || !bearer) throw error;
      const fresh = await known(true);
      if (fresh === undefined || fresh.password === own?.password) throw error;
      return ask(fresh);
    });
    keepSecret(token);
    bearer = { token, challenge, scopes };
  }

  /** One change after the other: who comes second often finds it made. */
  function change<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = changing.then(work);
    changing = next.catch(() => undefined);
    return next;
  }

  return {
    async header(scopes = []) {
      if (bearer && !covers(bearer.scopes, scopes)) {
        await change(async () => {
          if (bearer && !covers(bearer.scopes, scopes)) await buy(bearer.challenge, mergeScopes(bearer.scopes, scopes));
        });
      }
      return current();
    },
    answer: (text, refused, scopes = []) =>
      change(async () => {
        if ((await current()) !== refused) return true;
        if (untaken >= MOST_REFUSED) return false;
        const challenge = parseChallenge(text);
        if (challenge?.scheme === 'bearer' && challenge.realm) {
          const asked = [challenge.scope ?? `repository:${repository}:pull,push`, ...scopes];
          await buy(challenge, mergeScopes(bearer?.scopes ?? new Map(), asked));
        } else if ((await known(true)) === undefined) return false;
        untaken++;
        return true;
      }),
    accepted(header) {
      if (header !== undefined) untaken = 0;
    },
    secrets: () => [...secrets],
  };
}
