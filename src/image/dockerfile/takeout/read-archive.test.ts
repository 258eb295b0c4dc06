import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../oci/digest.js';
import { collect } from '../../../oci/verified.js';
import { layerNames, shortStep } from './layer-names.js';
import { readArchive } from './read-archive.js';
import { indexTar, readSmall } from './tar-index.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lading-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Content = string | Buffer | { readonly link: string };

async function writeTar(files: Readonly<Record<string, Content>>): Promise<string> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) {
    if (typeof content === 'object' && 'link' in content) tar.entry({ name, type: 'symlink', linkname: content.link });
    else tar.entry({ name }, content);
  }
  tar.finalize();
  const path = join(folder, 'image.tar');
  writeFileSync(path, await collect(tar as never));
  return path;
}

const amd64 = { os: 'linux', architecture: 'amd64' };
const layers = [Buffer.from('one'.repeat(1000)), Buffer.from('two'.repeat(1000))];
const configOf = (more: object = {}, diffIds: readonly string[] = layers.map(digestOf)) =>
  JSON.stringify({
    ...amd64,
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: [{ created_by: 'COPY a /a # buildkit' }, { created_by: 'ENV x', empty_layer: true }, {}],
    ...more,
  });
const blob = (content: string | Buffer) =>
  [`blobs/sha256/${digestOf(Buffer.from(content)).slice(7)}`, content] as const;
const describeBlob = (content: string | Buffer, mediaType: string, more: object = {}) => {
  const bytes = Buffer.from(content);
  return { mediaType, digest: digestOf(bytes), size: bytes.length, ...more };
};
const OCI = 'application/vnd.oci.image';

/** An OCI layout in a tar, as of `docker save` since 25. */
function layoutFiles(config: string, blobs: readonly Buffer[], platform?: object): Record<string, Content> {
  const manifest = JSON.stringify({
    schemaVersion: 2,
    config: describeBlob(config, `${OCI}.config.v1+json`),
    layers: blobs.map((bytes) => describeBlob(bytes, `${OCI}.layer.v1.tar`)),
  });
  const entry = describeBlob(manifest, `${OCI}.manifest.v1+json`, platform && { platform });
  return {
    ...Object.fromEntries([config, manifest, ...blobs].map(blob)),
    'index.json': JSON.stringify({ schemaVersion: 2, manifests: [entry] }),
    'oci-layout': '{}',
  };
}

async function contents(path: string) {
  const image = await readArchive(path, amd64, 'engine 1');
  const read = await Promise.all(image.layers.map(async (layer) => (await collect(layer.open())).toString()));
  return { image, read };
}

test('an OCI layout in a tar', async () => {
  const { image, read } = await contents(await writeTar(layoutFiles(configOf(), layers)));
  expect(read).toEqual(layers.map(String));
  expect(image.layers.map(({ kind, diffId, size }) => [kind, diffId, size])).toEqual([
    ['COPY a /a', digestOf(layers[0] as Buffer), 3000],
    ['layer', digestOf(layers[1] as Buffer), 3000],
  ]);
});

test('the form before it, where a layer may stand twice by a link', async () => {
  const path = await writeTar({
    'a/layer.tar': layers[0] as Buffer,
    'b/layer.tar': layers[1] as Buffer,
    'c/layer.tar': { link: '../a/layer.tar' },
    'abc.json': configOf({}, [...layers, layers[0] as Buffer].map(digestOf)),
    'manifest.json': JSON.stringify([
      { Config: 'abc.json', RepoTags: null, Layers: ['a/layer.tar', 'b/layer.tar', 'c/layer.tar'] },
    ]),
  });
  expect((await contents(path)).read).toEqual([...layers, layers[0]].map(String));
});

test('of several the one for the platform; what is for none is no image', async () => {
  const other = configOf({ architecture: 'arm64' });
  const files = layoutFiles(configOf(), layers, amd64);
  const others = layoutFiles(other, layers, { os: 'linux', architecture: 'arm64' });
  const both = [others, files].map((one) => JSON.parse(one['index.json'] as string) as { manifests: object[] });
  const manifests = both.flatMap((index) => index.manifests);
  const unknown = describeBlob('attestation', `${OCI}.manifest.v1+json`, {
    platform: { os: 'unknown', architecture: 'unknown' },
  });
  const inner = JSON.stringify({ schemaVersion: 2, manifests: [unknown, ...manifests] });
  const outer = { schemaVersion: 2, manifests: [describeBlob(inner, `${OCI}.index.v1+json`)] };
  const path = await writeTar({
    ...others,
    ...files,
    ...Object.fromEntries([blob(inner)]),
    'index.json': JSON.stringify(outer),
  });
  expect((await contents(path)).image.config.architecture).toBe('amd64');
});

