import * as v from 'valibot';
import type { Context, Environment } from '../../base/context.js';
import { HttpError, LadingError, messageOf } from '../../base/errors.js';
import { isLoopback } from '../../base/http/http.js';
import { parseJson } from '../../base/json.js';
import { isConnectionFailure, isTransientStatus, retry } from '../../base/retry.js';
import { noCredentials } from '../credentials/provider.js';
import type { Claims } from './claims.js';
import { readClaims } from './claims.js';

/** A token by which a CI system says which job this is. */
export interface IdToken {
  readonly token: string;
  readonly claims: Claims;
  /** Who gave it, as `GitHub`. */
  readonly giver: string;
}

export type IdTokenContext = Pick<Context, 'env' | 'http' | 'clock' | 'report' | 'signal'>;

/** Variables in which CI systems other than GitHub hand a token to a job. The first that is set counts. */
const variables: readonly (readonly [variable: string, giver: string])[] = [
  ['LADING_ID_TOKEN', 'LADING_ID_TOKEN'],
  // https://docs.gitlab.com/ci/secrets/id_token_authentication/ names it so in its examples.
  ['GITLAB_OIDC_TOKEN', 'GitLab'],
  // https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/
  ['CIRCLE_OIDC_TOKEN_V2', 'CircleCI'],
  ['CIRCLE_OIDC_TOKEN', 'CircleCI'],
];

const URL_VARIABLE = 'ACTIONS_ID_TOKEN_REQUEST_URL';
const TOKEN_VARIABLE = 'ACTIONS_ID_TOKEN_REQUEST_TOKEN';

/** Whether a job can have an ID token. Of GitHub, which gives any audience; elsewhere its variable is made for one. */
export function hasIdToken(env: Environment): boolean {
  return Boolean(env[URL_VARIABLE] || env[TOKEN_VARIABLE]) || variables.some(([name]) => env[name]);
}

/** A fresh token of GitHub for this audience, or the one that another CI system gave; undefined where there is none. */
export async function readIdToken(audience: string, context: IdTokenContext): Promise<IdToken | undefined> {
  const { env } = context;
  const given = variables.find(([name]) => env[name]);
  if (given && !env[URL_VARIABLE]) return take(env[given[0]] ?? '', given[1], context);
  if (!env[URL_VARIABLE] && !env[TOKEN_VARIABLE]) return undefined;
  return take(await askGitHub(audience, context), 'GitHub', context);
}

/** Masks the token and reads it; what is no JWT is told without a character of it. */
export function take(text: string, giver: string, { report }: Pick<Context, 'report'>): IdToken {
  const token = text.trim();
  report({ type: 'mask', value: token });
  const claims = readClaims(token);
  if (claims) return { token, claims, giver };
  throw noCredentials(`the ID token of ${giver} is no JWT`, 'Hand over the token itself, with its two dots.', {
    code: 'INVALID_ID_TOKEN',
  });
}

const answerShape = v.looseObject({ value: v.string() });

/**
 * https://docs.github.com/actions/reference/security/oidc: GET with the bearer of the job, the audience as a parameter;
 * `value` of the answer is the token.
 */
async function askGitHub(audience: string, context: IdTokenContext): Promise<string> {
  const { env, clock, signal, http } = context;
  const [address, bearer] = [env[URL_VARIABLE], env[TOKEN_VARIABLE]];
  if (!address || !bearer) {
    const [there, missing] = address ? [URL_VARIABLE, TOKEN_VARIABLE] : [TOKEN_VARIABLE, URL_VARIABLE];
    throw noCredentials(`${there} is set and ${missing} is not`, `Hand ${missing} of the job over, too.`, {
      code: 'NO_ID_TOKEN',
    });
  }
  context.report({ type: 'mask', value: bearer });
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'https:' && !isLoopback(url.hostname))) {
    throw noCredentials(`${URL_VARIABLE} is no address that starts with https://`, 'Leave it as the runner sets it.', {
      code: 'NO_ID_TOKEN',
    });
  }
  url.searchParams.set('audience', audience);
  const what = `GitHub's ID token from ${url.host}`;

  async function ask(at: URL): Promise<string> {
    const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json; api-version=2.0' };
    const answer = await http(at, { headers, idleTimeoutMs: 10_000, signal });
    const text = await answer.text();
    if (answer.status === 200) return parseJson(answerShape, text, what).value;
    throw new LadingError('credentials', `no AWS credentials: ${what}: HTTP ${answer.status}${wordsOf(text)}`, {
      code: 'NO_ID_TOKEN',
      hint: 'Add `permissions: id-token: write` to the job, and run it again: such an address is good for one job.',
      details: { status: answer.status },
    });
  }

  return retry(() => ask(url), {
    clock,
    signal,
    tries: 4,
    delayMs: 300,
    isTransient: (error) =>
      isConnectionFailure(error) ||
      (error instanceof LadingError && isTransientStatus(Number(error.details?.status ?? 0))),
  }).catch((cause: unknown) => {
    if (!(cause instanceof HttpError)) throw cause;
    throw noCredentials(`${what}: ${messageOf(cause)}`, 'Let the runner reach GitHub, by a proxy if it needs one.', {
      code: 'NO_ID_TOKEN',
      cause,
    });
  });
}

/** What the far side says in its JSON; an answer may hold what must not be shown. */
function wordsOf(text: string): string {
  try {
    const value = JSON.parse(text) as { readonly message?: unknown };
    return typeof value.message === 'string' ? `: ${value.message.slice(0, 200)}` : '';
  } catch {
    return '';
  }
}
