import { generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';
import * as v from 'valibot';
import { parseShape } from '../../base/json.js';
import { AwsFault } from '../service.js';

/** What a token of GitHub says of its job, as far as AWS reads it. */
export interface WebIdentityClaims {
  /** `repo:OWNER/REPO:ref:refs/heads/main` */
  readonly sub: string;
  readonly aud: string;
}

export interface WebIdentityProvider {
  /** Host and path, as in the ARN of the provider. */
  readonly name: string;
  /** A token as GitHub gives a job one, good for five minutes by the sandbox's clock. */
  issue(claims?: Partial<WebIdentityClaims>): string;
  /** The claims of a token of our own. Throws what STS says of others. */
  read(token: string): WebIdentityClaims;
}

const AUDIENCE = 'sts.amazonaws.com';
const LIFE_S = 300;

/** The identity provider of the sandbox's account: the only one whose tokens buy credentials. */
export function createWebIdentity(clock: { now(): number }): WebIdentityProvider {
  const name = 'token.actions.githubusercontent.com';
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const nowS = () => Math.floor(clock.now() / 1000);
  return {
    name,
    issue({ sub = 'repo:acme/shop:ref:refs/heads/main', aud = AUDIENCE } = {}) {
      const head = encode({ alg: 'ES256', typ: 'JWT', kid: 'sandbox' });
      const claims = { iss: `https://${name}`, sub, aud, jti: randomUUID(), iat: nowS(), exp: nowS() + LIFE_S };
      const text = `${head}.${encode(claims)}`;
      const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${text}.${signature.toString('base64url')}`;
    },
    read(token) {
      const [head = '', body = '', signature = '', ...more] = token.split('.');
      const claims = decode(body);
      if (!claims || signature === '' || more.length > 0)
        throw new AwsFault(
          'InvalidIdentityToken',
          'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
        );
      if (claims.iss !== `https://${name}`)
        throw new AwsFault(
          'InvalidIdentityToken',
          `No OpenIDConnect provider found in your account for ${String(claims.iss)}`,
        );
      const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
      if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
        throw new AwsFault(
          'InvalidIdentityToken',
          'Provided Token is not signed by the provider of the sandbox: take one from /_sandbox/web-identity-token',
        );
      if (claims.aud !== AUDIENCE) throw new AwsFault('InvalidIdentityToken', 'Incorrect token audience');
      if (!(Number(claims.exp) > nowS()))
        throw new AwsFault(
          'ExpiredTokenException',
          `Token expired: current date/time ${nowS()} must be before the expiration date/time ${Number(claims.exp)}`,
        );
      return { sub: String(claims.sub), aud: AUDIENCE };
    },
  };
}

const claimsShape = v.strictObject({ sub: v.optional(v.string()), aud: v.optional(v.string()) });

/** Claims that came as JSON; none when there is no value. Throws a `LadingError` that names what is wrong. */
export function readClaims(value: unknown): { readonly sub?: string | undefined; readonly aud?: string | undefined } {
  return parseShape(claimsShape, value ?? {}, 'the claims');
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
