import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { virtualClock } from '../../src/base/clock.js';
import { build } from '../../src/commands/build.js';
import { push } from '../../src/commands/push.js';
import { parseReference } from '../../src/oci/reference.js';
import { startSandbox } from '../../src/sandbox/start.js';
import type { DockerRegistry } from '../support/docker-registry.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import type { FaultyProxy } from '../support/faulty-proxy.js';
import { startFaultyProxy } from '../support/faulty-proxy.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';
import { requireTool } from '../support/tools.js';
import type { TestWorld } from '../support/world.js';
import { testWorld } from '../support/world.js';

let app = '';
let base = '';
let registry: DockerRegistry | undefined;
let proxy: FaultyProxy;
let names = 0;
const worlds: TestWorld[] = [];

beforeAll(async () => {
  app = writeNodeApp();
  base = `oci:${(await writeTinyBase()).directory}`;
  registry = await startDockerRegistry();
  proxy = await startFaultyProxy(registry?.host ?? '127.0.0.1:1');
});
afterEach(() => worlds.splice(0).forEach((world) => world.close()));
afterAll(async () => {
  await proxy.close();
  registry?.close();
  rmSync(app, { recursive: true });
});

function worldFor(env: Record<string, string> = {}): TestWorld {
  const auths = { [proxy.host]: { auth: Buffer.from('AWS:secret').toString('base64') } };
  const config = mkdtempSync(join(tmpdir(), 'lading-config-'));
  appendFileSync(join(config, 'config.json'), JSON.stringify({ auths }));
  const world = testWorld({
    env: { DOCKER_CONFIG: config, ...env },
    cwd: mkdtempSync(join(tmpdir(), 'lading-work-')),
    clock: virtualClock(),
  });
  worlds.push(world);
  return world;
}

const common = { insecureRegistry: undefined, region: undefined, role: undefined, images: [], only: undefined };
const buildValues = {
  ...common,
  app: '',
  builder: 'auto' as const,
  base: undefined,
  platform: [{ os: 'linux', architecture: 'amd64' }],
  label: undefined,
  user: undefined,
  entrypoint: undefined,
  compression: 'gzip' as const,
  include: undefined,
  passEnv: undefined,
  file: undefined,
  target: undefined,
  buildArg: undefined,
  secret: undefined,
  ssh: undefined,
  buildNetwork: undefined,
  buildCacheFrom: undefined,
  buildCacheTo: undefined,
  contextLimit: undefined,
  engine: 'auto' as const,
  output: undefined,
  cacheFrom: undefined,
  env: undefined,
  to: undefined,
  push: undefined,
  tag: undefined,
  pin: undefined,
};
const makeImage = (world: TestWorld, more: object = {}) => build.run({ ...buildValues, app, base, ...more }, world);
const send = (world: TestWorld, to: string, tag?: string[]) =>
  push.run({ ...common, from: undefined, to: parseReference(to), tag, dryRun: undefined }, world);
const textOf = ({ events }: TestWorld) =>
  events.flatMap((event) => (event.type === 'message' ? [event.text] : [])).join('\n');
const fresh = () => `${proxy.host}/team/app-${++names}`;

