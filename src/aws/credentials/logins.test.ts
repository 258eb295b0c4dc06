import type { JsonWebKey } from 'node:crypto';
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CredentialServer } from '../../../test/support/credential-server.js';
import { inAnHour, startCredentialServer } from '../../../test/support/credential-server.js';
import type { TestWorld } from '../../../test/support/world.js';
import { testWorld } from '../../../test/support/world.js';
import { findCredentials } from './chain.js';

/** Credentials as a run with its own home finds them; the server plays whoever gives any. */
let server: CredentialServer;
let home = '';
let world: TestWorld;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'lading-credentials-'));
  mkdirSync(join(home, '.aws'));
  server = await startCredentialServer();
});
afterEach(async () => {
  world?.close();
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const past = () => new Date(Date.now() - 60_000).toISOString();

async function find(env: Record<string, string | undefined> = {}) {
  world = testWorld({
    env: {
      HOME: home,
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: server.url,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    },
  });
  return findCredentials({ ...world, region: 'eu-central-1' });
}

function config(text: string): void {
  writeFileSync(join(home, '.aws/config'), text);
}

const masks = () => world.events.flatMap((event) => (event.type === 'mask' ? [event.value] : []));
describe('a login through SSO', () => {
  const cache = (name: string) => join(home, '.aws/sso/cache', `${createHash('sha1').update(name).digest('hex')}.json`);
  function token(name: string, more: object): void {
    mkdirSync(join(home, '.aws/sso/cache'), { recursive: true });
    writeFileSync(cache(name), JSON.stringify({ accessToken: 'access', ...more }));
  }
  const session =
    '[profile web]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = Deploy\n[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.com/start\n';

  test('with a session', async () => {
    config(session);
    token('corp', { expiresAt: inAnHour() });
    expect(await find({ AWS_PROFILE: 'web' })).toMatchObject({
      accessKeyId: 'ASIASSO',
      renewal: 'Log in with: aws sso login --profile web',
    });
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]?.request.url).toBe('/federation/credentials?role_name=Deploy&account_id=111111111111');
    expect(server.asked[0]?.request.headers['x-amz-sso_bearer_token']).toBe('access');
    expect(masks()).toEqual(expect.arrayContaining(['access', 'SSO-secret', 'SSO-token']));
  });

  test('in the old form', async () => {
    config(
      '[default]\nsso_start_url = https://corp/start\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = R\n',
    );
    token('https://corp/start', { expiresAt: inAnHour() });
    expect(await find()).toMatchObject({ accessKeyId: 'ASIASSO' });
  });

  test('whose token has run out is renewed, and the new one kept for others', async () => {
    config(session);
    token('corp', { expiresAt: past(), refreshToken: 'refresh', clientId: 'id', clientSecret: 'client-secret' });
    expect(await find({ AWS_PROFILE: 'web' })).toMatchObject({ accessKeyId: 'ASIASSO' });
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({
      clientId: 'id',
      clientSecret: 'client-secret',
      refreshToken: 'refresh',
      grantType: 'refresh_token',
    });
    expect(server.asked[1]?.request.headers['x-amz-sso_bearer_token']).toBe('renewed-access');
    expect(JSON.parse(readFileSync(cache('corp'), 'utf8'))).toMatchObject({
      accessToken: 'renewed-access',
      refreshToken: 'renewed-refresh',
      clientId: 'id',
    });
    expect(statSync(cache('corp')).mode & 0o777).toBe(0o600);
    expect(masks()).toEqual(expect.arrayContaining(['client-secret', 'refresh', 'renewed-access', 'renewed-refresh']));
  });

  test.each([
    ['nobody has logged in', undefined, [], 'NO_CREDENTIALS'],
    ['has expired', { expiresAt: '2020-01-01T00:00:00Z' }, [], 'EXPIRED_TOKEN'],
    [
      'has expired',
      { expiresAt: '2020-01-01T00:00:00Z', refreshToken: 'r', clientId: 'i', clientSecret: 'c' },
      ['POST /token'],
      'EXPIRED_TOKEN',
    ],
    ['over', { expiresAt: inAnHour() }, ['GET /federation/credentials'], 'EXPIRED_TOKEN'],
  ])('%s', async (message, made, refused, code) => {
    config(session);
    if (made) token('corp', made);
    server.refusing = refused;
    await expect(find({ AWS_PROFILE: 'web' })).rejects.toMatchObject({
      kind: 'credentials',
      code,
      message: expect.stringContaining(message) as string,
      hint: 'Log in with: aws sso login --profile web',
    });
  });

  test('a profile that lacks something says what', async () => {
    config('[default]\nsso_session = corp\nsso_role_name = R\n');
    await expect(find()).rejects.toMatchObject({
      message: expect.stringContaining('lacks sso_region, sso_account_id') as string,
    });
  });
});

describe('a login of the console', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const file = () => join(home, '.aws/login/cache', `${createHash('sha256').update('arn:me').digest('hex')}.json`);
  function login(expiresAt: string): void {
    mkdirSync(join(home, '.aws/login/cache'), { recursive: true });
    const accessToken = {
      accessKeyId: 'ASIAOLD',
      secretAccessKey: 'old-secret',
      sessionToken: 'old-token',
      accountId: '1',
      expiresAt,
    };
    const dpopKey = privateKey.export({ type: 'sec1', format: 'pem' });
    writeFileSync(
      file(),
      JSON.stringify({ accessToken, clientId: 'client', refreshToken: 'first-refresh', dpopKey, idToken: 'kept' }),
    );
    config('[default]\nlogin_session = arn:me\n');
  }

  test('is taken as it is', async () => {
    login(inAnHour());
    expect(await find()).toMatchObject({ accessKeyId: 'ASIAOLD' });
    expect(server.asked).toEqual([]);
  });

  test('that has run out is renewed with a proof of its key', async () => {
    login(past());
    expect(await find()).toMatchObject({ accessKeyId: 'ASIALOGIN', sessionToken: 'LOGIN-token' });
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({
      clientId: 'client',
      refreshToken: 'first-refresh',
      grantType: 'refresh_token',
    });
    const [header = '', claims = '', signature = ''] = String(server.asked[0]?.request.headers.dpop).split('.');
    const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    expect(decode(claims)).toMatchObject({ htm: 'POST', htu: `${server.url}/v1/token` });
    const key = createPublicKey({ key: decode(header).jwk as JsonWebKey, format: 'jwk' });
    expect(key.equals(publicKey)).toBe(true);
    expect(
      verify(
        'sha256',
        Buffer.from(`${header}.${claims}`),
        { key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
    ).toBe(true);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({
      refreshToken: 'next-refresh',
      idToken: 'kept',
      accessToken: { accessKeyId: 'ASIALOGIN', accountId: '1' },
    });
    expect(masks()).toEqual(expect.arrayContaining(['first-refresh', 'LOGIN-secret', 'next-refresh']));
  });

  test('that cannot be renewed is told', async () => {
    login(past());
    server.refusing = ['POST /v1/token'];
    await expect(find()).rejects.toMatchObject({
      code: 'EXPIRED_TOKEN',
      hint: 'Log in with: aws login --profile default',
    });
  });
});
