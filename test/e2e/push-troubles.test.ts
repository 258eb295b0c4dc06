import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/base/errors.js';
import type { ErrorKind } from '../../src/base/errors.js';
import { openLayout } from '../../src/image/layout/layout.js';
import { parseImageManifest } from '../../src/oci/manifest.js';
import { readBlob } from '../../src/oci/read.js';
import { freePort } from '../../src/sandbox/port.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import type { Ended } from '../support/command-line.js';
import { lading, startLading } from '../support/command-line.js';
import type { DockerRegistry } from '../support/docker-registry.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import type { FaultyProxy } from '../support/faulty-proxy.js';
import { startFaultyProxy } from '../support/faulty-proxy.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';

/** Root may read and write everything: then somebody runs it who may not. */
const uid = process.getuid?.() === 0 ? 65_534 : undefined;

let base = '';
let work = '';
let app = '';
const mounts: string[] = [];

beforeAll(async () => {
  base = (await writeTinyBase()).directory;
  openToAll(base);
});
afterEach(() => {
  for (const folder of mounts.splice(0)) spawnSync('umount', ['--lazy', folder]);
  for (const folder of [work, app].filter(Boolean)) {
    spawnSync('chmod', ['-R', 'u+rwx', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
  work = app = '';
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function prepare(): void {
  app = writeNodeApp();
  work = mkdtempSync(join(tmpdir(), 'lading-work-'));
  openToAll(app);
  openToAll(work);
}

/** Temporary folders are their maker's alone. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
}

const build = (output: string, options: { readonly uid?: number; readonly env?: Record<string, string> } = {}) =>
  lading(['build', '--app', app, '--base', `oci:${base}`, '--output', output, '--json'], { cwd: work, ...options });

interface Trouble {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** The same words for people and for programs, the exit code of the kind, and no stack. */
function troubleOf(ended: Ended): Trouble {
  const { error } = JSON.parse(ended.stdout) as { error: Trouble };
  const hint = error.kind === 'cancelled' ? '' : `hint: ${error.hint}\n`;
  expect(ended.stderr).toContain(`error: ${error.message}\n${hint}`);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  expect(error).not.toHaveProperty('stack');
  expect(ended.code).toBe(exitCodes[error.kind]);
  return error;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Digest of the image of a layout, after every byte of it was read. */
async function wholeImage(folder: string): Promise<string | undefined> {
  const layout = await openLayout(folder);
  const raw = await layout.manifest('latest');
  if (!raw) return undefined;
  const { config, layers } = parseImageManifest(raw);
  for (const blob of [config, ...layers]) await readBlob(layout, blob);
  return raw.digest;
}

/** A disk of its own with so many bytes; undefined where mounting is not permitted. */
function smallDisk(size: string): string | undefined {
  const folder = join(work, 'disk');
  mkdirSync(folder);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'lading-test', folder]).status !== 0) {
    if (process.env.CI === 'true') throw new Error('mounting is not permitted here');
    console.log('mounting is not permitted here: the tests of a full disk are skipped');
    return undefined;
  }
  mounts.push(folder);
  return folder;
}

describe('a build that cannot go on', () => {
  test('a full disk: what, where, what to do; the image that was there stays, and with room it ends well', async (context) => {
    prepare();
    const disk = smallDisk('1m');
    if (!disk) return context.skip();
    const output = join(disk, 'image');
    const first = await build(output);
    expect(first.code, first.stderr).toBe(0);
    const { digest } = JSON.parse(first.stdout) as { digest: string };
    const before = filesBelow(output);

    writeFileSync(join(app, 'data/more.bin'), randomBytes(3 << 20));
    const trouble = troubleOf(await build(output));
    expect(trouble).toMatchObject({ kind: 'input', code: 'DISK_FULL' });
    expect(trouble.message).toContain(output);
    expect(trouble.hint).toContain('Free some space');
    expect(await wholeImage(output)).toBe(digest);
    expect(filesBelow(output)).toEqual(before);

    spawnSync('mount', ['-o', 'remount,size=32m', disk]);
    const again = await build(output);
    expect(again.code, again.stderr).toBe(0);
    expect(await wholeImage(output)).toBe((JSON.parse(again.stdout) as { digest: string }).digest);
  });

  test('a disk without a single byte left', async (context) => {
    prepare();
    const disk = smallDisk('64k');
    if (!disk) return context.skip();
    spawnSync('sh', ['-c', `cat /dev/zero > ${join(disk, 'filler')}`]);
    const output = join(disk, 'image');
    expect(troubleOf(await build(output))).toMatchObject({ kind: 'input', code: 'DISK_FULL' });
    expect(filesBelow(output)).toEqual([]);
  });

  test('a disk that becomes full while a large layer is compressed', async (context) => {
    prepare();
    // More than is kept in memory, so that the layer goes to the disk before it is whole.
    const disk = smallDisk('18m');
    if (!disk) return context.skip();
    writeFileSync(join(app, 'data/large.bin'), randomBytes(24 << 20));
    const output = join(disk, 'image');
    const trouble = troubleOf(await build(output));
    expect(trouble).toMatchObject({ kind: 'input', code: 'DISK_FULL' });
    expect(trouble.message).toContain(output);
    expect(filesBelow(output)).toEqual([]);
  });

  test('a file that may not be read is named', async () => {
    prepare();
    const file = join(app, 'data/private.bin');
    writeFileSync(file, 'x', { mode: 0 });
    const output = join(work, 'image');
    mkdirSync(output);
    chmodSync(output, 0o777);
    const trouble = troubleOf(await build(output, { uid }));
    expect(trouble).toMatchObject({ kind: 'input', code: 'UNREADABLE' });
    expect(trouble.message).toContain(file);
    expect(trouble.hint).toContain('.dockerignore');
    expect(filesBelow(output)).toEqual([]);
  });

  test('a folder that may not be read is named', async () => {
    prepare();
    const folder = join(app, 'data/locked');
    mkdirSync(folder, { mode: 0 });
    chmodSync(work, 0o777);
    const trouble = troubleOf(await build(join(work, 'image'), { uid }));
    expect(trouble).toMatchObject({ kind: 'input', code: 'UNREADABLE' });
    expect(trouble.message).toContain(folder);
  });

  test('a package.json that may not be read is not told as missing', async () => {
    prepare();
    chmodSync(join(app, 'package.json'), 0);
    chmodSync(work, 0o777);
    const trouble = troubleOf(await build(join(work, 'image'), { uid }));
    expect(trouble).toMatchObject({ kind: 'input', code: 'UNREADABLE' });
    expect(trouble.message).toContain(join(app, 'package.json'));
  });

  test('a place that may not be written to', async () => {
    prepare();
    const output = join(work, 'image');
    chmodSync(work, 0o555);
    const trouble = troubleOf(await build(output, { uid }));
    expect(trouble).toMatchObject({ kind: 'input', code: 'UNWRITABLE' });
    expect(trouble.message).toContain(output);
    expect(trouble.hint).toContain('--output');
    expect(existsSync(output)).toBe(false);
  });

  test('an --output that is a file stays as it is', async () => {
    prepare();
    const output = join(work, 'image');
    writeFileSync(output, 'precious');
    const trouble = troubleOf(await build(output));
    expect(trouble).toMatchObject({ kind: 'input', code: 'UNWRITABLE' });
    expect(trouble.message).toContain(output);
    expect(trouble.hint).toContain('--output');
    expect(readFileSync(output, 'utf8')).toBe('precious');
  });

  test('what lies beside the image stays', async () => {
    prepare();
    const ended = await build(work);
    expect(ended.code, ended.stderr).toBe(0);
    mkdirSync(join(work, 'tmp'));
    writeFileSync(join(work, 'tmp/mine'), 'precious');
    expect((await build(work)).code).toBe(0);
    writeFileSync(join(app, 'data/broken'), 'x', { mode: 0 });
    if (uid !== undefined) spawnSync('chown', ['-R', String(uid), work]);
    expect(troubleOf(await build(work, { uid })).code).toBe('UNREADABLE');
    expect(readFileSync(join(work, 'tmp/mine'), 'utf8')).toBe('precious');
  });
});

test('a folder with other things in it is not taken for an image', async () => {
  prepare();
  writeFileSync(join(work, 'precious'), '');
  expect(troubleOf(await build(work))).toMatchObject({ kind: 'input', code: 'OUTPUT_TAKEN' });
  expect(readdirSync(work)).toEqual(['precious']);
});

describe('a push that cannot go on', () => {
  const push = (to: string, env: Record<string, string> = {}, more: readonly string[] = []) =>
    lading(['push', '--from', join(work, 'image'), '--to', to, '--json', ...more], { cwd: work, env });
  const buildImage = async () => {
    prepare();
    const ended = await build(join(work, 'image'));
    expect(ended.code, ended.stderr).toBe(0);
    return (JSON.parse(ended.stdout) as { digest: string }).digest;
  };

  test('nobody listens there', async () => {
    await buildImage();
    const host = `127.0.0.1:${await freePort()}`;
    const trouble = troubleOf(await push(`${host}/app:v1`));
    expect(trouble).toMatchObject({ kind: 'remote', code: 'ECONNREFUSED' });
    expect(trouble.message).toContain(host);
    expect(trouble.hint).toContain('reaches it');
  });

  describe('to ECR as the sandbox plays it', () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await startSandbox();
    });
    afterAll(() => sandbox.close());
    const tagsOf = async (repositoryName: string) =>
      sandbox.call('ecr', 'DescribeImages', { repositoryName }) as Promise<{
        imageDetails: { imageDigest: string; imageTags?: string[] }[];
      }>;

    test('a repository that is missing', async () => {
      await buildImage();
      const trouble = troubleOf(await push(`${sandbox.host}/nowhere:v1`, sandbox.env));
      expect(trouble.kind).toBe('remote');
      expect(trouble.message).toContain(`${sandbox.host}/nowhere`);
      expect(trouble.hint).toMatch(/repository .*\/nowhere exists/);
    });

    test('a 403 is told with what is to be allowed, and no tag appears', async () => {
      await buildImage();
      sandbox.createRepository('guarded');
      sandbox.inject({
        service: 'registry',
        operation: 'POST /v2/guarded/',
        status: 403,
        type: 'DENIED',
        message: 'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecr:InitiateLayerUpload',
        times: 100,
      });
      const trouble = troubleOf(await push(`${sandbox.host}/guarded:v1`, sandbox.env));
      expect(trouble).toMatchObject({ kind: 'credentials', code: 'DENIED' });
      expect(trouble.message).toContain('is not authorized to perform: ecr:InitiateLayerUpload');
      expect(trouble.message).toContain(`${sandbox.host}/guarded`);
      expect(trouble.hint).toContain('InitiateLayerUpload');
      expect((await tagsOf('guarded')).imageDetails).toEqual([]);
    });

    test('a tag that may not be moved holds another image: both digests are told, and the tag stays', async () => {
      const first = await buildImage();
      sandbox.createRepository('fixed', { immutable: true });
      const to = `${sandbox.host}/fixed:v1`;
      expect((await push(to, sandbox.env)).code).toBe(0);
      writeFileSync(join(app, 'server.js'), '// another\n');
      const second = (JSON.parse((await build(join(work, 'image'))).stdout) as { digest: string }).digest;
      const trouble = troubleOf(await push(to, sandbox.env));
      expect(trouble).toMatchObject({
        kind: 'remote',
        code: 'TAG_IMMUTABLE',
        details: { tag: 'v1', existing: first, wanted: second },
      });
      expect(trouble.message).toContain('v1');
      expect(trouble.hint).toContain('another tag');
      const { imageDetails } = await tagsOf('fixed');
      expect(imageDetails.filter((image) => image.imageTags?.includes('v1'))).toMatchObject([{ imageDigest: first }]);
    });
  });
});