describe('a push to a registry of others', () => {
  test('arrives, and the second sends nothing', async (context) => {
    if (!registry) return context.skip();
    const world = worldFor();
    const built = await makeImage(world);
    const to = fresh();
    const first = await send(world, `${to}:v1`, ['latest']);
    expect(first).toMatchObject({
      reference: `${to}@${built.digest}`,
      tags: ['v1', 'latest'],
      blobs: { uploaded: 4, mounted: 0, existing: 0 },
    });
    const second = await send(world, `${to}:v1`);
    expect(second).toMatchObject({ digest: built.digest, blobs: { uploaded: 0, existing: 4 }, bytesUploaded: 0 });

    const skopeo = requireTool('skopeo');
    if (!skopeo) return;
    const inspect = ['inspect', '--tls-verify=false', '--creds', 'AWS:secret', `docker://${to}:latest`];
    // Not the waiting form: the proxy lives in this very process.
    const { stdout } = await promisify(execFile)(skopeo, inspect);
    expect(JSON.parse(stdout)).toMatchObject({
      Digest: built.digest,
      Architecture: 'amd64',
      RepoTags: ['latest', 'v1'],
    });
  });

  test.each([
    ['a cut at the first byte', { match: 'PUT /v2/', cutAfter: 0 }],
    ['a cut in the middle', { match: 'PUT /v2/', cutAfter: 1000 }],
    ['a 500', { match: 'PUT /v2/', status: 500 }],
    ['a 503 at the start of an upload', { match: 'POST /v2/', status: 503 }],
    ['a 429 with Retry-After', { match: 'PUT /v2/', status: 429, headers: { 'retry-after': '1' } }],
    [
      'a 401 for an expired password',
      { match: 'PUT /v2/', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    ],
    ['a 502 at the manifest', { match: '/manifests/', status: 502 }],
  ])('survives %s without sending finished blobs again', async (_name, misdeed) => {
    if (!registry) return;
    const world = worldFor();
    const built = await makeImage(world);
    proxy.passed.length = 0;
    proxy.misbehave(misdeed);
    const result = await send(world, `${fresh()}:v1`);
    expect(result.digest).toBe(built.digest);
    const finished = proxy.passed.filter((line) => line.startsWith('PUT') && line.includes('/blobs/'));
    expect(finished).toHaveLength(4);
  });

  test('build --push makes and sends in one run; after a change one layer moves in few requests', async (context) => {
    if (!registry) return context.skip();
    const world = worldFor();
    const to = parseReference(`${fresh()}:latest`);
    const first = await makeImage(world, { to, push: true, tag: ['v1'] });
    expect(first.pushed).toMatchObject({
      digest: first.digest,
      tags: ['latest', 'v1'],
      blobs: { uploaded: 4, mounted: 0, existing: 0 },
    });
    const changed = writeNodeApp();
    appendFileSync(join(changed, 'server.js'), '// another line\n');
    try {
      proxy.passed.length = 0;
      const second = await makeImage(worldFor(), { app: changed, to, push: true });
      expect(second.pushed).toMatchObject({ tags: ['latest'], blobs: { uploaded: 2, existing: 2 } });
      expect(
        second.layers.filter((layer) => !first.layers.some(({ digest }) => digest === layer.digest)),
      ).toMatchObject([{ kind: 'app' }]);
      expect(proxy.passed.length).toBeLessThanOrEqual(9);
      expect(second.pushed?.requests).toBe(proxy.passed.length);
      await expect(makeImage(world, { push: true })).rejects.toThrow(/--push: it is not said where to/);
      await expect(makeImage(world, { to, tag: ['v1'] })).rejects.toThrow(/--tag: a tag stands in a registry/);
    } finally {
      rmSync(changed, { recursive: true });
    }
  });

  test('one large layer is told byte by byte, also while the image is made', async (context) => {
    if (!registry) return context.skip();
    const large = writeNodeApp();
    const size = 24 << 20;
    writeFileSync(join(large, 'data/large.bin'), randomBytes(size));
    const progressOf = ({ events }: TestWorld, title: string) => {
      const id = events.flatMap((event) =>
        event.type === 'task' && event.title.startsWith(title) ? [event.id] : [],
      )[0];
      return events.flatMap((event) => (event.type === 'progress' && event.id === id ? [event] : []));
    };
    try {
      const early = worldFor();
      await makeImage(early, { app: large, to: parseReference(`${fresh()}:v1`), push: true });
      const during = progressOf(early, 'Build the');
      expect(during.length).toBeGreaterThan(10);
      expect(during[0]).toMatchObject({ detail: 'sent', total: undefined });
      expect(during[0]?.done).toBeLessThan(size / 4);
      expect(during.at(-1)?.done).toBeGreaterThan(size - (2 << 20));

      const late = worldFor();
      await makeImage(late, { app: large });
      proxy.misbehave({ match: 'PUT /v2/', cutAfter: 5 << 20, times: 4 });
      await send(late, `${fresh()}:v1`);
      const after = progressOf(late, 'Push to');
      expect(after.length).toBeGreaterThan(10);
      expect(after[0]?.done).toBeLessThan(size / 4);
      expect(after.at(-1)).toMatchObject({ done: after.at(-1)?.total });
      // The connection was cut, and the layer began anew.
      expect(after.some(({ done }, at) => at > 0 && done < (after[at - 1]?.done ?? 0))).toBe(true);
    } finally {
      rmSync(large, { recursive: true });
    }
  });

  test('a wrong password is told with what to do, and nothing is sent', async () => {
    if (!registry) return;
    const world = testWorld({ env: {}, cwd: mkdtempSync(join(tmpdir(), 'lading-work-')), clock: virtualClock() });
    worlds.push(world);
    await makeImage(world);
    proxy.passed.length = 0;
    await expect(send(world, `${fresh()}:v1`)).rejects.toMatchObject({ kind: 'credentials', code: 'UNAUTHORIZED' });
    expect(proxy.passed.filter((line) => line.startsWith('PUT'))).toEqual([]);
  });

  test('--dry-run says what would be sent, mounted and tagged, and sends nothing', async (context) => {
    if (!registry) return context.skip();
    const source = fresh();
    const to = fresh();
    await makeImage(worldFor(), { to: parseReference(`${source}:v1`), push: true });
    await makeImage(worldFor(), { to: parseReference(`${to}:v1`), push: true, env: { A: '1' } });
    // What the first repository has is only named here.
    const world = worldFor();
    const built = await makeImage(world, { to: parseReference(`${source}:v1`), env: { A: '2' } });
    proxy.passed.length = 0;
    world.events.length = 0;
    const there = fresh();
    const dry = (where: string, tag?: string[]) =>
      push.run({ ...common, from: undefined, to: parseReference(where), tag, dryRun: true }, world);
    expect(await dry(`${there}:v1`, ['latest'])).toMatchObject({
      digest: built.digest,
      reference: `${there}@${built.digest}`,
      tags: ['v1', 'latest'],
      blobs: { uploaded: 2, mounted: 2, existing: 0 },
    });
    const text = textOf(world);
    expect(text).toMatch(/Nothing is sent to \S+. What would be:/);
    expect(text).toMatch(/send sha256:[0-9a-f]{12} \(/);
    expect(text).toMatch(/mount sha256:[0-9a-f]{12} from team\/app-\d+ \(/);
    expect(text).toMatch(/in all 2 sent \(.*\), 2 mounted \(.*\), 0 there already/);
    expect(text).toContain(`tag latest as ${built.digest.slice(0, 19)}`);
    world.events.length = 0;
    expect(await dry(`${to}:v1`)).toMatchObject({ blobs: { mounted: 0, existing: 3 } });
    expect(textOf(world)).toMatch(/move the tag v1 from sha256:\w+ to sha256:/);
    await send(world, `${to}:v2`);
    expect(await dry(`${to}:v2`)).toMatchObject({ blobs: { uploaded: 0, mounted: 0, existing: 4 }, bytesUploaded: 0 });
    expect(textOf(world)).toContain('leave the tag v2');
    const sent = proxy.passed.filter(
      (line) => !/^(GET|HEAD) /.test(line) && line.includes(there.slice(there.indexOf('/'))),
    );
    expect(sent).toEqual([]);
  });

  test('a registry that does not answer is told with its address', async () => {
    const world = worldFor();
    await makeImage(world);
    await expect(send(world, '127.0.0.1:9/app:v1')).rejects.toMatchObject({ kind: 'remote', code: 'ECONNREFUSED' });
  });

  test('a layout that is not there says how to make one', async () => {
    await expect(send(worldFor(), `${fresh()}:v1`)).rejects.toMatchObject({ kind: 'input', code: 'IMAGE_MISSING' });
  });
});

describe('a push to ECR as the sandbox plays it', () => {
  test('a missing repository, an immutable tag, and the same image again', async () => {
    const sandbox = await startSandbox();
    const world = worldFor(sandbox.env);
    try {
      const built = await makeImage(world);
      const to = `${sandbox.host}/shop`;
      await expect(send(world, `${to}:v1`)).rejects.toMatchObject({
        kind: 'remote',
        code: 'UPLOAD_CUT',
        hint: expect.stringContaining('repository') as string,
      });
      sandbox.createRepository('shop', { immutable: true });
      expect((await send(world, `${to}:v1`)).digest).toBe(built.digest);
      expect((await send(world, `${to}:v1`)).digest).toBe(built.digest);
      await makeImage(world, { env: { A: '1' } });
      await expect(send(world, `${to}:v1`)).rejects.toMatchObject({
        kind: 'remote',
        code: 'TAG_IMMUTABLE',
        details: { existing: built.digest },
      });
    } finally {
      await sandbox.close();
    }
  });

  test('the target is the cache: after one changed line one layer and the config move', async () => {
    const sandbox = await startSandbox();
    const world = worldFor(sandbox.env);
    try {
      sandbox.createRepository('shop');
      const to = `${sandbox.host}/shop:latest`;
      await makeImage(world);
      await send(world, to);
      appendFileSync(join(app, 'server.js'), '// one line more\n');
      const built = await makeImage(world, { to });
      const pushed = await send(world, to);
      expect(pushed.digest).toBe(built.digest);
      expect(pushed.blobs.uploaded).toBe(2);
    } finally {
      await sandbox.close();
    }
  });
});
