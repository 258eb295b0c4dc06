import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { testWorld } from '../../test/support/world.js';
import type { TestWorld } from '../../test/support/world.js';
import { startSandbox } from '../sandbox/start.js';
import { openAws } from './session.js';

/** Stands for ECS and for the credential endpoint of a container. */
let server: Server;
let url = '';
/** Access key, region and service of each call of an API, with the token that came along. */
let calls: { readonly scope: string; readonly token: string | undefined }[] = [];
let handedOut: { readonly authorization: string | undefined }[] = [];
let lifetimeMs = 3_600_000;
let home = '';
const worlds: TestWorld[] = [];

beforeEach(async () => {
  calls = [];
  handedOut = [];
  lifetimeMs = 3_600_000;
  home = mkdtempSync(join(tmpdir(), 'lading-aws-'));
  server = createServer((request, response) => {
    request.resume();
    const { authorization } = request.headers;
    if (request.url === '/credentials') {
      handedOut.push({ authorization });
      const Expiration = new Date(Date.now() + lifetimeMs).toISOString();
      const AccessKeyId = `ASIACONTAINER${handedOut.length}`;
      response.end(
        JSON.stringify({ AccessKeyId, SecretAccessKey: 'container-secret', Token: 'container-token', Expiration }),
      );
      return;
    }
    const scope = /Credential=(\S+?)\/\d{8}\/(\S+)\/aws4_request/.exec(authorization ?? '');
    const token = request.headers['x-amz-security-token'];
    calls.push({ scope: `${scope?.[1]} ${scope?.[2]}`, token: typeof token === 'string' ? token : undefined });
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const world of worlds.splice(0)) world.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(home, { recursive: true, force: true });
});

/** The environment of the process says other things: none of them may be heard. */
function worldWith(env: Record<string, string>): TestWorld {
  vi.stubEnv('HOME', '/nowhere');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAPROCESS');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'process-secret');
  vi.stubEnv('AWS_PROFILE', 'process');
  vi.stubEnv('AWS_REGION', 'us-gov-west-1');
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
  const world = testWorld({
    env: { HOME: home, AWS_EC2_METADATA_DISABLED: 'true', AWS_ENDPOINT_URL_ECS: url, ...env },
  });
  worlds.push(world);
  return world;
}

async function callEcs(world: TestWorld, region?: string): Promise<void> {
  await (await openAws(world, { region })).api('ecs').call('ListClusters');
}

function writeConfig(): void {
  mkdirSync(join(home, '.aws'));
  writeFileSync(join(home, '.aws/config'), '[profile bare]\noutput = json\n');
}

function writeProfiles(): void {
  mkdirSync(join(home, '.aws'));
  writeFileSync(
    join(home, '.aws/config'),
    '[default]\nregion = eu-west-1\n\n[profile ci]\noutput = json\nregion=eu-north-1\n\n[profile bare]\n',
  );
  writeFileSync(
    join(home, '.aws/credentials'),
    '[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = default-secret\n\n' +
      '[ci]\naws_access_key_id = AKIACI\naws_secret_access_key = ci-secret\naws_session_token = ci-token\n',
  );
}

const keys = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'env-secret' };

