import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { promote } from '../../src/commands/promote.js';
import type { RawManifest } from '../../src/oci/manifest.js';
import { describe as descriptorOf, encodeManifest } from '../../src/oci/manifest.js';
import { mediaTypes } from '../../src/oci/media-type.js';
import { bytesBlob } from '../../src/oci/memory.js';
import { parseReference } from '../../src/oci/reference.js';
import type { Store } from '../../src/oci/store.js';
import { openRegistry } from '../../src/release/images/registries.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import type { DockerRegistry } from '../support/docker-registry.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import { layerOf, makeImage, makeIndex } from '../support/image-of-texts.js';
import { startScript } from '../support/scripted-server.js';
import { requireTool } from '../support/tools.js';
import type { TestWorld } from '../support/world.js';
import { testWorld } from '../support/world.js';

let sandbox: Sandbox;
let registry: DockerRegistry | undefined;
let folder = '';
const worlds: TestWorld[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lading-promote-'));
  sandbox = await startSandbox();
  await sandbox.call('ecr', 'PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'ENABLED' });
  registry = await startDockerRegistry();
  for (const name of ['staging', 'production', 'elsewhere', 'fresh']) sandbox.createRepository(name);
  sandbox.createRepository('fixed', { immutable: true });
});
afterEach(() => worlds.splice(0).forEach((world) => world.close()));
afterAll(async () => {
  await sandbox.close();
  registry?.close();
  rmSync(folder, { recursive: true, force: true });
});

function worldFor(env: Readonly<Record<string, string | undefined>> = {}): TestWorld {
  const auths = registry ? { [registry.host]: { auth: Buffer.from('AWS:secret').toString('base64') } } : {};
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
  const world = testWorld({ env: { ...sandbox.env, DOCKER_CONFIG: folder, ...env }, cwd: folder });
  worlds.push(world);
  return world;
}

const host = () => new URL(sandbox.url).host;
const open = (world: TestWorld, name: string): Store => openRegistry(name, world, {});
const run = (world: TestWorld, from: string, to: readonly string[], more: object = {}) =>
  promote.run(
    {
      from: parseReference(from),
      to: to.map((one) => parseReference(one)),
      tag: undefined,
      referrers: true,
      dryRun: undefined,
      insecureRegistry: undefined,
      region: undefined,
      role: undefined,
      ...more,
    },
    world,
  );

/** Something that speaks of another manifest, as a signature does. */
async function makeReferrer(store: Store, subject: RawManifest, text: string): Promise<RawManifest> {
  const layer = bytesBlob(Buffer.from(text));
  const config = bytesBlob(Buffer.from('{}'));
  for (const blob of [config, layer]) await store.put(blob);
  const raw = encodeManifest({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: 'application/vnd.example.signature',
    config: { ...layerOf(config), mediaType: 'application/vnd.oci.empty.v1+json' },
    layers: [layerOf(layer)],
    subject: descriptorOf(subject),
  });
  await store.putManifest(raw);
  return raw;
}

/** Two platforms, signed, and one of them signed by itself. */
async function makeSigned(world: TestWorld, name: string, tag: string) {
  const store = open(world, name);
  const amd64 = await makeImage(store, [`{"architecture":"amd64","t":"${tag}"}`, `layer ${tag}`, 'shared']);
  const arm64 = await makeImage(store, [`{"architecture":"arm64","t":"${tag}"}`, `other ${tag}`, 'shared']);
  const index = await makeIndex(store, [amd64, arm64], tag);
  const signature = await makeReferrer(store, index, `signature of ${tag}`);
  const sbom = await makeReferrer(store, arm64, `sbom of ${tag}`);
  return { index, amd64, arm64, signature, sbom };
}

