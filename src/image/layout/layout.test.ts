import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { layerOf, makeImage, makeIndex } from '../../../test/support/image-of-texts.js';
import type { RawManifest } from '../../oci/manifest.js';
import { describe as describeManifest, encodeManifest, parseImageManifest } from '../../oci/manifest.js';
import { mediaTypes } from '../../oci/media-type.js';
import { bytesBlob } from '../../oci/memory.js';
import { blobsOf, manifestTree } from '../../oci/tree.js';
import { collect } from '../../oci/verified.js';
import type { Layout } from './layout.js';
import { openLayout } from './layout.js';

let folder = '';
let layout: Layout;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lading-layout-'));
  layout = await openLayout(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Entry {
  readonly digest: string;
  readonly annotations?: Record<string, string>;
}
const entries = () =>
  (JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { manifests: Entry[] }).manifests;
const files = () => readdirSync(join(folder, 'blobs/sha256')).sort();

async function refer(subject: RawManifest, text: string): Promise<RawManifest> {
  const [config, layer] = [bytesBlob(Buffer.from('{}')), bytesBlob(Buffer.from(text))];
  for (const blob of [config, layer]) await layout.put(blob);
  const raw = encodeManifest({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: 'application/vnd.test',
    config: layerOf(config),
    layers: [layerOf(layer)],
    subject: describeManifest(subject),
  });
  await layout.putManifest(raw);
  return raw;
}

/** Every byte of all that the layout names. */
async function readWhole(of: Layout): Promise<void> {
  for (const { digest } of entries()) {
    const raw = await of.manifest(digest);
    expect(raw).toBeDefined();
    for (const one of raw ? await manifestTree(of, raw) : [])
      for (const blob of blobsOf(one)) await collect((await (await of.blob(blob))?.open()) as never);
  }
}

describe('tags', () => {
  test('stand side by side; putting one leaves the others', async () => {
    const one = await makeImage(layout, ['one'], 'v1');
    const two = await makeImage(layout, ['two'], 'v2');
    await layout.putManifest(two, 'latest');
    await layout.sweep();
    const again = await openLayout(folder);
    expect(await again.tags()).toEqual(['latest', 'v1', 'v2']);
    expect((await again.manifest('v1'))?.digest).toBe(one.digest);
    expect((await again.manifest('latest'))?.digest).toBe(two.digest);
    await readWhole(again);
  });

  test('move, and what no tag reaches any more is swept', async () => {
    await makeImage(layout, ['old', 'shared'], 'latest');
    const fresh = await makeImage(layout, ['new', 'shared'], 'latest');
    expect(files()).toHaveLength(5);
    await layout.sweep();
    expect(entries().map(({ digest }) => digest)).toEqual([fresh.digest]);
    expect(files()).toHaveLength(3);
    await readWhole(layout);
  });

  test('put at the same time are all there', async () => {
    const images = await Promise.all(Array.from({ length: 8 }, (_, at) => makeImage(layout, [`image ${at}`])));
    await Promise.all(images.map((image, at) => layout.putManifest(image, `v${at}`)));
    expect(await layout.tags()).toHaveLength(8);
  });

  test('can be taken away', async () => {
    await makeImage(layout, ['one'], 'v1');
    await makeImage(layout, ['two'], 'v2');
    await layout.untag('v1');
    await layout.sweep();
    expect(await layout.tags()).toEqual(['v2']);
    expect(files()).toHaveLength(2);
  });

  test('`latest` is the only image, whatever it is called, and none of several', async () => {
    const one = await makeImage(layout, ['one'], '22.1.0');
    expect((await layout.manifest('latest'))?.digest).toBe(one.digest);
    expect(await layout.manifest('other')).toBeUndefined();
    await makeImage(layout, ['two'], '22.2.0');
    expect(await layout.manifest('latest')).toBeUndefined();
  });
});

describe('referrers', () => {
  test('stay with what they refer to, at any distance, and go with it', async () => {
    const image = await makeImage(layout, ['image'], 'v1');
    const child = await makeImage(layout, ['child']);
    await makeIndex(layout, [child], 'v2');
    const signature = await refer(image, 'signature');
    const countersigned = await refer(signature, 'countersigned');
    const ofChild = await refer(child, 'of the child');
    await layout.sweep();
    expect((await layout.referrers(image.digest)).map(({ digest }) => digest)).toEqual([signature.digest]);
    expect((await layout.referrers(child.digest)).map(({ digest }) => digest)).toEqual([ofChild.digest]);
    await readWhole(layout);
    await layout.untag('v1');
    await layout.sweep();
    expect(await layout.referrers(image.digest)).toEqual([]);
    expect(await layout.manifest(countersigned.digest)).toBeUndefined();
    expect(entries()).toHaveLength(2);
    await readWhole(layout);
  });
});

describe('the layout of another tool', () => {
  test('keeps an image without a tag, unknown fields, and files that are not ours', async () => {
    const image = await makeImage(layout, ['theirs'], 'x');
    writeFileSync(
      join(folder, 'index.json'),
      JSON.stringify({
        schemaVersion: 2,
        manifests: [{ ...describeManifest(image), more: 1 }],
        annotations: { by: 'them' },
      }),
    );
    writeFileSync(join(folder, 'blobs/sha256/notes.txt'), 'theirs');
    const ours = await makeImage(layout, ['ours'], 'latest');
    await layout.sweep();
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as object;
    expect(index).toMatchObject({ annotations: { by: 'them' }, manifests: [{ more: 1 }, { digest: ours.digest }] });
    expect(files()).toContain('notes.txt');
    await readWhole(layout);
  });

  test('with an entry whose manifest is missing is still written to', async () => {
    const image = await makeImage(layout, ['one'], 'broken');
    rmSync(join(folder, 'blobs/sha256', image.digest.slice(7)));
    await makeImage(layout, ['two'], 'latest');
    await layout.sweep();
    await expect(layout.manifest('broken')).rejects.toMatchObject({ kind: 'input', code: 'LAYOUT_DAMAGED' });
    expect((await layout.manifest('latest'))?.digest).toBeDefined();
  });
});

test('a blob that is only named counts as there, and only while it is named', async () => {
  const blob = bytesBlob(Buffer.from('far away'));
  layout.refer(blob.digest, [{ repository: 'registry.test/base' }]);
  const config = bytesBlob(Buffer.from('{}'));
  await layout.put(config);
  const image = encodeManifest({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: layerOf(config),
    layers: [layerOf(blob)],
  });
  await layout.putManifest(image, 'latest');
  await layout.sweep();
  expect((await openLayout(folder)).origins(blob.digest)).toEqual([{ repository: 'registry.test/base' }]);
  await makeImage(layout, ['whole'], 'latest');
  await layout.sweep();
  expect((await openLayout(folder)).origins(blob.digest)).toEqual([]);
  expect(readdirSync(folder).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
});

test('whatever is put, moved and swept: every tag is whole, and nothing else is kept', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('put' as const), tag: fc.nat(3), layers: fc.array(fc.nat(5), { maxLength: 3 }) }),
    fc.record({ do: fc.constant('untag' as const), tag: fc.nat(3) }),
    fc.record({ do: fc.constant('refer' as const), tag: fc.nat(3), text: fc.nat(3) }),
    fc.record({ do: fc.constant('sweep' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      layout = await openLayout(folder);
      const wanted = new Map<string, RawManifest>();
      const referrers = new Map<string, Set<string>>();
      for (const one of steps) {
        if (one.do === 'put') {
          const texts = ['config', ...one.layers.map(String)];
          wanted.set(`v${one.tag}`, await makeImage(layout, texts, `v${one.tag}`));
        } else if (one.do === 'untag') {
          await layout.untag(`v${one.tag}`);
          wanted.delete(`v${one.tag}`);
        } else if (one.do === 'refer') {
          const subject = wanted.get(`v${one.tag}`);
          if (!subject) continue;
          const raw = await refer(subject, `about ${one.text}`);
          referrers.set(subject.digest, (referrers.get(subject.digest) ?? new Set()).add(raw.digest));
        } else await layout.sweep();
        if (one.do === 'sweep')
          for (const subject of referrers.keys())
            if (![...wanted.values()].some(({ digest }) => digest === subject)) referrers.delete(subject);
      }
      await layout.sweep();
      const needed = new Set<string>();
      const keep = (raw: RawManifest) => {
        needed.add(raw.digest.slice(7));
        const { config, layers } = parseImageManifest(raw);
        for (const blob of [config, ...layers]) needed.add(blob.digest.slice(7));
      };
      for (const [tag, image] of wanted) {
        expect((await layout.manifest(tag))?.digest).toBe(image.digest);
        keep(image);
        for (const digest of referrers.get(image.digest) ?? []) keep((await layout.manifest(digest)) as RawManifest);
      }
      expect(await layout.tags()).toEqual([...wanted.keys()].sort());
      expect(readdirSync(folder).includes('blobs') ? files() : []).toEqual([...needed].sort());
    }),
    { numRuns: 60 },
  );
});