describe('credentials', () => {
  test('of the environment, with a session token and without', async () => {
    const world = worldWith({ ...keys, AWS_REGION: 'eu-central-1' });
    await callEcs(world);
    await callEcs(worldWith({ ...keys, AWS_SESSION_TOKEN: 'env-token', AWS_REGION: 'eu-central-1' }));
    expect(calls).toEqual([
      { scope: 'AKIAENV eu-central-1/ecs', token: undefined },
      { scope: 'AKIAENV eu-central-1/ecs', token: 'env-token' },
    ]);
    expect(world.events).toContainEqual({ type: 'mask', value: 'env-secret' });
    expect(worlds[1]?.events).toContainEqual({ type: 'mask', value: 'env-token' });
  });

  test('of the default profile and of a named one, each with its region', async () => {
    writeProfiles();
    await callEcs(worldWith({}));
    const world = worldWith({ AWS_PROFILE: 'ci' });
    await callEcs(world);
    expect(calls).toEqual([
      { scope: 'AKIADEFAULT eu-west-1/ecs', token: undefined },
      { scope: 'AKIACI eu-north-1/ecs', token: 'ci-token' },
    ]);
    expect(world.events).toContainEqual({ type: 'mask', value: 'ci-secret' });
    expect(world.events).toContainEqual({ type: 'mask', value: 'ci-token' });
  });

  test('of a container, with the token that its endpoint wants; asked for once', async () => {
    const aws = await openAws(
      worldWith({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'let me in',
        AWS_REGION: 'eu-central-1',
      }),
    );
    await aws.api('ecs').call('ListClusters');
    await aws.api('ecs').call('ListClusters');
    expect(handedOut).toEqual([{ authorization: 'let me in' }]);
    expect(calls.map(({ scope }) => scope)).toEqual(Array(2).fill('ASIACONTAINER1 eu-central-1/ecs'));
  });

  test('that are about to expire are asked for again', async () => {
    lifetimeMs = 30_000;
    const aws = await openAws(
      worldWith({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials`, AWS_REGION: 'eu-central-1' }),
    );
    await aws.api('ecs').call('ListClusters');
    lifetimeMs = 3_600_000;
    await aws.api('ecs').call('ListClusters');
    await aws.api('ecs').call('ListClusters');
    expect(new Set(calls.map(({ scope }) => scope.split(' ')[0])).size).toBe(2);
    expect(calls[2]).toEqual(calls[1]);
  });

  test('of a web identity: the token of the file buys them from STS', async () => {
    const sandbox = await startSandbox();
    try {
      const file = join(home, 'token');
      writeFileSync(file, sandbox.webIdentityToken());
      await callEcs(
        worldWith({
          AWS_WEB_IDENTITY_TOKEN_FILE: file,
          AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/ci',
          AWS_ROLE_SESSION_NAME: 'lading',
          AWS_ENDPOINT_URL_STS: sandbox.url,
          AWS_REGION: 'eu-central-1',
        }),
      );
      expect(sandbox.journal).toMatchObject([
        {
          service: 'sts',
          operation: 'AssumeRoleWithWebIdentity',
          input: { RoleArn: 'arn:aws:iam::123456789012:role/ci', RoleSessionName: 'lading' },
        },
      ]);
      const { Credentials: given } = sandbox.journal[0]?.output as {
        Credentials: { AccessKeyId: string; SessionToken: string };
      };
      expect(calls).toEqual([{ scope: `${given.AccessKeyId} eu-central-1/ecs`, token: given.SessionToken }]);
    } finally {
      await sandbox.close();
    }
  });

  test.each([
    [{}, 'Set AWS_PROFILE'],
    [{ GITHUB_ACTIONS: 'true' }, 'id-token: write'],
    [{ GITHUB_ACTIONS: 'true', ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:9/' }, 'Set AWS_PROFILE'],
    [{ AWS_PROFILE: 'missing' }, 'Set AWS_PROFILE to one of'],
    [{ AWS_PROFILE: 'bare' }, 'Set AWS_PROFILE'],
    [{ AWS_ACCESS_KEY_ID: 'AKIAHALF' }, 'Set AWS_PROFILE'],
  ])('that nobody has, with %j, are told with what to do', async (env, hint) => {
    writeConfig();
    await expect(callEcs(worldWith({ AWS_REGION: 'eu-central-1', ...env }))).rejects.toMatchObject({
      kind: 'credentials',
      code: 'NO_CREDENTIALS',
      message: expect.stringMatching(/^no AWS credentials: /) as string,
      hint: expect.stringContaining(hint) as string,
    });
    expect(calls).toEqual([]);
  });
});

describe('the region', () => {
  test.each([
    ['ap-south-1', { AWS_REGION: 'us-east-1' }, 'ap-south-1'],
    [undefined, { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-west-2' }, 'us-east-1'],
    [undefined, { AWS_DEFAULT_REGION: 'us-west-2', AWS_PROFILE: 'ci' }, 'us-west-2'],
    [undefined, { AWS_PROFILE: 'ci' }, 'eu-north-1'],
    [undefined, { AWS_REGION: '', AWS_PROFILE: 'default' }, 'eu-west-1'],
  ])('%s, with %j: %s', async (region, env, expected) => {
    writeProfiles();
    await callEcs(worldWith({ ...keys, ...env }), region);
    expect(calls[0]?.scope).toBe(`AKIAENV ${expected}/ecs`);
  });

  test.each(['eu', 'evil.test/', 'EU-CENTRAL-1', 'eu-central-1 '])('%j is no region', async (region) => {
    await expect(callEcs(worldWith(keys), region)).rejects.toMatchObject({ kind: 'input', code: 'NO_SUCH_REGION' });
    expect(calls).toEqual([]);
  });

  test('one that is given nowhere is told with what to do', async () => {
    writeProfiles();
    await expect(callEcs(worldWith({ ...keys, AWS_PROFILE: 'bare' }))).rejects.toMatchObject({
      kind: 'input',
      code: 'NO_REGION',
      hint: expect.stringContaining('--region') as string,
    });
  });
});
