import * as v from 'valibot';
import type { Context } from '../../base/context.js';
import { HttpError, LadingError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';

const answer = v.looseObject({ value: v.string() });

/**
 * The claims of the token that this job gets for an audience; undefined outside of a job, and in one without
 * `id-token: write`. The token itself is masked and dropped.
 */
export async function readJobClaims(
  { env, http, report, signal }: Pick<Context, 'env' | 'http' | 'report' | 'signal'>,
  audience: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = env;
  if (!address || !bearer || !URL.canParse(address)) return undefined;
  report({ type: 'mask', value: bearer });
  const url = new URL(address);
  url.searchParams.set('audience', audience);
  const response = await http(url, { headers: { authorization: `bearer ${bearer}` }, signal });
  if (response.status !== 200) {
    response.drop();
    throw new HttpError(`GitHub gives no token to this job: HTTP ${response.status}`, {
      code: 'NO_JOB_TOKEN',
      status: response.status,
      hint: 'Run the job again; it may be GitHub itself.',
    });
  }
  const { value } = parseJson(answer, await response.text(1 << 20), 'the token of the job');
  report({ type: 'mask', value });
  return claimsOf(value);
}

/** Texts, numbers and booleans of the middle part of a JWT. Its signature is for who takes it. */
function claimsOf(token: string): Readonly<Record<string, string>> {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as object;
    const entries = Object.entries(claims).flatMap(([name, value]) =>
      ['string', 'number', 'boolean'].includes(typeof value) ? [[name, String(value)] as const] : [],
    );
    return Object.fromEntries(entries);
  } catch (cause) {
    throw new LadingError('remote', 'the token of the job is none', { code: 'UNEXPECTED_SHAPE', cause });
  }
}
