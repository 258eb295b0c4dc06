import { describe, expect, test } from 'vitest';
import { layerOf, makeImage, makeIndex } from '../../test/support/image-of-texts.js';
import { HttpError, LadingError } from '../base/errors.js';
import { copy, planCopy } from './copy.js';
import type { Descriptor } from './manifest.js';
import { isIndex, parseImageIndex, parseImageManifest } from './manifest.js';
import { mediaTypes } from './media-type.js';
import { bytesBlob, memoryStore } from './memory.js';
import type { BlobOrigin, OriginsOf, PutOptions, Store } from './store.js';

interface Watched extends Store {
  /** `put text` begins, `has`, `manifest tag` in order. */
  readonly log: string[];
  readonly asked: PutOptions[];
  most(): number;
  lose(digest: string): void;
}

/** A registry's manners over a store in memory: it refuses a manifest whose parts it lacks, and writes down what happens. */
function watchedStore(): Watched {
  const lost = new Set<string>();
  const inner = memoryStore('far');
  const log: string[] = [];
  const asked: PutOptions[] = [];
  let now = 0;
  let most = 0;
  const there = async (descriptor: Descriptor) => !lost.has(descriptor.digest) && inner.has(descriptor);
  return {
    ...inner,
    log,
    asked,
    most: () => most,
    lose: (digest) => lost.add(digest),
    has: there,
    blob: async (descriptor) => ((await there(descriptor)) ? inner.blob(descriptor) : undefined),
    async put(blob, options = {}) {
      asked.push(options);
      most = Math.max(most, ++now);
      try {
        const parts: Buffer[] = [];
        for await (const part of await blob.open()) parts.push(part as Buffer);
        log.push(`put ${Buffer.concat(parts).toString()}`);
        const back = lost.delete(blob.digest);
        const result = await inner.put(blob);
        return back ? { how: 'uploaded', bytes: blob.size } : result;
      } finally {
        now--;
      }
    },
    async putManifest(raw, tag) {
      const { config, layers } = isIndex(raw) ? { config: undefined, layers: [] } : parseImageManifest(raw);
      for (const part of [...(config ? [config] : []), ...layers])
        if (!(await there(part))) throw new LadingError('remote', 'blob unknown', { code: 'MANIFEST_BLOB_UNKNOWN' });
      if (isIndex(raw))
        for (const child of parseImageIndex(raw).manifests)
          if (!(await inner.manifest(child.digest)))
            throw new LadingError('remote', 'child unknown', { code: 'MANIFEST_BLOB_UNKNOWN' });
      log.push(`manifest ${tag ?? 'by digest'}`);
      await inner.putManifest(raw, tag);
    },
  };
}

const puts = (store: Watched) => store.log.filter((line) => line.startsWith('put ')).map((line) => line.slice(4));

describe('the plan', () => {
  test('blobs once each, biggest first', async () => {
    const from = memoryStore();
    await makeImage(from, ['config', 'a', 'a layer', 'a'], 'latest');
    const plan = await planCopy(from, 'latest', { tags: ['v1'] });
    expect(plan.blobs.map((blob) => blob.size)).toEqual([7, 6, 1]);
    expect(plan).toMatchObject({ proven: [], tags: ['v1'], done: false });
  });

  test('what a manifest of the target names, and what was put a moment ago, needs no question', async () => {
    const from = memoryStore();
    const old = await makeImage(from, ['old config', 'base', 'one'], 'old');
    await makeImage(from, ['new config', 'base', 'two'], 'latest');
    const fresh = new Set([bytesBlob(Buffer.from('two')).digest]);
    const plan = await planCopy(from, 'latest', { tags: [], known: [old], fresh });
    expect(plan.blobs.map((blob) => blob.size)).toEqual(['new config'.length]);
    expect(plan.proven.map((blob) => blob.size)).toEqual(['base'.length, 'two'.length]);
  });

  test('it is done when the target holds the image and no tag is wanted', async () => {
    const from = memoryStore();
    const image = await makeImage(from, ['config', 'layer'], 'latest');
    expect((await planCopy(from, 'latest', { tags: [], known: [image] })).done).toBe(true);
    expect((await planCopy(from, 'latest', { tags: ['v1'], known: [image] })).done).toBe(false);
  });

  test('children come before the index that names them, at any depth', async () => {
    const from = memoryStore();
    const amd = await makeImage(from, ['amd config', 'shared', 'amd']);
    const arm = await makeImage(from, ['arm config', 'shared', 'arm']);
    const inner = await makeIndex(from, [arm], 'inner');
    const outer = await makeIndex(from, [amd, inner], 'latest');
    const plan = await planCopy(from, 'latest', { tags: ['v1'] });
    expect(plan.manifests.map((manifest) => manifest.digest)).toEqual(
      [amd, arm, inner, outer].map((manifest) => manifest.digest),
    );
    expect(plan.blobs).toHaveLength(5);
  });

  test('an image that is missing, and a child that is missing', async () => {
    const from = memoryStore('here');
    await expect(planCopy(from, 'v9', { tags: [] })).rejects.toMatchObject({
      kind: 'input',
      code: 'IMAGE_MISSING',
      message: 'here has no image v9',
    });
    const elsewhere = await makeImage(memoryStore(), ['config']);
    const index = await makeIndex(from, [elsewhere]);
    await expect(planCopy(from, index.digest, { tags: [] })).rejects.toMatchObject({ code: 'CHILD_MISSING' });
    await makeImage(from, ['config'], 'v2');
    await expect(planCopy(from, 'v9', { tags: [] })).rejects.toMatchObject({ hint: 'Choose one of: v2.' });
  });
});

