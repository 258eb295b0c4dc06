import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LadingError } from '../../src/base/errors.js';
import { createHttp } from '../../src/base/http/http.js';
import { virtualClock } from '../../src/base/clock.js';
import { openLayout } from '../../src/image/layout/layout.js';
import { digestOf } from '../../src/oci/digest.js';
import type { Descriptor, RawManifest } from '../../src/oci/manifest.js';
import { describe as describeManifest, encodeManifest } from '../../src/oci/manifest.js';
import { mediaTypes } from '../../src/oci/media-type.js';
import { bytesBlob, memoryStore } from '../../src/oci/memory.js';
import type { Blob, Store } from '../../src/oci/store.js';
import { teeStore } from '../../src/oci/tee.js';
import { collect } from '../../src/oci/verified.js';
import { openRepository } from '../../src/registry/repository.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import type { DockerRegistry } from '../support/docker-registry.js';
import { startDockerRegistry } from '../support/docker-registry.js';

const folder = mkdtempSync(join(tmpdir(), 'lading-stores-'));
const http = createHttp({ env: {} });
let registry: DockerRegistry | undefined;
let sandbox: Sandbox;
let count = 0;

beforeAll(async () => {
  registry = await startDockerRegistry();
  sandbox = await startSandbox({ createOnPush: true });
});
afterAll(async () => {
  http.close();
  registry?.close();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

function repositoryAt(host: string, password: string): Store {
  const context = { http, clock: virtualClock(), report: () => undefined, signal: new AbortController().signal };
  const keychain = async () => ({ username: 'AWS', password });
  return openRepository(`${host}/team/app-${++count}`, context, { keychain });
}

async function ecrPassword(): Promise<string> {
  const { authorizationData } = (await sandbox.call('ecr', 'GetAuthorizationToken')) as {
    authorizationData: { authorizationToken: string }[];
  };
  return Buffer.from(authorizationData[0]?.authorizationToken ?? '', 'base64')
    .toString()
    .replace('AWS:', '');
}

/** An empty store of each kind; undefined where it cannot be had here. */
const kinds: readonly (readonly [string, () => Promise<Store | undefined>])[] = [
  ['memory', async () => memoryStore()],
  ['a layout', () => openLayout(join(folder, `layout-${++count}`))],
  ['a registry of others', async () => registry && repositoryAt(registry.host, 'secret')],
  ['ECR as the sandbox plays it', async () => repositoryAt(sandbox.host, await ecrPassword())],
  ['a tee', async () => teeStore(await openLayout(join(folder, `kept-${++count}`)), memoryStore('target'))],
];

const blobOf = (text: string) => bytesBlob(Buffer.from(text));
const layerOf = ({ digest, size }: Blob): Descriptor => ({ mediaType: mediaTypes.ociLayer, digest, size });
const readAll = async (store: Store, descriptor: Descriptor) => {
  const blob = await store.blob(descriptor);
  return blob && (await collect(await blob.open())).toString();
};
/** A blob that claims to be `text` and gives other pieces. */
const liar = (text: string, ...pieces: readonly string[]): Blob => ({
  ...blobOf(text),
  open: async () => Readable.from(pieces.map((piece) => Buffer.from(piece))),
});

describe.each(kinds)('%s', (_name, open) => {
  let store: Store;
  beforeEach(async (context) => {
    const opened = await open();
    if (!opened) return context.skip();
    store = opened;
  });

  async function putImage(config: string, layers: readonly string[], tag?: string, more: object = {}) {
    const blobs = [config, ...layers].map(blobOf);
    for (const blob of blobs) await store.put(blob);
    const [first, ...others] = blobs.map(layerOf);
    const manifest = encodeManifest({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { ...(first as Descriptor), mediaType: mediaTypes.ociConfig },
      layers: others,
      ...more,
    });
    await store.putManifest(manifest, tag);
    return manifest;
  }
  /** Where referrers are listed by a tag, that tag is seen, too. */
  const tags = async () => (await store.tags()).filter((tag) => !tag.startsWith('sha256-'));

  test('a blob that is absent', async () => {
    const descriptor = layerOf(blobOf('nowhere'));
    expect(await store.has(descriptor)).toBe(false);
    const read = await readAll(store, descriptor).catch((error: unknown) => error);
    if (read !== undefined) expect(read).toMatchObject({ kind: 'remote', status: 404 });
  });

  test.each(['a layer', 'x'.repeat(3 << 20), ''])('a blob is put once, and read again', async (text) => {
    const blob = blobOf(text);
    const told: number[] = [];
    const onBytes = (bytes: number) => void told.push(bytes);
    expect(await store.put(blob, { onBytes })).toEqual({ how: 'uploaded', bytes: text.length });
    expect(told.at(-1) ?? 0).toBe(text.length);
    expect(await store.has(layerOf(blob))).toBe(true);
    expect((await readAll(store, layerOf(blob))) === text).toBe(true);
    expect(await store.put(blob)).toEqual({ how: 'existing', bytes: 0 });
    expect((await readAll(store, layerOf(blob))) === text).toBe(true);
  });

  test.each([
    ['other', ['b layer']],
    ['fewer', ['a lay']],
    ['more', ['a layer', 's']],
    ['no', []],
  ])('a blob of %s bytes than it says is not taken', async (_what, pieces) => {
    await expect(store.put(liar('a layer', ...pieces))).rejects.toBeInstanceOf(LadingError);
    expect(await store.has(layerOf(blobOf('a layer')))).toBe(false);
    expect(await store.put(blobOf('a layer'))).toMatchObject({ how: 'uploaded' });
    expect(await readAll(store, layerOf(blobOf('a layer')))).toBe('a layer');
  });

  test('a blob whose source breaks off is not taken', async () => {
    const broken: Blob = {
      ...blobOf('a layer'),
      open: async () =>
        Readable.from(
          (function* () {
            yield Buffer.from('a l');
            throw Object.assign(new Error('gone'), { code: 'EIO' });
          })(),
        ),
    };
    await expect(store.put(broken)).rejects.toMatchObject({ message: expect.stringContaining('gone') as string });
    expect(await store.has(layerOf(broken))).toBe(false);
    const never: Blob = { ...broken, open: () => Promise.reject(new Error('no such file')) };
    await expect(store.put(never)).rejects.toBeInstanceOf(LadingError);
    expect(await store.put(blobOf('a layer'))).toMatchObject({ how: 'uploaded' });
  });

  test('a descriptor with another size than the blob does not read it', async () => {
    const blob = blobOf('a layer');
    await store.put(blob);
    for (const size of [6, 8])
      await expect(readAll(store, { ...layerOf(blob), size })).rejects.toBeInstanceOf(LadingError);
  });

  test('several may put one blob at the same time', async () => {
    const blob = blobOf('y'.repeat(1 << 20));
    const results = await Promise.all(Array.from({ length: 5 }, () => store.put(blob)));
    for (const { how } of results) expect(['uploaded', 'existing']).toContain(how);
    expect((await readAll(store, layerOf(blob)))?.length).toBe(1 << 20);
  });

  test('a manifest that is absent', async () => {
    expect(await store.manifest('v1')).toBeUndefined();
    expect(await store.manifest(digestOf('nothing'))).toBeUndefined();
    expect(await store.tags()).toEqual([]);
    expect(await store.referrers(digestOf('nothing'))).toEqual([]);
  });

  test('a manifest by its digest and by each of its tags, byte for byte', async () => {
    const one = await putImage('{"one":1}', ['shared', 'one'], 'v1');
    await store.putManifest(one, 'v1');
    await store.putManifest(one, 'stable');
    const two = await putImage('{"two":2}', ['shared', 'two'], 'v2');
    expect(await tags()).toEqual(['stable', 'v1', 'v2']);
    for (const [selector, wanted] of [
      ['v1', one],
      ['stable', one],
      ['v2', two],
      [one.digest, one],
    ] as const) {
      const found = await store.manifest(selector);
      expect(found && { ...found, bytes: Buffer.from(found.bytes) }).toEqual({
        ...wanted,
        bytes: Buffer.from(wanted.bytes),
      });
    }
    await store.putManifest(two, 'stable');
    expect((await store.manifest('stable'))?.digest).toBe(two.digest);
    expect((await store.manifest('v1'))?.digest).toBe(one.digest);
  });

  test('no tag stands on what is not whole', async () => {
    await putImage('{}', ['there'], 'v1');
    const lacking = encodeManifest({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { ...layerOf(blobOf('{}')), mediaType: mediaTypes.ociConfig },
      layers: [layerOf(blobOf('there')), layerOf(blobOf('not there'))],
    });
    const refused = { code: 'MANIFEST_BLOB_UNKNOWN' };
    await expect(store.putManifest(lacking, 'v2')).rejects.toMatchObject(refused);
    const index = encodeManifest({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [{ ...describeManifest(lacking), platform: { os: 'linux', architecture: 'amd64' } }],
    });
    await expect(store.putManifest(index, 'v2')).rejects.toMatchObject(refused);
    expect(await tags()).toEqual(['v1']);
  });

  test('an index and its children', async () => {
    const children = [await putImage('{"os":1}', ['shared']), await putImage('{"os":2}', ['shared'])];
    const index = encodeManifest({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: children.map(describeManifest),
    });
    await store.putManifest(index, 'v1');
    expect((await store.manifest('v1'))?.mediaType).toBe(mediaTypes.ociIndex);
    for (const child of children) expect((await store.manifest(child.digest))?.digest).toBe(child.digest);
    expect(await tags()).toEqual(['v1']);
  });

  describe('referrers', () => {
    const signatureOf = (subject: RawManifest, text: string, artifactType = 'application/vnd.test.signature') =>
      putImage('{}', [text], undefined, {
        artifactType,
        subject: describeManifest(subject),
        annotations: { 'test.of': text },
      });

    test('are listed with what they are, once each', async () => {
      const image = await putImage('{"one":1}', ['one'], 'v1');
      const other = await putImage('{"two":2}', ['two'], 'v2');
      const [signature, sbom] = await Promise.all([
        signatureOf(image, 'signature'),
        signatureOf(image, 'sbom', 'application/vnd.test.sbom'),
      ]);
      await signatureOf(image, 'signature');
      await signatureOf(other, 'of another');
      const found = await store.referrers(image.digest);
      expect([...found].sort((a, b) => a.artifactType?.localeCompare(b.artifactType ?? '') ?? 0)).toMatchObject([
        { ...describeManifest(sbom), artifactType: 'application/vnd.test.sbom', annotations: { 'test.of': 'sbom' } },
        { ...describeManifest(signature), artifactType: 'application/vnd.test.signature' },
      ]);
      expect(found).toHaveLength(2);
      expect((await store.manifest(signature.digest))?.digest).toBe(signature.digest);
      expect(await tags()).toEqual(['v1', 'v2']);
    });

    test('may be there before what they refer to, and be referred to themselves', async () => {
      const image = encodeManifest({
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config: { ...layerOf(blobOf('{"later":1}')), mediaType: mediaTypes.ociConfig },
        layers: [layerOf(blobOf('later'))],
      });
      const signature = await signatureOf(image, 'signature');
      const countersigned = await signatureOf(signature, 'countersigned');
      await putImage('{"later":1}', ['later'], 'v1');
      expect((await store.referrers(image.digest)).map(({ digest }) => digest)).toEqual([signature.digest]);
      expect((await store.referrers(signature.digest)).map(({ digest }) => digest)).toEqual([countersigned.digest]);
    });
  });
});