describe('an archive that is not what it should be is refused:', () => {
  const whole = layoutFiles(configOf(), layers);
  const without = (name: string) => Object.fromEntries(Object.entries(whole).filter(([path]) => path !== name));
  test.each<[string, Record<string, Content>, RegExp]>([
    ['nothing in it', { x: '' }, /it has no manifest/],
    ['an index that is none', { ...whole, 'index.json': '[]' }, /index .*image\.tar/],
    ['a manifest that is none', { 'manifest.json': '{}' }, /the manifest in .*image\.tar/],
    ['no image', { ...whole, 'index.json': '{"schemaVersion":2,"manifests":[]}' }, /no image is in it/],
    ['a layer that is missing', without(blob(layers[0] as Buffer)[0]), /it lacks blobs\/sha256/],
    ['a config that is missing', without(blob(configOf())[0]), /it lacks sha256/],
    ['a config under another name', { ...whole, [blob(configOf())[0]]: '{}' }, /is not what its name says/],
    ['more diff IDs than layers', layoutFiles(configOf({}, ['sha256:x']), layers), /names 1 layers and 2 are there/],
    ['a diff ID that is none', layoutFiles(configOf({}, ['x', 'y']), layers), /"x" is no digest/],
    ['a path out of it', { 'manifest.json': '[{"Config":"../../etc/passwd","Layers":[]}]' }, /it lacks the config/],
  ])('%s', async (_name, files, message) => {
    await expect(readArchive(await writeTar(files), amd64, 'engine 1')).rejects.toThrow(message);
  });

  test('another platform', async () => {
    const path = await writeTar(layoutFiles(configOf({ architecture: 'arm64' }), layers));
    await expect(readArchive(path, amd64, 'engine 1')).rejects.toMatchObject({
      code: 'PLATFORM_MISSING',
      message: 'engine 1 made an image for linux/arm64, and linux/amd64 was asked for',
    });
  });

  test('one that is cut off', async () => {
    const path = await writeTar(whole);
    truncateSync(path, 2000);
    await expect(readArchive(path, amd64, 'engine 1')).rejects.toMatchObject({ kind: 'tool', code: 'ENGINE_FAILED' });
  });

  test('what is no tar at all', async () => {
    const path = join(folder, 'image.tar');
    writeFileSync(path, gzipSync(Buffer.alloc(5000, 'x')).subarray(0, 600));
    writeFileSync(path, Buffer.alloc(5000, 'x'));
    await expect(readArchive(path, amd64, 'engine 1')).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });
});

test('names of any length are found', async () => {
  const names = ['a/b', 'x'.repeat(99), `${'y/'.repeat(70)}z`, `${'größe/'.repeat(60)}end`];
  const tar = await indexTar(await writeTar(Object.fromEntries(names.map((name, at) => [name, `content ${at}`]))));
  for (const [at, name] of names.entries()) expect(String(await readSmall(tar, name, 100))).toBe(`content ${at}`);
});

test.each([
  ['COPY . /app # buildkit', 'COPY . /app'],
  ['RUN /bin/sh -c npm ci # buildkit', 'RUN npm ci'],
  ['RUN |1 VERSION=1 /bin/sh -c npm ci # buildkit', 'RUN npm ci'],
  [
    '/bin/sh -c #(nop) COPY file:01b0553b128d4b3874da2687f49510d7a1f9882a69db52690c33df2a986d2d7f in /bin/x ',
    'COPY /bin/x',
  ],
  ['/bin/sh -c apt-get update', 'RUN apt-get update'],
  ['|2 A=1 B=2 /bin/sh -c make', 'RUN make'],
  ['\u001b[31mRUN x\nRUN y', 'RUN x RUN y'],
  [`RUN ${'x'.repeat(100)}`, `RUN ${'x'.repeat(43)}…`],
  ['', 'layer'],
])('a step that says %j is called %j', (text, name) => {
  expect(shortStep(text)).toBe(name);
});

test('a config without a history names no layers', () => {
  expect(layerNames({ ...amd64, rootfs: { type: 'layers', diff_ids: [] } })).toEqual([]);
});