describe('the copy', () => {
  test('every blob, then the manifest under its first tag, then the other tags', async () => {
    const from = memoryStore();
    const image = await makeImage(from, ['config', 'one', 'two'], 'latest');
    const to = watchedStore();
    const result = await copy(await planCopy(from, 'latest', { tags: ['v1', 'v2', 'v3'] }), from, to);
    expect(result).toMatchObject({
      digest: image.digest,
      blobs: { uploaded: 3, mounted: 0, existing: 0 },
      bytesUploaded: 'configonetwo'.length,
    });
    expect(to.log.slice(0, 3).sort()).toEqual(['put config', 'put one', 'put two']);
    expect(to.log[3]).toBe('manifest v1');
    expect(to.log.slice(4).sort()).toEqual(['manifest v2', 'manifest v3']);
    const again = await copy(await planCopy(from, 'latest', { tags: ['v1'] }), from, to);
    expect(again).toMatchObject({ blobs: { uploaded: 0, existing: 3 }, bytesUploaded: 0 });
  });

  test('what is on its way in all lanes is added up, and starts anew with a blob that does', async () => {
    const from = memoryStore();
    await makeImage(from, ['config', 'a layer', 'there'], 'latest');
    const to = memoryStore();
    await to.put(bytesBlob(Buffer.from('there')));
    const again: Store = {
      ...to,
      async put(blob, options) {
        for (const bytes of [0, 2, 0, 1]) if (blob.size === 7) options?.onBytes?.(bytes);
        return to.put(blob, options);
      },
    };
    const told: (readonly [number, number])[] = [];
    const onProgress = (done: number, total: number) => void told.push([done, total]);
    await copy(await planCopy(from, 'latest', { tags: [] }), from, again, { onProgress });
    expect(new Set(told.map(([, total]) => total))).toEqual(new Set([18]));
    expect(told.at(-1)).toEqual([18, 18]);
    expect(told.some(([done], at) => at > 0 && done < (told[at - 1]?.[0] ?? 0))).toBe(true);
  });

  test('without a tag the manifest goes by its digest', async () => {
    const from = memoryStore();
    const image = await makeImage(from, ['config'], 'latest');
    const to = watchedStore();
    await copy(await planCopy(from, 'latest', { tags: [] }), from, to);
    expect(to.log.at(-1)).toBe('manifest by digest');
    expect((await to.manifest(image.digest))?.digest).toBe(image.digest);
  });

  test('an index of two platforms: shared layers once, children by digest, only the index by tag', async () => {
    const from = memoryStore();
    const amd = await makeImage(from, ['amd config', 'shared', 'amd']);
    const arm = await makeImage(from, ['arm config', 'shared', 'arm']);
    const index = await makeIndex(from, [amd, arm], 'latest');
    const to = watchedStore();
    const result = await copy(await planCopy(from, 'latest', { tags: ['v1'] }), from, to);
    expect(result).toMatchObject({ digest: index.digest, mediaType: mediaTypes.ociIndex, blobs: { uploaded: 5 } });
    expect(puts(to).filter((text) => text === 'shared')).toHaveLength(1);
    expect(to.log.slice(5)).toEqual(['manifest by digest', 'manifest by digest', 'manifest v1']);
  });

  test('five lanes, and no more', async () => {
    const from = memoryStore();
    await makeImage(
      from,
      Array.from({ length: 24 }, (_, at) => `layer ${at}`),
      'latest',
    );
    const to = watchedStore();
    await copy(await planCopy(from, 'latest', { tags: [] }), from, to);
    expect(to.most()).toBe(5);
  });

  test('a blob that cannot be sent: no manifest, no tag, and nothing more begins', async () => {
    const from = memoryStore();
    await makeImage(
      from,
      Array.from({ length: 24 }, (_, at) => `layer ${at}`),
      'latest',
    );
    const to = watchedStore();
    const failing: Store = {
      ...to,
      put: async (blob, options) => {
        const result = await to.put(blob, options);
        if (puts(to).length >= 8) throw new LadingError('remote', 'enough', { code: 'ENOUGH' });
        return result;
      },
    };
    const plan = await planCopy(from, 'latest', { tags: ['v1'] });
    await expect(copy(plan, from, failing)).rejects.toMatchObject({ code: 'ENOUGH' });
    expect(to.log.some((line) => line.startsWith('manifest'))).toBe(false);
    expect(puts(to).length).toBeLessThan(14);
  });

  test('the origins of a layer are handed on, so that a registry can mount it', async () => {
    const near = memoryStore();
    await makeImage(near, ['config', 'base'], 'latest');
    const from: Store & OriginsOf = {
      ...near,
      origins: (digest): readonly BlobOrigin[] =>
        digest === bytesBlob(Buffer.from('base')).digest ? [{ repository: 'far/base' }] : [],
    };
    const to = watchedStore();
    await copy(await planCopy(from, 'latest', { tags: [] }), from, to);
    expect(to.asked.map(({ origins }) => origins)).toEqual(
      expect.arrayContaining([[{ repository: 'far/base' }], []]) as unknown,
    );
  });
});