describe('interrupted', () => {
  let registry: DockerRegistry | undefined;
  let proxy: FaultyProxy;
  let config = '';
  beforeAll(async () => {
    registry = await startDockerRegistry();
    proxy = await startFaultyProxy(registry?.host ?? '127.0.0.1:1');
    config = mkdtempSync(join(tmpdir(), 'lading-config-'));
    const auths = { [proxy.host]: { auth: Buffer.from('AWS:secret').toString('base64') } };
    writeFileSync(join(config, 'config.json'), JSON.stringify({ auths }));
  });
  afterAll(async () => {
    await proxy.close();
    registry?.close();
    rmSync(config, { recursive: true, force: true });
  });
  const finished = () => proxy.answered.filter((line) => /^PUT .*\/blobs\/.* 201$/.test(line));
  const digestsOf = (lines: readonly string[]) => lines.map((line) => /sha256(?::|%3A)[0-9a-f]{64}/.exec(line)?.[0]);

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s in the middle of a push ends it with 130; the same again ends well and sends no finished blob twice',
    async (signal) => {
      if (!registry) return;
      prepare();
      expect((await build(join(work, 'image'))).code).toBe(0);
      proxy.answered.length = proxy.held.length = 0;
      const to = `${proxy.host}/team/${signal.toLowerCase()}:v1`;
      const args = ['push', '--from', join(work, 'image'), '--to', to, '--json'];
      const options = { cwd: work, env: { DOCKER_CONFIG: config } };

      proxy.misbehave({ match: 'PUT /v2/', hold: true });
      const { child, ended } = startLading(args, options);
      await proxy.until(() => proxy.held.length === 1 && finished().length === 3);
      child.kill(signal);
      const stopped = await ended;
      const trouble = troubleOf(stopped);
      expect(trouble).toMatchObject({ kind: 'cancelled', code: 'CANCELLED' });
      expect(proxy.answered.filter((line) => line.includes('/manifests/'))).toEqual([]);

      const again = await lading(args, options);
      expect(again.code, again.stderr).toBe(0);
      expect(JSON.parse(again.stdout)).toMatchObject({ tags: ['v1'], blobs: { uploaded: 1, existing: 3 } });
      const sent = digestsOf(finished());
      expect(sent).toHaveLength(4);
      expect(new Set(sent).size).toBe(4);
    },
  );

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s in the middle of a build leaves the image as it was',
    async (signal) => {
      if (!registry) return;
      prepare();
      const output = join(work, 'image');
      expect((await build(output)).code).toBe(0);
      const before = [await wholeImage(output), filesBelow(output)];
      writeFileSync(join(app, 'data/more.bin'), randomBytes(1 << 20));
      proxy.held.length = 0;
      proxy.misbehave({ match: 'GET /v2/base/', hold: true });
      const args = ['build', '--app', app, '--base', `${proxy.host}/base:1`, '--output', output, '--json'];
      const { child, ended } = startLading(args, { cwd: work, env: { DOCKER_CONFIG: config } });
      await proxy.until(() => proxy.held.length === 1);
      child.kill(signal);
      expect(troubleOf(await ended)).toMatchObject({ kind: 'cancelled' });
      expect([await wholeImage(output), filesBelow(output)]).toEqual(before);
    },
  );
});
