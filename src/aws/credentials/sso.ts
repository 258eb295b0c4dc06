import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { LadingError } from '../../base/errors.js';
import { replaceFile } from '../../base/files/files.js';
import { parseShape } from '../../base/json.js';
import type { AwsCredentials } from '../api.js';
import { openRest } from '../open-api.js';
import type { CredentialContext } from './provider.js';
import { masked, noCredentials } from './provider.js';
import type { Profile, ProfileFiles } from './profile-files.js';
import { homeOf } from './profile-files.js';

const tokenShape = v.looseObject({
  accessToken: v.string(),
  expiresAt: v.string(),
  refreshToken: v.optional(v.string()),
  clientId: v.optional(v.string()),
  clientSecret: v.optional(v.string()),
});
type Token = v.InferOutput<typeof tokenShape>;

const renewedShape = v.looseObject({
  accessToken: v.string(),
  expiresIn: v.number(),
  refreshToken: v.optional(v.string()),
});

const roleShape = v.looseObject({
  roleCredentials: v.looseObject({
    accessKeyId: v.string(),
    secretAccessKey: v.string(),
    sessionToken: v.string(),
    expiration: v.number(),
  }),
});

/** The token is renewed when it has less left than this. */
const SHORT_MS = 300_000;

/**
 * Credentials of a role in IAM Identity Center, for the token that `aws sso login` left behind.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
 */
export async function ssoCredentials(
  name: string,
  profile: Profile,
  files: ProfileFiles,
  context: CredentialContext,
): Promise<AwsCredentials> {
  const session = profile.sso_session === undefined ? profile : files.ssoSession(profile.sso_session);
  const region = session?.sso_region;
  const { sso_account_id: account, sso_role_name: role } = profile;
  const cacheName = profile.sso_session ?? profile.sso_start_url;
  if (!session || !region || !account || !role || !cacheName) {
    const wanted = { sso_region: region, sso_account_id: account, sso_role_name: role, sso_start_url: cacheName };
    const missing = Object.keys(wanted).filter((key) => !wanted[key as keyof typeof wanted]);
    throw noCredentials(`profile ${name} lacks ${missing.join(', ')}`, `Run aws configure sso --profile ${name}.`);
  }
  const login = `Log in with: aws sso login --profile ${name}`;
  const token = await tokenOf(cacheName, region, login, context);
  const portal = openRest('sso', { region, credentials: undefined }, context);
  try {
    const { value } = await portal.request('GetRoleCredentials', {
      path: ['federation', 'credentials'],
      query: { role_name: role, account_id: account },
      headers: { 'x-amz-sso_bearer_token': token },
    });
    const { roleCredentials } = parseShape(roleShape, value, 'answer of sso GetRoleCredentials');
    const { expiration, ...keys } = roleCredentials;
    const { accessKeyId, secretAccessKey, sessionToken } = keys;
    return masked(context, {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      expiration: new Date(expiration),
      source: `profile ${name}, role ${role} of ${account}`,
      renewal: login,
    });
  } catch (error) {
    if (!(error instanceof LadingError) || error.kind === 'cancelled') throw error;
    const isOver = error.code === 'NO_CREDENTIALS' || error.code === 'EXPIRED_TOKEN';
    throw noCredentials(`profile ${name}: ${error.message}`, isOver ? login : (error.hint ?? login), {
      code: isOver ? 'EXPIRED_TOKEN' : error.code,
      cause: error,
    });
  }
}

async function tokenOf(cacheName: string, region: string, login: string, context: CredentialContext): Promise<string> {
  const file = `${homeOf(context.env) ?? ''}/.aws/sso/cache/${createHash('sha1').update(cacheName).digest('hex')}.json`;
  const token = await readToken(file);
  if (!token) throw noCredentials('nobody has logged in to the SSO session', login, { code: 'NO_CREDENTIALS' });
  for (const secret of [token.accessToken, token.refreshToken, token.clientSecret]) {
    if (secret) context.report({ type: 'mask', value: secret });
  }
  const left = Date.parse(token.expiresAt) - context.clock.now();
  if (left > SHORT_MS) return token.accessToken;
  const renewed = await renew(token, region, context);
  if (renewed) {
    await replaceFile(file, JSON.stringify(renewed), 0o600).catch(() => undefined); // The next run renews it again.
    return renewed.accessToken;
  }
  if (left > 0) return token.accessToken;
  throw noCredentials('the SSO session has expired', login, { code: 'EXPIRED_TOKEN' });
}

async function readToken(file: string): Promise<Token | undefined> {
  try {
    return v.parse(tokenShape, JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Undefined when the session cannot be renewed without a person. */
async function renew(token: Token, region: string, context: CredentialContext): Promise<Token | undefined> {
  const { clientId, clientSecret, refreshToken } = token;
  if (!clientId || !clientSecret || !refreshToken) return undefined;
  const oidc = openRest('sso-oidc', { region, credentials: undefined }, context);
  try {
    const body = JSON.stringify({ clientId, clientSecret, refreshToken, grantType: 'refresh_token' });
    const { value } = await oidc.request('CreateToken', { method: 'POST', path: ['token'], body });
    const answer = parseShape(renewedShape, value, 'answer of sso-oidc CreateToken');
    context.report({ type: 'mask', value: answer.accessToken });
    if (answer.refreshToken) context.report({ type: 'mask', value: answer.refreshToken });
    const expiresAt = new Date(context.clock.now() + answer.expiresIn * 1000).toISOString();
    return { ...token, ...answer, expiresAt, refreshToken: answer.refreshToken ?? refreshToken };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return undefined;
  }
}