describe('promote', () => {
  test('brings the very same image with what refers to it, and mounts the layers', async () => {
    const world = worldFor();
    const made = await makeSigned(world, `${host()}/staging`, 'v1');
    const result = await run(world, `${host()}/staging:v1`, [`${host()}/production`]);
    expect(result.digest).toBe(made.index.digest);
    expect(result.targets).toMatchObject([
      {
        reference: `${host()}/production@${made.index.digest}`,
        tags: ['v1'],
        moved: {},
        referrers: { copied: 2, refused: 0 },
      },
    ]);
    expect(result.targets[0]?.blobs.mounted).toBeGreaterThan(0);
    expect(result.targets[0]?.bytesUploaded).toBe(0);
    const target = open(world, `${host()}/production`);
    expect((await target.manifest('v1'))?.bytes).toEqual(made.index.bytes);
    for (const [subject, referrer] of [
      [made.index, made.signature],
      [made.arm64, made.sbom],
    ] as const)
      expect((await target.referrers(subject.digest)).map(({ digest }) => digest)).toEqual([referrer.digest]);
  });

  test('the same again sends nothing, and tells which tags moved', async () => {
    const world = worldFor();
    const first = await makeSigned(world, `${host()}/staging`, 'v2');
    await run(world, `${host()}/staging:v2`, [`${host()}/elsewhere:live`]);
    const again = await run(world, `${host()}/staging:v2`, [`${host()}/elsewhere:live`]);
    expect(again.targets).toMatchObject([{ bytesUploaded: 0, blobs: { uploaded: 0, mounted: 0 }, moved: {} }]);
    await makeSigned(world, `${host()}/staging`, 'v3');
    const next = await run(world, `${host()}/staging:v3`, [`${host()}/elsewhere:live`], { tag: ['v3'] });
    expect(next.targets).toMatchObject([{ tags: ['live', 'v3'], moved: { live: first.index.digest } }]);
  });

  test('several targets in several registries; what they do not take is told', async (context) => {
    if (!registry) return context.skip();
    const world = worldFor();
    const made = await makeSigned(world, `${host()}/staging`, 'v4');
    const result = await run(world, `${host()}/staging:v4`, [`${host()}/elsewhere`, `${registry.host}/team/shop:v4`]);
    expect(result.targets.map(({ reference }) => reference)).toEqual([
      `${host()}/elsewhere@${made.index.digest}`,
      `${registry.host}/team/shop@${made.index.digest}`,
    ]);
    // It lists referrers by a tag, as it knows no other way.
    const there = await open(world, `${registry.host}/team/shop`).referrers(made.index.digest);
    expect(there.map(({ digest }) => digest)).toEqual([made.signature.digest]);
    const back = await run(world, `${registry.host}/team/shop:v4`, [`${host()}/fresh`]);
    expect(back.digest).toBe(made.index.digest);
    expect(back.targets).toMatchObject([{ referrers: { copied: 2, refused: 0 } }]);
  });

  test("another program's copy is the same image", async (context) => {
    const skopeo = requireTool('skopeo');
    if (!registry || !skopeo) return context.skip();
    const world = worldFor();
    const made = await makeSigned(world, `${host()}/staging`, 'v5');
    await run(world, `${host()}/staging:v5`, [`${registry.host}/other/shop:v5`]);
    const { stdout } = await promisify(execFile)(skopeo, [
      'inspect',
      '--raw',
      '--tls-verify=false',
      '--creds=AWS:secret',
      `docker://${registry.host}/other/shop:v5`,
    ]);
    expect(stdout).toBe(made.index.bytes.toString());
  });

  test('--dry-run says it all and sends nothing', async () => {
    const world = worldFor();
    const made = await makeSigned(world, `${host()}/staging`, 'v6');
    const result = await run(world, `${host()}/staging:v6`, [`${host()}/production:dry`], { dryRun: true });
    expect(result.targets).toMatchObject([{ reference: `${host()}/production@${made.index.digest}`, tags: ['dry'] }]);
    expect(await open(world, `${host()}/production`).manifest('dry')).toBeUndefined();
    expect(await open(world, `${host()}/production`).manifest(made.index.digest)).toBeUndefined();
  });

  test('an immutable tag that holds it is a success, another is an error', async () => {
    const world = worldFor();
    await makeSigned(world, `${host()}/staging`, 'v7');
    await run(world, `${host()}/staging:v7`, [`${host()}/fixed:live`]);
    await run(world, `${host()}/staging:v7`, [`${host()}/fixed:live`]);
    await makeSigned(world, `${host()}/staging`, 'v8');
    await expect(run(world, `${host()}/staging:v8`, [`${host()}/fixed:live`])).rejects.toMatchObject({
      code: 'TAG_IMMUTABLE',
    });
  });

  test('by digest and without a tag it warns of rules for what has none', async () => {
    const world = worldFor();
    const made = await makeSigned(world, `${host()}/staging`, 'v9');
    await run(world, `${host()}/staging@${made.index.digest}`, [`${host()}/production`]);
    expect(JSON.stringify(world.events)).toContain('gets no tag');
  });
});

describe('a source that is not there', () => {
  test('is told', async () => {
    const world = worldFor();
    await expect(run(world, `${host()}/staging:none`, [`${host()}/production`])).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(/staging:none does not exist/) as string,
    });
  });

  test('and one that is archived is told with how to restore it', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const server = await startScript((request, response) => {
      const target = String(request.headers['x-amz-target']);
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      if (target.endsWith('GetAuthorizationToken'))
        return response.end(
          JSON.stringify({
            authorizationData: [{ authorizationToken: Buffer.from('AWS:pw').toString('base64'), expiresAt: 2e9 }],
          }),
        );
      if (target.endsWith('DescribeImages'))
        return response.end(JSON.stringify({ imageDetails: [{ imageDigest: digest, imageStatus: 'ARCHIVED' }] }));
      response.statusCode = 404;
      response.end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    });
    const world = worldFor({ AWS_ENDPOINT_URL: server.origin, AWS_ENDPOINT_URL_ECR: server.origin });
    try {
      await expect(run(world, `${server.host}/shop:old`, [`${host()}/production`])).rejects.toMatchObject({
        issues: [
          {
            message: expect.stringMatching(/is archived$/) as string,
            hint: expect.stringContaining(`--image-id imageDigest=${digest} --target-storage-class STANDARD`) as string,
          },
        ],
      });
    } finally {
      await server.close();
    }
  });
});
