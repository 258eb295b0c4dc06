import { describe, expect, test } from 'vitest';
import { layerOf, makeImage, makeIndex } from '../../test/support/image-of-texts.js';
import { HttpError } from '../base/errors.js';
import { copy, planCopy } from './copy.js';
import type { RawManifest } from './manifest.js';
import { describe as describeManifest, encodeManifest } from './manifest.js';
import { mediaTypes } from './media-type.js';
import { bytesBlob, memoryStore } from './memory.js';
import { subjectOf } from './referrers.js';
import type { Store } from './store.js';

describe('what refers to an image', () => {
  async function signed() {
    const from = memoryStore('near');
    const amd = await makeImage(from, ['amd config', 'shared']);
    const arm = await makeImage(from, ['arm config', 'shared']);
    const index = await makeIndex(from, [amd, arm], 'latest');
    const refer = async (subject: RawManifest, text: string) => {
      const [config, layer] = [bytesBlob(Buffer.from('{}')), bytesBlob(Buffer.from(text))];
      for (const blob of [config, layer]) await from.put(blob);
      const raw = encodeManifest({
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        artifactType: 'application/vnd.test',
        config: layerOf(config),
        layers: [layerOf(layer)],
        subject: describeManifest(subject),
      });
      await from.putManifest(raw);
      return raw;
    };
    const signature = await refer(index, 'signature');
    const sbom = await refer(arm, 'sbom of arm');
    const countersigned = await refer(signature, 'countersigned');
    await refer(await makeImage(from, ['another']), 'of another');
    return { from, index, signature, sbom, countersigned };
  }

  test('goes along when it is asked for, each after what it refers to', async () => {
    const { from, index, signature, sbom, countersigned } = await signed();
    const plan = await planCopy(from, 'latest', { tags: ['v1'], referrers: true });
    expect(new Set(plan.referrers.map(({ digest }) => digest))).toEqual(
      new Set([signature, sbom, countersigned].map(({ digest }) => digest)),
    );
    expect(plan.referrers.at(-1)?.digest).toBe(countersigned.digest);
    const to = memoryStore();
    const result = await copy(plan, from, to);
    expect(result.referrers).toEqual({ copied: plan.referrers.map(({ digest }) => digest), refused: [] });
    expect((await to.referrers(index.digest)).map(({ digest }) => digest)).toEqual([signature.digest]);
    expect((await to.referrers(signature.digest)).map(({ digest }) => digest)).toEqual([countersigned.digest]);
    expect(await to.tags()).toEqual(['v1']);
  });

  test('stays when it is not', async () => {
    const { from, index } = await signed();
    const to = memoryStore();
    const result = await copy(await planCopy(from, 'latest', { tags: [] }), from, to);
    expect(result.referrers).toEqual({ copied: [], refused: [] });
    expect(await to.referrers(index.digest)).toEqual([]);
  });

  test('and is not taken: the image is there, and that is told', async () => {
    const { from, index } = await signed();
    const to = memoryStore();
    const refusing: Store = {
      ...to,
      putManifest: async (raw, tag) => {
        if (subjectOf(raw)) throw new HttpError('unsupported', { code: 'UNSUPPORTED', status: 405 });
        return to.putManifest(raw, tag);
      },
    };
    const plan = await planCopy(from, 'latest', { tags: ['v1'], referrers: true });
    const result = await copy(plan, from, refusing);
    expect(result.referrers.refused).toHaveLength(3);
    expect((await to.manifest('v1'))?.digest).toBe(index.digest);
  });
});

describe('who wants to keep us busy', () => {
  test('with indexes within indexes is refused', async () => {
    const from = memoryStore('near');
    let inner = await makeImage(from, ['config']);
    for (let depth = 0; depth < 20; depth++) inner = await makeIndex(from, [inner]);
    await expect(planCopy(from, inner.digest, { tags: [] })).rejects.toMatchObject({
      kind: 'remote',
      code: 'IMAGE_TOO_LARGE',
    });
  });

  test('with one child a thousand times is asked once', async () => {
    const inner = memoryStore('near');
    const image = await makeImage(inner, ['config']);
    const index = await makeIndex(
      inner,
      Array.from({ length: 1000 }, () => image),
    );
    const asked: string[] = [];
    const from: Store = { ...inner, manifest: (reference) => (asked.push(reference), inner.manifest(reference)) };
    expect((await planCopy(from, index.digest, { tags: [] })).manifests).toHaveLength(2);
    expect(asked).toEqual([index.digest, image.digest]);
  });

  test('with ten thousand layers is refused', async () => {
    const from = memoryStore('near');
    const layer = layerOf(bytesBlob(Buffer.from('a')));
    const manifest = encodeManifest({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: layer,
      layers: Array.from({ length: 10_000 }, () => layer),
    });
    await from.putManifest(manifest);
    await expect(planCopy(from, manifest.digest, { tags: [] })).rejects.toMatchObject({
      kind: 'remote',
      message: expect.stringContaining('more than 1000') as string,
    });
  });
});
