import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { VirtualClock } from '../../src/base/clock.js';
import { virtualClock } from '../../src/base/clock.js';
import { openRepository } from '../../src/registry/repository.js';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import type { DockerEngine } from '../support/docker-engine.js';
import { startDockerEngine } from '../support/docker-engine.js';
import { pushImage, registryLogin } from '../support/push-image.js';
import { requireTool } from '../support/tools.js';
import { testWorld } from '../support/world.js';

const run = promisify(execFile);
const work = mkdtempSync(join(tmpdir(), 'lading-registry-clients-'));
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

async function start(options: SandboxOptions = {}): Promise<{ sandbox: Sandbox; clock: VirtualClock }> {
  const clock = virtualClock();
  const sandbox = await startSandbox({ clock, ...options });
  open.push(() => sandbox.close());
  return { sandbox, clock };
}

const digestOf = (bytes: Uint8Array | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function passwordOf(sandbox: Sandbox): Promise<string> {
  const [, token = ''] = (await registryLogin(sandbox)).split(' ');
  return Buffer.from(token, 'base64').toString().slice('AWS:'.length);
}

interface Told {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly headers: Headers;
}

/** One request to the registry below `/v2/`, with a password of now unless another header is given. */
async function ask(
  sandbox: Sandbox,
  method: string,
  path: string,
  more: {
    readonly authorization?: string;
    readonly body?: string | Buffer;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<Told> {
  const authorization = more.authorization ?? (await registryLogin(sandbox));
  const answer = await fetch(new URL(path, `${sandbox.url}/v2/`), {
    method,
    redirect: 'manual',
    headers: { authorization, ...more.headers },
    ...(more.body !== undefined && { body: new Uint8Array(Buffer.from(more.body)) }),
  });
  const text = await answer.text();
  const { errors = [] } = (text.startsWith('{') ? JSON.parse(text) : {}) as { errors?: Told[] };
  return { status: answer.status, code: errors[0]?.code, message: errors[0]?.message, headers: answer.headers };
}

async function startUpload(sandbox: Sandbox, name: string, query = ''): Promise<Told> {
  return ask(sandbox, 'POST', `${name}/blobs/uploads/${query}`);
}

describe('skopeo', () => {
  test('pushes, reads and pulls with the password of ECR', async (context) => {
    const skopeo = requireTool('skopeo');
    if (!skopeo) return context.skip();
    const { sandbox } = await start();
    sandbox.createRepository('shop');
    sandbox.createRepository('copy');
    const { digest } = await pushImage(sandbox, 'shop', 'v1');
    const auth = join(work, 'auth.json');
    const login = ['login', '--authfile', auth, '--tls-verify=false', '--username', 'AWS'];
    await run(skopeo, [...login, '--password', await passwordOf(sandbox), sandbox.host]);
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];
    const copy = (...to: string[]) => run(skopeo, ['copy', '--authfile', auth, ...plain, ...to]);
    const layout = join(work, 'layout');
    await copy('--preserve-digests', `docker://${sandbox.host}/shop:v1`, `oci:${layout}:v1`);
    expect(readdirSync(join(layout, 'blobs/sha256'))).toContain(digest.slice('sha256:'.length));
    await copy('--preserve-digests', `oci:${layout}:v1`, `docker://${sandbox.host}/copy:v2`);
    const inspect = ['inspect', '--authfile', auth, '--tls-verify=false', `docker://${sandbox.host}/copy:v2`];
    const { stdout } = await run(skopeo, inspect);
    expect(JSON.parse(stdout)).toMatchObject({ Digest: digest, RepoTags: ['v2'] });
    const missing = copy(`oci:${layout}:v1`, `docker://${sandbox.host}/missing:v1`);
    await expect(missing).rejects.toMatchObject({ code: 1 });
  });
});

describe('Docker Engine', () => {
  let engine: DockerEngine | undefined;
  beforeAll(async () => {
    engine = await startDockerEngine();
  }, 240_000);
  afterAll(async () => engine?.close());

  test('logs in, pushes and pulls; an immutable tag and an expired password are told', async (context) => {
    if (!engine) return context.skip();
    const { sandbox, clock } = await start();
    sandbox.createRepository('shop', { immutable: true });
    const config = mkdtempSync(join(work, 'docker-'));
    const env = { ...engine.env, DOCKER_CONFIG: config };
    const docker = (...args: string[]) => run('docker', args, { env });
    const login = ['login', '--username', 'AWS', '--password', await passwordOf(sandbox), sandbox.host];
    expect((await docker(...login)).stdout).toContain('Login Succeeded');

    const folder = mkdtempSync(join(work, 'rootfs-'));
    writeFileSync(join(folder, 'hello'), 'version one\n');
    await run('tar', ['-cf', join(work, 'root.tar'), '-C', folder, '.']);
    const image = `${sandbox.host}/shop:v1`;
    await docker('import', join(work, 'root.tar'), image);
    const { stdout } = await docker('push', image);
    const digest = /digest: (sha256:[0-9a-f]{64})/.exec(stdout)?.[1];
    expect(await sandbox.call('ecr', 'DescribeImages', { repositoryName: 'shop' })).toMatchObject({
      imageDetails: [{ imageDigest: digest, imageTags: ['v1'] }],
    });
    await docker('rmi', image);
    expect((await docker('pull', image)).stdout).toContain(digest);

    writeFileSync(join(folder, 'hello'), 'version two\n');
    await run('tar', ['-cf', join(work, 'root.tar'), '-C', folder, '.']);
    await docker('import', join(work, 'root.tar'), image);
    await expect(docker('push', image)).rejects.toMatchObject({
      stderr: expect.stringContaining('immutable') as string,
    });
    clock.advance(12 * 3600_000);
    await expect(docker('pull', image)).rejects.toMatchObject({
      stderr: expect.stringMatching(/denied|expired|403/i) as string,
    });
  }, 120_000);
});

describe('a password', () => {
  test('lives twelve hours; then ECR says 403 and not 401', async () => {
    const { sandbox, clock } = await start();
    const authorization = await registryLogin(sandbox);
    clock.advance(12 * 3600_000 - 1);
    expect((await ask(sandbox, 'GET', '', { authorization })).status).toBe(200);
    clock.advance(1);
    expect(await ask(sandbox, 'GET', '', { authorization })).toMatchObject({
      status: 403,
      code: 'DENIED',
      message: 'Your authorization token has expired. Reauthenticate and try again.',
    });
  });

  test('that was never given out, or none, is asked for with Basic', async () => {
    const { sandbox } = await start();
    for (const authorization of ['Basic QVdTOm5vbmU=', 'Bearer x', '']) {
      const { status, headers } = await ask(sandbox, 'GET', '', { authorization });
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    }
  });

  test('that has expired on the way is renewed by lading, for reads and uploads', async () => {
    const { sandbox, clock } = await start();
    sandbox.createRepository('shop');
    const { digest } = await pushImage(sandbox, 'shop', 'v1');
    const world = testWorld();
    open.push(world.close);
    let asked = 0;
    let password = await passwordOf(sandbox);
    const keychain = async (_host: string, options?: { readonly renew?: boolean }) => {
      asked++;
      if (options?.renew) password = await passwordOf(sandbox);
      return { username: 'AWS', password };
    };
    const repository = openRepository(`${sandbox.host}/shop:v1`, world, { keychain });
    expect((await repository.manifest('v1'))?.digest).toBe(digest);
    clock.advance(13 * 3600_000);
    expect((await repository.manifest('v1'))?.digest).toBe(digest);
    clock.advance(13 * 3600_000);
    const absent = { mediaType: 'application/octet-stream', size: 1, digest: digestOf('absent') as never };
    expect(await repository.has(absent)).toBe(false);
    expect(asked).toBe(3);
  });
});

describe('uploads', () => {
  const five = 5 * 1024 * 1024;

  test('parts answer 201 and a Range that stays; the bytes are all there', async () => {
    const { sandbox } = await start();
    sandbox.createRepository('shop');
    const bytes = Buffer.alloc(2 * five + 3, 'lading');
    const place = (await startUpload(sandbox, 'shop')).headers.get('location') ?? '';
    for (const from of [0, five]) {
      const headers = { 'content-range': `${from}-${from + five - 1}` };
      const told = await ask(sandbox, 'PATCH', place, { body: bytes.subarray(from, from + five), headers });
      expect(told.status).toBe(201);
      expect(told.headers.get('range')).toBe(`0-${five - 1}`);
    }
    expect((await ask(sandbox, 'GET', place)).status).toBe(404);
    const end = await ask(sandbox, 'PUT', `${place}?digest=${digestOf(bytes)}`, { body: bytes.subarray(2 * five) });
    expect(end.status).toBe(201);
    const blob = await ask(sandbox, 'HEAD', `shop/blobs/${digestOf(bytes)}`);
    expect(blob.headers.get('content-length')).toBe(String(bytes.length));
  });

  test('a small part may only be the last; one that does not follow is refused', async () => {
    const { sandbox } = await start();
    sandbox.createRepository('shop');
    const small = (await startUpload(sandbox, 'shop')).headers.get('location') ?? '';
    expect((await ask(sandbox, 'PATCH', small, { body: 'one' })).status).toBe(201);
    expect(await ask(sandbox, 'PATCH', small, { body: 'two' })).toMatchObject({
      status: 400,
      message: expect.stringContaining('at least 5MB') as string,
    });
    const alone = (await startUpload(sandbox, 'shop')).headers.get('location') ?? '';
    await ask(sandbox, 'PATCH', alone, { body: 'one' });
    expect((await ask(sandbox, 'PUT', `${alone}?digest=${digestOf('one')}`)).status).toBe(201);
    const gap = (await startUpload(sandbox, 'shop')).headers.get('location') ?? '';
    expect(await ask(sandbox, 'PATCH', gap, { body: 'x', headers: { 'content-range': '7-7' } })).toMatchObject({
      status: 416,
      code: 'BLOB_UPLOAD_INVALID',
      message: 'First byte of the layer part is 7 instead of 0',
    });
  });

  test('what broke off goes on from its offset, and not from 0', async () => {
    const { sandbox } = await start();
    sandbox.createRepository('shop');
    const authorization = await registryLogin(sandbox);
    const place = (await startUpload(sandbox, 'shop')).headers.get('location') ?? '';
    const bytes = Buffer.alloc(8 << 20, 'lading');
    await new Promise<void>((resolve) => {
      const headers = { authorization, 'content-length': bytes.length };
      const half = request(new URL(place, sandbox.url), { method: 'PATCH', headers });
      half.once('error', () => resolve());
      half.write(bytes.subarray(0, 6 << 20), () => half.destroy());
    });
    const refused = async (headers: Record<string, string> = {}) => {
      const told = await ask(sandbox, 'PATCH', place, { body: 'x', headers });
      expect(told).toMatchObject({ status: 416, code: 'BLOB_UPLOAD_INVALID' });
      return Number(/instead of (\d+)$/.exec(told.message ?? '')?.[1]);
    };
    let stored = 0;
    // Until the registry has seen the end of the connection.
    while (stored === 0) stored = await refused({ 'content-range': `${bytes.length}-${bytes.length}` });
    expect(await refused()).toBe(stored);
    const rest = { body: bytes.subarray(stored), headers: { 'content-range': `${stored}-${bytes.length - 1}` } };
    expect((await ask(sandbox, 'PUT', `${place}?digest=${digestOf(bytes)}`, rest)).status).toBe(201);
  });

  test('bytes with another digest are refused', async () => {
    const { sandbox } = await start();
    sandbox.createRepository('shop');
    const place = (await startUpload(sandbox, 'shop')).headers.get('location') ?? '';
    const told = await ask(sandbox, 'PUT', `${place}?digest=${digestOf('this')}`, { body: 'that' });
    expect(told).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
  });

  test('a repository that there is not cuts the connection, unless a push makes it', async () => {
    const { sandbox } = await start();
    await expect(startUpload(sandbox, 'shop')).rejects.toThrow('fetch failed');
    expect((await ask(sandbox, 'HEAD', `shop/blobs/${digestOf('x')}`)).status).toBe(404);
    const made = await start({ createOnPush: true });
    expect((await ask(made.sandbox, 'GET', 'shop/tags/list')).code).toBe('NAME_UNKNOWN');
    await expect(startUpload(made.sandbox, 'Shop')).rejects.toThrow('fetch failed');
    expect((await startUpload(made.sandbox, 'shop')).status).toBe(202);
    expect((await ask(made.sandbox, 'GET', 'shop/tags/list')).status).toBe(200);
  });
});

describe('blobs and manifests', () => {
  test('a mount works when it is enabled, for blobs that an image of the source has', async () => {
    const { sandbox } = await start();
    for (const name of ['base', 'shop']) sandbox.createRepository(name);
    const { layer } = await pushImage(sandbox, 'base', 'v1');
    expect((await ask(sandbox, 'HEAD', `shop/blobs/${layer}`)).status).toBe(404);
    expect((await startUpload(sandbox, 'shop', `?mount=${layer}&from=base`)).status).toBe(202);
    await sandbox.call('ecr', 'PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'ENABLED' });
    const place = (await startUpload(sandbox, 'base')).headers.get('location') ?? '';
    await ask(sandbox, 'PUT', `${place}?digest=${digestOf('loose')}`, { body: 'loose' });
    expect((await startUpload(sandbox, 'shop', `?mount=${digestOf('loose')}&from=base`)).status).toBe(202);
    expect((await startUpload(sandbox, 'shop', `?mount=${layer}&from=nothing`)).status).toBe(202);
    expect((await startUpload(sandbox, 'shop', `?mount=${layer}&from=base`)).status).toBe(201);
    expect((await ask(sandbox, 'HEAD', `shop/blobs/${layer}`)).status).toBe(200);
  });

  test('a blob is read from S3, which wants no second credential', async () => {
    const { sandbox } = await start();
    sandbox.createRepository('shop');
    const { layer } = await pushImage(sandbox, 'shop', 'v1');
    const told = await ask(sandbox, 'GET', `shop/blobs/${layer}`);
    expect(told.status).toBe(307);
    const place = told.headers.get('location') ?? '';
    expect(new URL(place).host).not.toBe(sandbox.host);
    expect(await (await fetch(place)).text()).toBe('a layer');
    expect((await fetch(place, { headers: { authorization: 'Basic x' } })).status).toBe(400);
  });

  test('an immutable tag stays, even for the same image', async () => {
    const { sandbox } = await start();
    sandbox.createRepository('shop', { immutable: true });
    const first = await pushImage(sandbox, 'shop', 'v1');
    expect(first.status).toBe(201);
    expect((await pushImage(sandbox, 'shop', 'v1')).status).toBe(400);
    expect((await pushImage(sandbox, 'shop', 'v1', 'another layer')).status).toBe(400);
    expect((await pushImage(sandbox, 'shop', first.digest)).status).toBe(201);
    expect((await ask(sandbox, 'HEAD', 'shop/manifests/v1')).headers.get('docker-content-digest')).toBe(first.digest);
  });

  test('an index wants its images, and referrers are listed', async () => {
    const { sandbox } = await start();
    sandbox.createRepository('shop');
    const { digest, layer } = await pushImage(sandbox, 'shop', 'v1');
    const index = (child: string) =>
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        manifests: [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: child, size: 1 }],
      });
    const headers = { 'content-type': 'application/vnd.oci.image.index.v1+json' };
    expect(await ask(sandbox, 'PUT', 'shop/manifests/all', { body: index(digestOf('none')), headers })).toMatchObject({
      status: 400,
      code: 'MANIFEST_BLOB_UNKNOWN',
    });
    expect((await ask(sandbox, 'PUT', 'shop/manifests/all', { body: index(digest), headers })).status).toBe(201);
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const signature = JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      artifactType: 'application/vnd.example.signature',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: layer, size: 7 },
      layers: [],
      subject: { mediaType: type, digest, size: 1 },
    });
    const put = { body: signature, headers: { 'content-type': type } };
    const told = await ask(sandbox, 'PUT', `shop/manifests/${digestOf(signature)}`, put);
    expect(told.headers.get('oci-subject')).toBe(digest);
    const authorization = await registryLogin(sandbox);
    const listed = async (query: string) => {
      const answer = await fetch(`${sandbox.url}/v2/shop/referrers/${digest}${query}`, { headers: { authorization } });
      return ((await answer.json()) as { manifests: { digest: string }[] }).manifests.map((one) => one.digest);
    };
    expect(await listed('')).toEqual([digestOf(signature)]);
    expect(await listed('?artifactType=application/vnd.example.sbom')).toEqual([]);
  });

  test('nothing is deleted through the registry, and tags come in pages', async () => {
    const { sandbox } = await start();
    sandbox.createRepository('shop');
    const { layer } = await pushImage(sandbox, 'shop', 'v1');
    await pushImage(sandbox, 'shop', 'v2');
    for (const path of ['manifests/v1', `blobs/${layer}`])
      expect(await ask(sandbox, 'DELETE', `shop/${path}`)).toMatchObject({ status: 405, code: 'UNSUPPORTED' });
    const told = await ask(sandbox, 'GET', 'shop/tags/list?n=1');
    expect(told.headers.get('link')).toBe('</v2/shop/tags/list?last=v1&n=1>; rel="next"');
    expect(await ask(sandbox, 'GET', 'shop/tags/list?n=x')).toMatchObject({ status: 400 });
    const short = await start({ pageSize: 1 });
    short.sandbox.createRepository('shop');
    for (const tag of ['v1', 'v2']) await pushImage(short.sandbox, 'shop', tag, tag);
    const page = await ask(short.sandbox, 'GET', 'shop/tags/list?n=50');
    expect(page.headers.get('link')).toBe('</v2/shop/tags/list?last=v1&n=1>; rel="next"');
  });
});
