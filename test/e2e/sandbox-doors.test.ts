import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SignatureV4 } from '@smithy/signature-v4';
import { Hash } from '@smithy/hash-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VirtualClock } from '../../src/base/clock.js';
import { virtualClock } from '../../src/base/clock.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { askSigned } from '../support/ask-signed.js';
import { pushImage, registryLogin } from '../support/push-image.js';

let sandbox: Sandbox;
let clock: VirtualClock;
beforeAll(async () => {
  clock = virtualClock();
  sandbox = await startSandbox({ clock });
  sandbox.createRepository('shop');
});
afterAll(async () => sandbox.close());

const LIST = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters' };
const RUN = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.RunTask' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Told {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}

/** One request with any headers, the host among them. */
async function ask(path: string, more: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  return new Promise<Told>((resolve, reject) => {
    const { method = 'POST', headers = {}, body } = more;
    const asked = request(new URL(path, sandbox.url), { method, headers, setHost: !('host' in headers) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

const port = () => new URL(sandbox.url).port;
const key = () => ({ authorization: `Bearer ${sandbox.env.LADING_SANDBOX_KEY}` });
const codeOf = (text: string) => /"__type":"(\w+)"|<Code>(\w+)</.exec(text)?.slice(1).find(Boolean);

async function signed(more: Partial<Parameters<typeof askSigned>[1]> = {}) {
  const answer = await askSigned(sandbox, { body: '{}', headers: LIST, ...more });
  return [answer.status, codeOf(await answer.text())];
}

describe('a call of an AWS API', () => {
  test('is answered when it is signed with the key of this run', async () => {
    expect(await signed()).toEqual([200, undefined]);
    expect(await signed({ env: { AWS_SECRET_ACCESS_KEY: 'sandbox-secret-key' } })).toEqual([
      400,
      'InvalidSignatureException',
    ]);
    expect(await signed({ env: { AWS_ACCESS_KEY_ID: 'AKIASANDBOX' } })).toEqual([400, 'UnrecognizedClientException']);
    expect(await signed({ env: { AWS_SESSION_TOKEN: 'left over' } })).toEqual([400, 'UnrecognizedClientException']);
    expect(await signed({ service: 'ecr' })).toEqual([400, 'InvalidSignatureException']);
    const other = await startSandbox();
    try {
      expect(await signed({ env: other.env })).toEqual([400, 'UnrecognizedClientException']);
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'LADING_SANDBOX_KEY'])
        expect(other.env[name]).not.toBe(sandbox.env[name]);
    } finally {
      await other.close();
    }
  });

  test.each([
    ['JSON', RUN, '{"taskDefinition":"shop"}', [400, 'MissingAuthenticationTokenException']],
    ['a form', FORM, 'Action=GetCallerIdentity&Version=2011-06-15', [403, 'MissingAuthenticationToken']],
    ['anything', {}, '', [403, undefined]],
  ])('in %s without a signature is not answered, nor kept', async (_, headers, body, expected) => {
    const before = sandbox.journal.length;
    const told = await ask('/', { headers, body });
    expect([told.status, codeOf(told.text)]).toEqual(expected);
    expect(sandbox.journal.length).toBe(before);
  });

  test.each(['AWS4-HMAC-SHA256 x', 'Basic QVdTOnNhbmRib3g=', 'Bearer x', 'AWS4-ECDSA-P256-SHA256 Credential=a'])(
    'with the authorization %s is told what a signature has',
    async (authorization) => {
      const told = await ask('/', { headers: { ...RUN, authorization }, body: '{}' });
      expect([told.status, codeOf(told.text)]).toEqual([400, 'IncompleteSignatureException']);
    },
  );

  test('may be signed in its address, as for somebody else to send', async () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = sandbox.env;
    const sha256 = Hash.bind(undefined, 'sha256');
    const signer = new SignatureV4({
      service: 'sts',
      region: 'eu-central-1',
      credentials: { accessKeyId, secretAccessKey },
      sha256,
    });
    const { query } = await signer.presign({
      method: 'GET',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: sandbox.host },
    });
    const path = `/?${new URLSearchParams(query as Record<string, string>).toString()}`;
    const good = await ask(path, { method: 'GET' });
    expect(good.text).toContain('<Arn>arn:aws:iam::123456789012:user/sandbox</Arn>');
    const changed = await ask(path.replace('GetCallerIdentity', 'AssumeRole'), { method: 'GET' });
    expect([changed.status, codeOf(changed.text)]).toEqual([403, 'SignatureDoesNotMatch']);
  });

  test('has a bounded body, read only of who has a key', async () => {
    const long = { ...RUN, 'content-length': String(300 << 20) };
    const stranger = await ask('/', { headers: long });
    expect([stranger.status, codeOf(stranger.text)]).toEqual([400, 'MissingAuthenticationTokenException']);
    expect(stranger.headers.connection).toBe('close');
    const form = await ask('/', { headers: { ...FORM, 'content-length': String(300 << 20) } });
    expect([form.status, codeOf(form.text)]).toEqual([413, 'RequestEntityTooLarge']);
    const known = `AWS4-HMAC-SHA256 Credential=${sandbox.env.AWS_ACCESS_KEY_ID}/20260101/eu-central-1/ecs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
    const headers = { ...long, authorization: known, 'x-amz-date': '20260101T000000Z' };
    const told = await ask('/', { headers });
    expect([told.status, codeOf(told.text)]).toEqual([413, 'RequestEntityTooLarge']);
  });
});

test('the SDK for JavaScript takes on a role with the printed variables', async () => {
  const work = mkdtempSync(join(tmpdir(), 'lading-js-sdk-'));
  try {
    const profile =
      '[profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/deploy\ncredential_source = Environment\n';
    writeFileSync(join(work, 'config'), profile);
    const text = `import { defaultProvider } from '@aws-sdk/credential-provider-node';
      const { accessKeyId } = await defaultProvider({ profile: 'deploy' })();
      console.log(accessKeyId);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', text], {
      cwd: join(import.meta.dirname, '../..'),
      env: { PATH: process.env.PATH, HOME: work, ...sandbox.env, AWS_CONFIG_FILE: join(work, 'config') },
    });
    expect(stdout.trim()).toMatch(/^ASIA[A-Z2-7]{16}$/);
    const last = sandbox.journal.at(-1);
    expect(last).toMatchObject({ service: 'sts', operation: 'AssumeRole', output: { Credentials: {} } });
    expect(stdout).toContain((last?.output as { Credentials: { AccessKeyId: string } }).Credentials.AccessKeyId);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});

describe('a name that is not its own, or a page of another', () => {
  const requests = [
    ['/', { headers: RUN, body: '{}' }],
    ['/v2/', { method: 'GET' }],
    ['/v2/shop/blobs/uploads/', {}],
    ['/_sandbox/journal', { method: 'GET' }],
    ['/_sandbox/inject', { body: '{}' }],
  ] as const;
  const foreign = (): Record<string, string>[] => [
    { host: 'evil.example' },
    { host: `evil.example:${port()}` },
    { host: `127.0.0.1:${port()}.evil.example` },
    { host: '127.0.0.1' },
    { host: '127.0.0.1:1' },
    { host: '' },
    { origin: 'http://evil.example' },
    { origin: `http://evil.example:${port()}` },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];

  test.each(requests)('is refused at %s, even with the key', async (path, more) => {
    for (const headers of foreign()) {
      const authorization = path.startsWith('/v2') ? await registryLogin(sandbox) : key().authorization;
      const all: Record<string, string> = { ...('headers' in more && more.headers), authorization, ...headers };
      const told = await ask(path, { ...more, headers: all });
      expect(told.status, JSON.stringify(headers)).toBe(403);
      expect(told.text).toContain('the sandbox does not answer to');
    }
  });

  test('its own names and pages are answered', async () => {
    const own = [
      { host: `127.0.0.1:${port()}` },
      { host: `LOCALHOST:${port()}` },
      { host: `[::1]:${port()}` },
      { origin: `http://127.0.0.1:${port()}` },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of own) {
      const told = await ask('/_sandbox/journal', { method: 'GET', headers: { ...key(), ...headers } as never });
      expect(told.status, JSON.stringify(headers)).toBe(200);
    }
  });

  test('further names are those that it was started with', async () => {
    const named = await startSandbox({ hosts: ['Sandbox.internal', 'other:8080'] });
    const at = async (host: string) => {
      const headers = { host, authorization: `Bearer ${named.env.LADING_SANDBOX_KEY}` };
      return new Promise<number | undefined>((resolve) =>
        request(new URL('/_sandbox/journal', named.url), { headers, setHost: false }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).end(),
      );
    };
    try {
      expect(await at('sandbox.internal')).toBe(200);
      expect(await at('sandbox.internal:4600')).toBe(200);
      expect(await at('other:8080')).toBe(200);
      expect(await at('other')).toBe(403);
      expect(await at('evil.example')).toBe(403);
    } finally {
      await named.close();
    }
  });
});

describe('the controls', () => {
  const json = { 'content-type': 'application/json' };
  const inject = (headers: Record<string, string>, body = '{"service":"logs","reset":true}') =>
    ask('/_sandbox/inject', { headers, body });

  test('want the key that was printed', async () => {
    const secret = sandbox.env.AWS_SECRET_ACCESS_KEY ?? '';
    for (const authorization of [
      undefined,
      '',
      'Bearer ',
      'Bearer x',
      `Bearer ${secret}`,
      await registryLogin(sandbox),
    ]) {
      const told = await inject({ ...json, ...(authorization !== undefined && { authorization }) });
      expect(told.status, authorization).toBe(401);
      expect(told.text).toContain('LADING_SANDBOX_KEY');
      expect(told.text).not.toContain(sandbox.env.LADING_SANDBOX_KEY);
    }
    expect(await inject({ ...json, ...key() })).toMatchObject({ status: 200, text: '{}' });
  });

  test('take JSON only, and not more than a little', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', ''])
      expect((await inject({ ...key(), 'content-type': type })).status, type).toBe(415);
    expect((await inject({ ...key(), ...json, 'content-length': String(300 << 20) })).status).toBe(413);
    expect((await inject({ ...key(), ...json }, `{"message":"${'x'.repeat(1 << 20)}"}`)).status).toBe(413);
    expect((await ask('/_sandbox/inject', { method: 'DELETE', headers: key() })).status).toBe(405);
    expect((await ask('/_sandbox/toString', { method: 'GET', headers: key() })).text).toContain('"inject"');
  });

  test.each([
    ['{', /JSON/],
    ['[]', /the fault: /],
    ['{"service":"ecs"}', /says what goes wrong/],
    ['{"operaton":"RunTask"}', /operaton/],
    ['{"status":"500","times":0}', /times: .*status: /],
    ['{"delayMs":1e12}', /delayMs/],
  ])('tell what is wrong in %s', async (body, expected) => {
    const told = await inject({ ...key(), ...json }, body);
    expect(told.status).toBe(400);
    expect((JSON.parse(told.text) as { message: string }).message).toMatch(expected);
  });

  test('give a token that AssumeRoleWithWebIdentity takes', async () => {
    const told = await ask('/_sandbox/web-identity-token', {
      headers: { ...key(), ...json },
      body: '{"sub":"repo:a/b"}',
    });
    const { token } = JSON.parse(told.text) as { token: string };
    const form = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: 'arn:aws:iam::123456789012:role/deploy',
      RoleSessionName: 'job',
      WebIdentityToken: token,
    });
    const taken = await ask('/', { headers: FORM, body: form.toString() });
    expect(taken.text).toContain('<SubjectFromWebIdentityToken>repo:a/b</SubjectFromWebIdentityToken>');
    const [head, body] = token.split('.');
    const forged = [
      `${head}.${body}.${'A'.repeat(86)}`,
      `${head}.${Buffer.from('{"iss":"https://token.actions.githubusercontent.com","aud":"sts.amazonaws.com","exp":4e9}').toString('base64url')}.${token.split('.')[2]}`,
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`,
      `${token}.x`,
      'a.b.c',
    ];
    for (const one of forged) {
      form.set('WebIdentityToken', one);
      const refused = await ask('/', { headers: FORM, body: form.toString() });
      expect([refused.status, codeOf(refused.text)]).toEqual([400, 'InvalidIdentityToken']);
    }
  });
});

test('blobs are read by a signed address only, for an hour', async () => {
  const { layer } = await pushImage(sandbox, 'shop', 'v1');
  const authorization = await registryLogin(sandbox);
  const told = await ask(`/v2/shop/blobs/${layer}`, { method: 'GET', headers: { authorization } });
  const place = new URL(told.headers.location ?? '');
  const read = async (query: string) => (await fetch(`${place.origin}${place.pathname}${query}`)).status;
  expect(await read(place.search)).toBe(200);
  expect(await read('')).toBe(403);
  expect(await read(place.search.replace(/until=\d/, 'until=9'))).toBe(403);
  clock.advance(3_600_000);
  expect(await read(place.search)).toBe(403);
});

test('given credentials are the ones that count', async () => {
  const credentials = { accessKeyId: 'AKIAFIXED', secretAccessKey: 'always the same' };
  const fixed = await startSandbox({ credentials });
  try {
    expect(fixed.env).toMatchObject({ AWS_ACCESS_KEY_ID: 'AKIAFIXED', AWS_SECRET_ACCESS_KEY: 'always the same' });
    expect((await askSigned(fixed, { body: '{}', headers: LIST })).status).toBe(200);
  } finally {
    await fixed.close();
  }
});

test('root runs images as processes only when told to', async (context) => {
  if (process.getuid?.() !== 0) return context.skip();
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('lading-sandbox-'));
  await expect(startSandbox({ tasks: 'process' })).rejects.toMatchObject({
    kind: 'input',
    code: 'ROOT_TASKS',
    hint: expect.stringContaining('--allow-root') as string,
  });
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('lading-sandbox-'))).toEqual(before);
  await (await startSandbox({ tasks: 'process', allowRoot: true })).close();
});
