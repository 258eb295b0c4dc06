import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BuildResult } from '../../src/commands/build.js';
import type { PushResult } from '../../src/release/images/send.js';
import { openLayout } from '../../src/image/layout/layout.js';
import { parseImageIndex, parseImageManifest } from '../../src/oci/manifest.js';
import { mediaTypes } from '../../src/oci/media-type.js';
import { readBlob, readConfig } from '../../src/oci/read.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { findNode24 } from '../support/actions-runner.js';
import type { LadingOptions } from '../support/command-line.js';
import { lading } from '../support/command-line.js';
import type { DockerRegistry } from '../support/docker-registry.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';
import { requireTool } from '../support/tools.js';
import { unpackImage } from '../support/unpack-image.js';

const exec = promisify(execFile);
let app = '';
let work = '';
let amd = '';
let both = '';
let sandbox: Sandbox;
let names = 0;

beforeAll(async () => {
  amd = (await writeTinyBase()).directory;
  both = (await writeTinyBase('amd64', 'arm64')).directory;
});
beforeEach(async () => {
  app = writeNodeApp();
  work = mkdtempSync(join(tmpdir(), 'lading-work-'));
  sandbox = await startSandbox();
});
afterEach(async () => {
  await sandbox.close();
  rmSync(app, { recursive: true, force: true });
  rmSync(work, { recursive: true, force: true });
});
afterAll(() => [amd, both].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

type Options = Partial<LadingOptions>;

async function json<Result>(args: readonly string[], options: Options = {}): Promise<Result> {
  const ended = await lading([...args, '--json'], { cwd: work, env: sandbox.env, ...options });
  expect(ended.code, ended.stderr).toBe(0);
  return JSON.parse(ended.stdout) as Result;
}
const build = (args: readonly string[], options?: Options) =>
  json<BuildResult>(['build', '--app', app, ...args], options);
const push = (to: string, args: readonly string[] = [], options?: Options) =>
  json<PushResult>(['push', '--to', to, ...args], options);

/** The base lies in a repository of the sandbox, under the tag 1. */
async function pushBase(folder = amd): Promise<string> {
  const name = `base-${++names}`;
  sandbox.createRepository(name);
  return (await push(`${sandbox.host}/${name}:1`, ['--from', folder])).reference.replace(/@.*/, ':1');
}

describe('layers of a base image in another repository of ECR', () => {
  async function buildAndPush(): Promise<PushResult> {
    const base = await pushBase();
    sandbox.createRepository('shop');
    const to = `${sandbox.host}/shop:v1`;
    await build(['--base', base, '--to', to]);
    return push(to);
  }
  const requests = (text: string) => sandbox.requests.filter((one) => `${one.method} ${one.path}`.includes(text));

  test('are mounted where BLOB_MOUNTING is on: nothing of them is read or sent', async () => {
    await sandbox.call('ecr', 'PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'ENABLED' });
    const before = sandbox.requests.length;
    const result = await buildAndPush();
    expect(result.blobs).toEqual({ uploaded: 3, mounted: 1, existing: 0 });
    const mounts = requests('mount=');
    expect(mounts.map((one) => [one.status, /from=([^&]+)/.exec(one.path)?.[1]])).toEqual([
      [201, expect.stringMatching(/^base-\d+$/)],
    ]);
    const layer = parseImageManifest((await (await openLayout(amd)).manifest('latest'))!).layers[0]?.digest ?? '';
    const reads = sandbox.requests.slice(before).filter((one) => one.method === 'GET' && one.path.includes(layer));
    expect(reads).toEqual([]);
  });

  test('are sent where it is off, into the very session that the registry opened instead', async () => {
    const result = await buildAndPush();
    expect(result.blobs).toEqual({ uploaded: 4, mounted: 0, existing: 0 });
    expect(requests('mount=')).toMatchObject([{ method: 'POST', status: 202 }]);
    expect(requests('POST /v2/shop/blobs/uploads/')).toHaveLength(4);
    expect(requests('PUT /v2/shop/blobs/uploads/')).toHaveLength(4);
  });

  test('and are not asked for when they are there already', async () => {
    await sandbox.call('ecr', 'PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'ENABLED' });
    await buildAndPush();
    const again = await push(`${sandbox.host}/shop:v2`);
    expect(again.blobs.uploaded).toBe(0);
    expect(again.bytesUploaded).toBe(0);
  });
});

describe('zstd', () => {
  test('is refused before anything is made where Node has none', async (context) => {
    if ('zstdCompress' in (await import('node:zlib'))) return context.skip();
    const args = ['build', '--app', app, '--base', `oci:${amd}`, '--compression', 'zstd', '--json'];
    const ended = await lading(args, { cwd: work });
    expect(ended.code).toBe(2);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      error: { kind: 'input', issues: [{ where: '--compression', message: 'this Node cannot compress with zstd' }] },
    });
    expect(ended.stderr).toContain('hint: Use Node 22.15 or newer, or gzip.');
    expect(existsSync(join(work, '.lading'))).toBe(false);
  });

  describe('under a Node that has it', () => {
    const node = findNode24();
    const base = () => ['--base', `oci:${amd}`, '--compression', 'zstd'];

    test('layers are zstd, equal each time, and unpack to their diff IDs', async (context) => {
      if (!node) return context.skip();
      const first = await build(base(), { node });
      const own = first.layers.filter((layer) => layer.kind !== 'base');
      expect(own).toHaveLength(2);
      const layout = await openLayout(join(work, '.lading/image'));
      const { layers } = parseImageManifest((await layout.manifest('latest'))!);
      for (const { digest, diffId, size } of own) {
        const descriptor = layers.find((layer) => layer.digest === digest);
        expect(descriptor?.mediaType).toBe(mediaTypes.ociLayerZstd);
        const file = join(work, 'layer.zst');
        writeFileSync(file, await readBlob(layout, { mediaType: '', digest: digest as 'sha256:', size }));
        const script = `process.stdout.write(require('crypto').createHash('sha256').update(require('zlib').zstdDecompressSync(require('fs').readFileSync(process.argv[1]))).digest('hex'))`;
        expect(`sha256:${(await exec(node, ['-e', script, file])).stdout}`).toBe(diffId);
      }
      expect((await build([...base(), '--output', join(work, 'second')], { node })).digest).toBe(first.digest);
    });

    test('what the repository holds with gzip is made again, what it holds with zstd is not', async (context) => {
      if (!node) return context.skip();
      sandbox.createRepository('shop');
      const to = `${sandbox.host}/shop:latest`;
      const stored = await pushBase();
      const gzip = await build(['--base', stored, '--to', to]);
      await push(to);
      const zstd = await build(['--base', stored, '--compression', 'zstd', '--to', to], { node });
      expect(zstd.layers.map((layer) => layer.diffId)).toEqual(gzip.layers.map((layer) => layer.diffId));
      expect(zstd.digest).not.toBe(gzip.digest);
      expect((await push(to)).blobs.uploaded).toBe(2);
      appendFileSync(join(app, 'server.js'), '// one line more\n');
      await build(['--base', stored, '--compression', 'zstd', '--to', to], { node });
      expect((await push(to)).blobs.uploaded).toBe(2);
    });
  });
});

test('the same base at another place of this disk gives the same image', async () => {
  const moved = join(work, 'moved');
  cpSync(amd, moved, { recursive: true });
  const here = await build(['--base', `oci:${amd}`]);
  expect((await build(['--base', `oci:${moved}`])).digest).toBe(here.digest);
});

test('a file that a service serves has another time when it has other bytes, so that caches see it', async () => {
  const at = async (text: string) => {
    writeFileSync(join(app, 'data/served.txt'), text);
    await build(['--base', `oci:${amd}`]);
    const root = mkdtempSync(join(work, 'files-'));
    await unpackImage(join(work, '.lading/image'), root);
    return statSync(join(root, 'app/data/served.txt')).mtimeMs;
  };
  const [one, two, again] = [await at('cargo one'), await at('cargo two'), await at('cargo one')];
  expect(two).not.toBe(one);
  expect(again).toBe(one);
  for (const time of [one, two]) expect(time).toBeGreaterThan(0);
});

describe('--pin', () => {
  test('writes the digest of the base into lading.yml, keeps what stands there, and holds when the tag moves', async () => {
    const base = await pushBase();
    const file = join(work, 'lading.yml');
    writeFileSync(file, `# who we are\nbuild:\n  app: ${app} # the app\n  base: ${base}\n\n# the end\n`);
    const pinned = await build(['--pin']);
    const digest = (await (await openLayout(amd)).manifest('latest'))?.digest;
    expect(readFileSync(file, 'utf8')).toBe(
      `# who we are\nbuild:\n  app: ${app} # the app\n  base: ${base}@${digest}\n\n# the end\n`,
    );

    const other = (await writeTinyBase('amd64', 'arm64')).directory;
    await push(base, ['--from', other]);
    rmSync(other, { recursive: true });
    expect((await build([])).digest).toBe(pinned.digest);
    await build(['--pin']);
    expect(readFileSync(file, 'utf8')).toContain(`base: ${base}@sha256:`);
    expect(readFileSync(file, 'utf8')).not.toContain(digest);
  });

  test('makes the file where there is none, and takes the one that the run was told to use', async () => {
    const base = await pushBase();
    await build(['--pin', '--base', base]);
    expect(readFileSync(join(work, 'lading.yml'), 'utf8')).toMatch(/^build:\n {2}base: \S+:1@sha256:[0-9a-f]{64}\n$/);

    writeFileSync(join(work, 'lading.yml'), 'build:\n');
    await build(['--pin', '--base', base]);
    expect(readFileSync(join(work, 'lading.yml'), 'utf8')).toMatch(/^build:\n {2}base: \S+:1@sha256:/);

    writeFileSync(join(work, 'ci.yml'), '# ci\n');
    const before = readFileSync(join(work, 'lading.yml'), 'utf8');
    await build(['--pin', '--base', base, '--config', 'ci.yml']);
    expect(readFileSync(join(work, 'ci.yml'), 'utf8')).toMatch(/^# ci\n+build:\n {2}base: \S+:1@sha256:/);
    expect(readFileSync(join(work, 'lading.yml'), 'utf8')).toBe(before);
  });

  test.each([
    [() => `oci:${amd}`, '--pin', 'on this disk cannot be pinned'],
    [() => `${sandbox.host}/base-0:1`, '--base', 'does not exist'],
  ])('a base that cannot be pinned leaves the file as it is', async (base, where, words) => {
    const ended = await lading(['build', '--app', app, '--pin', '--base', base()], { cwd: work, env: sandbox.env });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(`error: ${where}: `);
    expect(ended.stderr).toContain(words);
    expect(readdirSync(work)).toEqual([]);
  });
});

describe('--platform given twice', () => {
  const platforms = ['--platform', 'linux/amd64', '--platform', 'linux/arm64'];
  let registry: DockerRegistry | undefined;
  beforeAll(async () => {
    registry = await startDockerRegistry();
  });
  afterAll(() => registry?.close());

  test('makes an index, whose images share their layers', async () => {
    const built = await build([...platforms, '--base', `oci:${both}`]);
    expect(built).toMatchObject({ mediaType: mediaTypes.ociIndex, platform: ['linux/amd64', 'linux/arm64'] });
    const layout = await openLayout(join(work, '.lading/image'));
    const index = parseImageIndex((await layout.manifest('latest'))!);
    expect(index.manifests.map((entry) => entry.platform)).toEqual([
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64' },
    ]);
    const images = await Promise.all(
      index.manifests.map(async (entry) => parseImageManifest((await layout.manifest(entry.digest))!)),
    );
    const configs = await Promise.all(images.map((image) => readConfig(layout, image)));
    expect(configs.map((config) => config.architecture)).toEqual(['amd64', 'arm64']);
    expect(images[0]?.layers).toEqual(images[1]?.layers);
  });

  test('a registry of others takes it, and skopeo finds each image in it', async (context) => {
    const skopeo = requireTool('skopeo');
    if (!registry || !skopeo) return context.skip();
    const options = { env: { DOCKER_CONFIG: registry.config } };
    const built = await build([...platforms, '--base', `oci:${both}`]);
    const to = `${registry.host}/team/index:v1`;
    const pushed = await push(to, [], options);
    // Two configs, the layer of the base, two of the app.
    expect(pushed).toMatchObject({ digest: built.digest, blobs: { uploaded: 5, existing: 0 } });
    expect((await push(to, [], options)).blobs).toEqual({ uploaded: 0, mounted: 0, existing: 5 });

    const login = ['--tls-verify=false', '--creds', 'AWS:secret'];
    for (const architecture of ['amd64', 'arm64']) {
      const args = ['--override-arch', architecture, 'inspect', ...login, `docker://${to}`];
      expect(JSON.parse((await exec(skopeo, args)).stdout)).toMatchObject({ Architecture: architecture });
    }
    const copy = join(work, 'copy');
    const from = ['--src-tls-verify=false', '--src-creds', 'AWS:secret', `docker://${to}`];
    await exec(skopeo, ['--insecure-policy', 'copy', '--all', '--preserve-digests', ...from, `dir:${copy}`]);
    const raw = readFileSync(join(copy, 'manifest.json'));
    expect(`sha256:${createHash('sha256').update(raw).digest('hex')}`).toBe(built.digest);
  });

  test('the sandbox takes it under a tag that may not be moved', async () => {
    sandbox.createRepository('fixed', { immutable: true });
    await build([...platforms, '--base', `oci:${both}`]);
    const to = `${sandbox.host}/fixed:v1`;
    expect((await push(to)).digest).toBe((await push(to)).digest);
  });

  test('after a change, the app layer is made once for both, and nothing else is made or asked for', async () => {
    sandbox.createRepository('shop');
    const args = [...platforms, '--base', `oci:${both}`, '--push', '--to', `${sandbox.host}/shop:v1`];
    const first = await build(args);
    expect(first.pushed?.blobs).toEqual({ uploaded: 5, mounted: 0, existing: 0 });
    appendFileSync(join(app, 'server.js'), '// another line\n');
    const before = sandbox.requests.length;
    const second = await build(args);
    // Two configs and the layer.
    expect(second.pushed?.blobs).toEqual({ uploaded: 3, mounted: 0, existing: 2 });
    expect(sandbox.requests.slice(before).filter((one) => one.method === 'HEAD')).toEqual([]);
    expect(second.pushed?.digest).not.toBe(first.pushed?.digest);
  });

  test('the same platform twice is one image', async () => {
    const twice = ['--platform', 'linux/arm64', '--platform', 'linux/arm64/v8'];
    const built = await build([...twice, '--base', `oci:${both}`]);
    expect(built).toMatchObject({ mediaType: mediaTypes.ociManifest, platform: 'linux/arm64' });
  });

  test.each([
    ['an index without it', () => both, 'linux/s390x', 'linux/amd64, linux/arm64'],
    ['one image of another', () => amd, 'linux/arm64', 'linux/amd64'],
  ])('a base that has no image for the platform is refused: %s', async (_name, base, platform, choices) => {
    const args = ['build', '--app', app, '--base', `oci:${base()}`, '--platform', platform, '--json'];
    const ended = await lading(args, { cwd: work });
    expect(ended.code, ended.stderr).toBe(2);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      error: { code: 'PLATFORM_MISSING', hint: `Choose one of: ${choices}.` },
    });
  });
});
