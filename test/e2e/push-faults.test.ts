import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { virtualClock } from '../../src/base/clock.js';
import { openLayout } from '../../src/image/layout/layout.js';
import { copy, planCopy } from '../../src/oci/copy.js';
import type { RawManifest } from '../../src/oci/manifest.js';
import { memoryStore } from '../../src/oci/memory.js';
import { blobsOf } from '../../src/oci/tree.js';
import { collect } from '../../src/oci/verified.js';
import { dockerKeychain } from '../../src/registry/docker-config.js';
import type { Repository } from '../../src/registry/repository.js';
import { openRepository } from '../../src/registry/repository.js';
import type { DockerRegistry } from '../support/docker-registry.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import type { FaultyProxy } from '../support/faulty-proxy.js';
import { startFaultyProxy } from '../support/faulty-proxy.js';
import { makeImage } from '../support/image-of-texts.js';
import type { ScriptedServer } from '../support/scripted-server.js';
import { startScript } from '../support/scripted-server.js';
import type { TestWorld } from '../support/world.js';
import { testWorld } from '../support/world.js';

let registry: DockerRegistry | undefined;
let proxy: FaultyProxy;
let elsewhere: ScriptedServer;
let config = '';
let world: TestWorld;
let count = 0;

beforeAll(async () => {
  registry = await startDockerRegistry();
  proxy = await startFaultyProxy(registry?.host ?? '127.0.0.1:1');
  elsewhere = await startScript((_request, response) => response.writeHead(201).end());
  config = mkdtempSync(join(tmpdir(), 'lading-config-'));
  const auths = { [proxy.host]: { auth: Buffer.from('AWS:secret').toString('base64') } };
  appendFileSync(join(config, 'config.json'), JSON.stringify({ auths }));
});
beforeEach((context) => {
  if (!registry) return context.skip();
  world = testWorld({ env: { DOCKER_CONFIG: config }, cwd: config, clock: virtualClock() });
});
afterEach(() => world.close());
afterAll(async () => {
  await Promise.all([proxy.close(), elsewhere.close()]);
  registry?.close();
  rmSync(config, { recursive: true });
});

const large = 'a large layer '.repeat(100_000);
const open = (name = `team/app-${++count}`): Repository =>
  openRepository(`${proxy.host}/${name}`, world, { keychain: dockerKeychain(world) });
async function hold(repository: Repository): Promise<RawManifest> {
  const from = memoryStore();
  const image = await makeImage(from, ['{}', 'small', large], 'v1');
  await copy(await planCopy(from, 'v1', { tags: ['v1'] }), from, repository);
  return image;
}
const layerOf = (image: RawManifest) => blobsOf(image).at(-1) as never;
const hints = () =>
  world.events.flatMap((event) => (event.type === 'message' ? [`${event.level}: ${event.text}`] : []));

describe('an answer that is cut in the middle', () => {
  test.each([10, 300])('of a manifest, after %i bytes: it is asked for again', async (cutAnswerAfter) => {
    const repository = open();
    const image = await hold(repository);
    proxy.misbehave({ match: '/manifests/v1', cutAnswerAfter, times: 2 });
    expect((await repository.manifest('v1'))?.digest).toBe(image.digest);
  });

  test.each([0, 1000, 500_000])('of a blob, after %i bytes: the rest is asked for', async (cutAnswerAfter) => {
    const repository = open();
    const image = await hold(repository);
    proxy.misbehave({ match: 'GET /v2/', cutAnswerAfter, times: 3 });
    const layout = await openLayout(mkdtempSync(join(config, 'layout-')));
    const plan = await planCopy(repository, image.digest, { tags: ['v1'] });
    await copy(plan, repository, layout);
    expect((await collect((await (await layout.blob(layerOf(image)))?.open()) as never)).toString() === large).toBe(
      true,
    );
  });

  test.each([
    ['a manifest', (repository: Repository) => repository.manifest('v1')],
    [
      'a blob',
      async (repository: Repository, image: RawManifest) => {
        const layout = await openLayout(mkdtempSync(join(config, 'layout-')));
        const blob = await repository.blob(layerOf(image));
        return layout.put(blob as never);
      },
    ],
  ])('each time, of %s: it is told as what it is', async (_name, read) => {
    const repository = open();
    const image = await hold(repository);
    proxy.misbehave({ match: 'GET /v2/', cutAnswerAfter: 100, times: 100 });
    try {
      await expect(read(repository, image)).rejects.toMatchObject({
        kind: 'remote',
        code: 'ECONNRESET',
        message: expect.stringContaining('broke off') as string,
      });
    } finally {
      // Uses up the rest.
      for (let at = 0; at < 100; at++) await fetch(`http://${proxy.host}/v2/`).catch(() => undefined);
    }
  });
});

