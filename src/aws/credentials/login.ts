import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { replaceFile } from '../../base/files/files.js';
import { parseShape } from '../../base/json.js';
import type { AwsCredentials } from '../api.js';
import { endpointOf } from '../endpoint.js';
import { openRest } from '../open-api.js';
import { urlOf } from '../protocol/wire.js';
import type { CredentialContext } from './provider.js';
import { masked, noCredentials } from './provider.js';
import { homeOf } from './profile-files.js';

const keys = { accessKeyId: v.string(), secretAccessKey: v.string(), sessionToken: v.string() };
const tokenShape = v.looseObject({
  accessToken: v.looseObject({ ...keys, expiresAt: v.string() }),
  clientId: v.string(),
  refreshToken: v.string(),
  /** PEM of an EC key. */
  dpopKey: v.string(),
  signInRegion: v.optional(v.string()),
});
type Token = v.InferOutput<typeof tokenShape>;

const renewedShape = v.looseObject({
  accessToken: v.looseObject(keys),
  expiresIn: v.number(),
  refreshToken: v.string(),
});

/** The credentials are renewed when they have less left than this. */
const SHORT_MS = 300_000;

/**
 * Credentials that `aws login` left behind, renewed when they are about to expire.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
 */
export async function loginCredentials(
  name: string,
  session: string,
  region: string,
  context: CredentialContext,
): Promise<AwsCredentials> {
  const renewal = `Log in with: aws login --profile ${name}`;
  const folder = context.env.AWS_LOGIN_CACHE_DIRECTORY || `${homeOf(context.env) ?? ''}/.aws/login/cache`;
  const file = `${folder}/${createHash('sha256').update(session).digest('hex')}.json`;
  let token = await readToken(file);
  if (!token) throw noCredentials(`nobody has logged in to the session of profile ${name}`, renewal);
  maskToken(token, context);
  const left = Date.parse(token.accessToken.expiresAt) - context.clock.now();
  if (left <= SHORT_MS) {
    const renewed = await renew(token, token.signInRegion || region, context);
    if (!renewed && left <= 0) {
      throw noCredentials(`the session of profile ${name} has expired`, renewal, { code: 'EXPIRED_TOKEN' });
    }
    if (renewed) await replaceFile(file, JSON.stringify(renewed, undefined, 2), 0o600).catch(() => undefined);
    token = renewed ?? token;
  }
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = token.accessToken;
  const expiration = new Date(expiresAt);
  const source = `profile ${name}, a login`;
  return masked(context, { accessKeyId, secretAccessKey, sessionToken, expiration, source, renewal });
}

async function readToken(file: string): Promise<Token | undefined> {
  try {
    return v.parse(tokenShape, JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function maskToken(token: Token, { report }: CredentialContext): void {
  const { secretAccessKey, sessionToken } = token.accessToken;
  for (const value of [secretAccessKey, sessionToken, token.refreshToken, token.dpopKey])
    report({ type: 'mask', value });
}

/** Undefined when the session cannot be renewed without a person. */
async function renew(token: Token, region: string, context: CredentialContext): Promise<Token | undefined> {
  const signin = openRest('signin', { region, credentials: undefined }, context);
  const path = ['v1', 'token'];
  const { url } = endpointOf('signin', region, context.env);
  const { clientId, refreshToken } = token;
  try {
    const { value } = await signin.request('CreateOAuth2Token', {
      method: 'POST',
      path,
      headers: { dpop: proofOf(token.dpopKey, urlOf(url, `/${path.join('/')}`).href, context.clock.now()) },
      body: JSON.stringify({ clientId, refreshToken, grantType: 'refresh_token' }),
    });
    const answer = parseShape(renewedShape, value, 'answer of signin CreateOAuth2Token');
    const expiresAt = new Date(context.clock.now() + answer.expiresIn * 1000).toISOString();
    const renewed = {
      ...token,
      accessToken: { ...token.accessToken, ...answer.accessToken, expiresAt },
      refreshToken: answer.refreshToken,
    };
    maskToken(renewed, context);
    return renewed;
  } catch (error) {
    if (context.signal.aborted) throw error;
    return undefined;
  }
}

/** A proof that we hold the key that the token is bound to. https://www.rfc-editor.org/rfc/rfc9449 */
function proofOf(pem: string, url: string, now: number): string {
  const key = createPrivateKey(pem);
  const { kty, crv, x, y } = createPublicKey(key).export({ format: 'jwk' });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = part({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } });
  const claims = part({ jti: randomUUID(), htm: 'POST', htu: url, iat: Math.floor(now / 1000) });
  const signature = sign('sha256', Buffer.from(`${header}.${claims}`), { key, dsaEncoding: 'ieee-p1363' });
  return `${header}.${claims}.${signature.toString('base64url')}`;
}