describe('a blob that the far side lost although its own manifest names it', () => {
  async function lossy(more: readonly string[] = []) {
    const from = memoryStore('near');
    const old = await makeImage(from, ['old config', 'base', 'app'], 'old');
    await makeImage(from, ['new config', 'base', 'app', ...more], 'latest');
    const to = watchedStore();
    await copy(await planCopy(from, 'old', { tags: ['old'] }), from, to);
    to.log.length = 0;
    return { from, to, old, plan: await planCopy(from, 'latest', { tags: ['v1'], known: [old] }) };
  }

  test('is sent after all, and the counts are those of the whole', async () => {
    const { from, to, plan } = await lossy(['there']);
    await to.put(bytesBlob(Buffer.from('there')));
    to.log.length = 0;
    to.lose(bytesBlob(Buffer.from('base')).digest);
    const result = await copy(plan, from, to);
    expect(result.blobs).toEqual({ uploaded: 2, mounted: 0, existing: 2 });
    expect(result.bytesUploaded).toBe('new config'.length + 'base'.length);
    expect(to.log.at(-1)).toBe('manifest v1');
  });

  test('comes from another repository when the source only refers to it', async () => {
    const { from, to, plan } = await lossy();
    const base = bytesBlob(Buffer.from('base'));
    to.lose(base.digest);
    const thin: Store & OriginsOf = {
      ...from,
      blob: async (descriptor) => (descriptor.digest === base.digest ? undefined : from.blob(descriptor)),
      origins: (digest) => (digest === base.digest ? [{ repository: 'far/gone' }, { repository: 'far/base' }] : []),
    };
    const gone: Store = {
      ...memoryStore(),
      // As a registry's repository: whether it has the blob shows when it is opened.
      blob: async ({ digest, size }) => ({
        digest,
        size,
        open: () => Promise.reject(new HttpError('blob unknown', { code: 'BLOB_UNKNOWN', status: 404 })),
      }),
    };
    const asked: string[] = [];
    const sources = async (name: string) => {
      asked.push(name);
      return name === 'far/gone' ? gone : from;
    };
    await copy(plan, thin, to, { sources });
    expect(asked).toEqual(['far/gone', 'far/base']);
    expect(await to.has(layerOf(base))).toBe(true);

    to.lose(base.digest);
    await expect(copy(plan, thin, to, { sources: async () => gone })).rejects.toMatchObject({
      kind: 'remote',
      code: 'BLOB_MISSING',
      hint: expect.stringContaining('without --to') as string,
    });
  });

  test('a refusal for another reason is not tried again', async () => {
    const { from, to, plan } = await lossy();
    const refusing: Store = {
      ...to,
      putManifest: () => Promise.reject(new LadingError('remote', 'no', { code: 'TAG_IMMUTABLE' })),
    };
    await expect(copy(plan, from, refusing)).rejects.toMatchObject({ code: 'TAG_IMMUTABLE' });
    expect(puts(to)).toEqual(['new config']);
  });
});