describe('an answer without end', () => {
  test.each([
    ['a manifest', 200, '/manifests/', (repository: Repository) => repository.manifest('v1')],
    ['the list of tags', 200, '/tags/', (repository: Repository) => repository.tags()],
    ['the referrers', 200, '/referrers/', (repository: Repository) => repository.referrers(`sha256:${'a'.repeat(64)}`)],
    ['a refusal', 400, '/manifests/', (repository: Repository) => repository.manifest('v1')],
  ])('in place of %s ends soon', async (_name, status, match, read) => {
    const repository = open();
    await hold(repository);
    proxy.misbehave({ match, status, endless: true });
    const before = process.memoryUsage().rss;
    await expect(read(repository)).rejects.toMatchObject({ kind: 'remote' });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 << 20);
  });
});

describe('a wait that is asked for', () => {
  test.each([
    ['999999', 'once more in 1m00s (277h46m were asked for)'],
    ['Thu, 01 Jan 2099 00:00:00 GMT', 'once more in 1m00s ('],
    ['30', 'once more in 30s'],
  ])('with Retry-After %s is bounded and told', async (retryAfter, words) => {
    const repository = open();
    await hold(repository);
    const before = world.clock.now();
    proxy.misbehave({ match: '/manifests/v1', status: 429, headers: { 'retry-after': retryAfter } });
    expect(await repository.manifest('v1')).toBeDefined();
    expect(world.clock.now() - before).toBeLessThanOrEqual(60_000);
    expect(hints().filter((text) => text.startsWith('info: ') && text.includes(words))).toHaveLength(1);
  });

  test.each(['soon', '-5', ''])('with Retry-After %j is no long one', async (retryAfter) => {
    const repository = open();
    await hold(repository);
    proxy.misbehave({ match: '/manifests/v1', status: 503, headers: { 'retry-after': retryAfter } });
    expect(await repository.manifest('v1')).toBeDefined();
    expect(hints().filter((text) => text.startsWith('info: '))).toEqual([]);
  });
});

test('a registry that sends its uploads elsewhere gets no blob there', async () => {
  const answerHeaders = { location: `${elsewhere.origin}/v2/upload` };
  proxy.misbehave({ match: 'POST /v2/', answerHeaders, times: 100 });
  try {
    await expect(hold(open())).rejects.toMatchObject({ kind: 'remote', code: 'UPLOAD_ELSEWHERE' });
    expect(elsewhere.seen).toEqual([]);
  } finally {
    for (let at = 0; at < 100; at++) await fetch(`http://${proxy.host}/v2/`, { method: 'POST' }).catch(() => undefined);
  }
});

test.each([400, 404, 500, 503])('a mount that fails with %i: the blob is sent', async (status) => {
  const source = open();
  const image = await hold(source);
  const target = open();
  const blob = await source.blob(layerOf(image));
  proxy.misbehave({ match: 'mount=', status });
  const put = await target.put(blob as never, { origins: [{ repository: source.name }] });
  expect(put).toMatchObject({ how: 'uploaded' });
  expect(await target.has(layerOf(image))).toBe(true);
  const another = open();
  expect(await another.put(blob as never, { origins: [{ repository: source.name }] })).toMatchObject({
    how: 'mounted',
  });
});

test.each([
  ['with TLS before it', (host: string) => `https://${host}`],
  ['at another port', (host: string) => `http://${host.replace(/\d+$/, '5000')}`],
  ['by another name', () => 'http://registry.internal'],
])('a registry of others that takes itself for one %s: told with what to set', async (_name, believes) => {
  const mistaken = await startDockerRegistry({ believes });
  if (!mistaken) return;
  try {
    const env = { DOCKER_CONFIG: mistaken.config };
    const repository = openRepository(`${mistaken.host}/team/app`, world, {
      keychain: dockerKeychain({ ...world, env }),
    });
    await expect(hold(repository)).rejects.toMatchObject({
      kind: 'remote',
      code: 'UPLOAD_ELSEWHERE',
      message: expect.stringContaining(
        `at http://${mistaken.host} sends the upload to ${believes(mistaken.host)}`,
      ) as string,
      hint: expect.stringContaining(`http.host: http://${mistaken.host}`) as string,
    });
    expect(mistaken.requests().filter((line) => line.startsWith('PUT'))).toEqual([]);
  } finally {
    mistaken.close();
  }
});
