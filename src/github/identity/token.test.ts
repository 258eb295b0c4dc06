import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { gitHubUrl } from '../client/api.js';
import { appJwt, parseAppKey } from './app-key.js';
import { gitHubFailure, type GitHubAnswer } from '../client/failure.js';
import { findToken, tokenKind } from './token.js';

describe('tokens', () => {
  it.each([
    ['ghp_abc', 'classic'],
    ['github_pat_11A', 'fine-grained'],
    ['gho_x', 'oauth'],
    ['ghu_x', 'user'],
    ['ghs_short', 'installation'],
    [`ghs_4711_${'eyJ'.repeat(400)}`, 'installation'],
    ['ghs_15368_eyJ', 'job'],
    ['0123456789012345678901234567890123456789', 'unknown'],
  ])('%s is %s', (token, kind) => {
    expect(tokenKind(token)).toBe(kind);
  });

  it('come from the input, GH_TOKEN or GITHUB_TOKEN, in this order', () => {
    const env = { GH_TOKEN: 'ghp_a', GITHUB_TOKEN: 'ghp_b' };
    expect(findToken('ghp_c', env)?.token).toBe('ghp_c');
    expect(findToken(undefined, env)?.token).toBe('ghp_a');
    expect(findToken(undefined, { ...env, GH_TOKEN: '' })?.token).toBe('ghp_b');
    expect(findToken(undefined, {})).toBeUndefined();
  });

  it('of an App are taken under another name than the job’s', () => {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_TOKEN: 'ghs_job', GH_TOKEN: 'ghs_app' };
    expect(findToken(undefined, env)?.token).toBe('ghs_app');
    expect(() => findToken(undefined, { ...env, GH_TOKEN: undefined })).toThrow(/neither secrets nor variables/);
  });

  it('with a line break in them are refused, and not repeated', () => {
    expect(() => findToken('ghp_a\nb', {})).toThrow(/no spaces or line breaks/);
    expect(() => findToken('ghp_a\nb', {})).not.toThrow(/ghp_a/);
    expect(findToken('ghp_a\n', {})?.token).toBe('ghp_a');
  });
});

describe('hosts', () => {
  it.each([
    [undefined, 'https://api.github.com'],
    ['https://api.acme.ghe.com', 'https://api.acme.ghe.com'],
    ['https://git.acme.test/api/v3/', 'https://git.acme.test/api/v3'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('%s', (GITHUB_API_URL, expected) => {
    expect(gitHubUrl({ GITHUB_API_URL })).toBe(expected);
  });

  it.each(['http://git.acme.test/api/v3', 'git.acme.test', 'ftp://x'])('a token never goes to %s', (GITHUB_API_URL) => {
    expect(() => gitHubUrl({ GITHUB_API_URL })).toThrow(/no https address/);
  });
});

describe('an App’s key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;

  it('signs a token that GitHub takes: RS256, a minute back, under ten minutes', () => {
    const now = Date.UTC(2026, 10, 23);
    const [head = '', claims = '', signature = ''] = appJwt('4711', parseAppKey(pem), now).split('.');
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      iss: '4711',
      iat: now / 1000 - 60,
      exp: now / 1000 + 540,
    });
    const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
    expect(
      verify.verify(createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })), signature, 'base64url'),
    ).toBe(true);
  });

  it.each([
    ['PKCS#8', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string],
    ['escaped line breaks', pem.replaceAll('\n', '\\n')],
    ['base64', Buffer.from(pem).toString('base64')],
    [
      'base64 in lines',
      (
        Buffer.from(pem)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      ).join('\n'),
    ],
  ])('is read from %s', (_, text) => {
    expect(parseAppKey(text).export({ type: 'pkcs1', format: 'pem' })).toBe(pem);
  });

  it.each([
    '',
    'hello',
    pem.slice(0, 200),
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  ])('is refused when it is none, and not repeated', (text) => {
    expect(() => parseAppKey(text)).toThrow(/neither an RSA key in PEM nor the base64/);
  });
});

describe('refusals', () => {
  const answer = (status: number, message: string, headers: Record<string, string> = {}): GitHubAnswer => ({
    status, headers, text: '', body: { message }, moved: false,
  }); // prettier-ignore

  it.each([
    [
      'FORBIDDEN',
      3,
      /^Grant secrets=write to the token/,
      'fine-grained',
      answer(403, 'Resource not accessible by personal access token', {
        'x-accepted-github-permissions': 'secrets=write',
      }),
    ],
    [
      'FORBIDDEN',
      3,
      /accept it in the installation/,
      'app',
      answer(403, 'Resource not accessible by integration', { 'x-accepted-github-permissions': 'secrets=write' }),
    ],
    [
      'FORBIDDEN',
      3,
      /The GITHUB_TOKEN of a job can never do this/,
      'installation',
      answer(403, 'Resource not accessible by integration', { 'x-accepted-github-permissions': 'secrets=write' }),
    ],
    [
      'SSO_REQUIRED',
      3,
      /https:\/\/github.com\/orgs\/acme\/sso/,
      'classic',
      answer(403, 'Resource protected by organization SAML enforcement.', {
        'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?x=1',
      }),
    ],
    ['ARCHIVED', 4, /Unarchive/, 'classic', answer(403, 'Repository was archived so is read-only.')],
    ['BAD_CREDENTIALS', 3, /new token/, 'classic', answer(401, 'Bad credentials')],
    ['NOT_FOUND', 4, /may see it/, 'classic', answer(404, 'Not Found')],
    ['HTTP_502', 4, /githubstatus/, 'classic', answer(502, 'Server Error')],
  ] as const)('%s is exit code %i', (code, exitCode, hint, kind, refused) => {
    const error = gitHubFailure('write the secret X of acme/shop', refused, kind);
    expect(error).toMatchObject({ code, exitCode });
    expect(error.hint).toMatch(hint);
    expect(error.message).toContain(`write the secret X of acme/shop: GitHub answered ${refused.status}: `);
  });
});
