import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CredentialServer } from '../../../test/support/credential-server.js';
import { startCredentialServer } from '../../../test/support/credential-server.js';
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
const forms = () => server.asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

describe('a role', () => {
  test('with the keys of another profile, through two of them', async () => {
    config(`[profile keys]
aws_access_key_id = AKIAKEYS
aws_secret_access_key = keys-secret
[profile first]
role_arn = arn:aws:iam::111111111111:role/first
source_profile = keys
external_id = x & y
[profile second]
role_arn = arn:aws:iam::222222222222:role/second
source_profile = first
role_session_name = me
duration_seconds = 900
region = eu-west-1
`);
    expect(await find({ AWS_PROFILE: 'second' })).toMatchObject({
      accessKeyId: 'ASIAROLE',
      sessionToken: 'role-token',
    });
    expect(forms()).toMatchObject([
      {
        Action: 'AssumeRole',
        RoleArn: 'arn:aws:iam::111111111111:role/first',
        RoleSessionName: 'lading',
        ExternalId: 'x & y',
      },
      {
        Action: 'AssumeRole',
        RoleArn: 'arn:aws:iam::222222222222:role/second',
        RoleSessionName: 'me',
        DurationSeconds: '900',
      },
    ]);
    const scopes = server.asked.map(
      ({ request }) => /Credential=([^,]+)/.exec(request.headers.authorization ?? '')?.[1],
    );
    expect(scopes[0]).toMatch(/^AKIAKEYS\/\d+\/eu-central-1\/sts/);
    expect(scopes[1]).toMatch(/^ASIAROLE\/\d+\/eu-west-1\/sts/);
    expect(masks()).toEqual(expect.arrayContaining(['keys-secret', 'role-secret', 'role-token']));
  });

  test('of a profile that is its own source', async () => {
    config(
      '[profile self]\nrole_arn = arn:aws:iam::111111111111:role/x\nsource_profile = self\naws_access_key_id = AKIASELF\naws_secret_access_key = s\n',
    );
    expect(await find({ AWS_PROFILE: 'self' })).toMatchObject({ accessKeyId: 'ASIAROLE' });
    expect(server.asked[0]?.request.headers.authorization).toContain('AKIASELF');
  });

  test('with the keys of the environment of the call', async () => {
    config('[default]\nrole_arn = arn:aws:iam::111111111111:role/x\ncredential_source = Ec2InstanceMetadata\n');
    const env = { AWS_EC2_METADATA_DISABLED: undefined, AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url };
    expect(await find(env)).toMatchObject({ accessKeyId: 'ASIAROLE' });
    expect(server.asked.at(-1)?.request.headers.authorization).toContain('ASIAINSTANCE');
  });

  test('for the token in a file, without a signature', async () => {
    writeFileSync(join(home, 'token'), 'header.payload.signature\n');
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: join(home, 'token'), AWS_ROLE_ARN: 'arn:aws:iam::111111111111:role/ci' };
    expect(await find(env)).toMatchObject({ accessKeyId: 'ASIAROLE' });
    expect(forms()).toMatchObject([
      { Action: 'AssumeRoleWithWebIdentity', WebIdentityToken: 'header.payload.signature' },
    ]);
    expect(server.asked[0]?.request.headers.authorization).toBeUndefined();
    expect(masks()).toContain('header.payload.signature');
  });

  test.each([
    [
      '[profile x]\nrole_arn = r\nsource_profile = y\n[profile y]\nrole_arn = r\nsource_profile = x\n',
      'x → y → x',
      'circle',
    ],
    ['[profile x]\nrole_arn = r\nsource_profile = y\n', 'there is no profile y', 'AWS_PROFILE'],
    [
      '[profile x]\nrole_arn = r\nsource_profile = y\n[profile y]\nregion = a\n',
      'y, the source of x, has no credentials',
      'y',
    ],
    ['[profile x]\nrole_arn = r\ncredential_source = Elsewhere\n', 'with those of Elsewhere', 'source_profile'],
    ['[profile x]\nrole_arn = r\ncredential_source = Environment\n', 'with those of Environment', 'source_profile'],
    ['[profile x]\nrole_arn = r\nsource_profile = x\nmfa_serial = m\n', 'wants a code of m', 'export-credentials'],
    [
      '[profile x]\nrole_arn = r\nweb_identity_token_file = /nowhere\n',
      'the token in /nowhere cannot be read',
      'Check',
    ],
  ])('%j is told', async (text, message, hint) => {
    config(text);
    await expect(find({ AWS_PROFILE: 'x' })).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
    });
    expect(server.asked).toEqual([]);
  });
});

describe('the machine', () => {
  const metadata = { AWS_EC2_METADATA_DISABLED: undefined, AWS_EC2_METADATA_SERVICE_ENDPOINT: '' };

  test('an instance has a role', async () => {
    expect(await find({ ...metadata, AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url })).toMatchObject({
      accessKeyId: 'ASIAINSTANCE',
    });
    expect(server.asked.map(({ call }) => call)).toEqual([
      'PUT /latest/api/token',
      'GET /latest/meta-data/iam/security-credentials/',
      'GET /latest/meta-data/iam/security-credentials/web',
    ]);
    expect(server.asked.at(-1)?.request.headers['x-aws-ec2-metadata-token']).toBe('imds-token');
  });

  test('a job on a machine of GitHub asks for none', async () => {
    const env = { ...metadata, AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url, RUNNER_ENVIRONMENT: 'github-hosted' };
    await expect(find(env)).rejects.toMatchObject({ code: 'NO_CREDENTIALS' });
    expect(server.asked).toEqual([]);
  });

  test.each(['http://evil.test/', 'http://169.254.169.254/', 'no address'])(
    '%s gives a container none',
    async (address) => {
      await expect(find({ AWS_CONTAINER_CREDENTIALS_FULL_URI: address })).rejects.toMatchObject({
        kind: 'credentials',
        message: expect.stringContaining('is not where a container gets them') as string,
      });
    },
  );

  test('an agent of a container that cannot be reached is told', async () => {
    await expect(find({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:9/' })).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining("the container's agent at 127.0.0.1:9 cannot be reached") as string,
      hint: 'Check the role of the task or pod.',
    });
  });
});
