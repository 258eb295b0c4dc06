import { createPrivateKey, createSign, type KeyObject } from 'node:crypto';
import { LadingError } from '../../base/errors.js';

/**
 * Reads the private key of a GitHub App: PEM, PEM whose line breaks became `\n` on the way through a variable, or the
 * base64 of either.
 */
export function parseAppKey(text: string): KeyObject {
  const direct = text.trim().replaceAll('\\n', '\n');
  const pem = direct.includes('-----BEGIN')
    ? direct
    : Buffer.from(direct, 'base64').toString('utf8').trim().replaceAll('\\n', '\n');
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Node's words name OpenSSL's decoder and nothing that helps.
  }
  throw new LadingError(
    'input',
    'the private key of the GitHub App is neither an RSA key in PEM nor the base64 of one',
    {
      code: 'INVALID_APP_KEY',
      hint: 'Give the .pem file that GitHub made under "Private keys" of the App, whole, from -----BEGIN to END-----.',
    },
  );
}

/**
 * The JSON Web Token by which an App says who it is, good for nine minutes. `now` is milliseconds.
 * https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function appJwt(appId: string, key: KeyObject, now: number): string {
  const seconds = Math.floor(now / 1000);
  const head = encoded({ alg: 'RS256', typ: 'JWT' });
  // A minute back, for clocks that differ.
  const claims = encoded({ iat: seconds - 60, exp: seconds + 9 * 60, iss: appId });
  return `${head}.${claims}.${createSign('RSA-SHA256').update(`${head}.${claims}`).sign(key, 'base64url')}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
