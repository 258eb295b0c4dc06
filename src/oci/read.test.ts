import { expect, test } from 'vitest';
import { layerOf, makeImage } from '../../test/support/image-of-texts.js';
import { describe, encodeManifest } from './manifest.js';
import { mediaTypes } from './media-type.js';
import { bytesBlob, memoryStore } from './memory.js';
import { readBlob, readImage } from './read.js';

const amd = { os: 'linux', architecture: 'amd64' };
const indexOf = (manifest: Parameters<typeof describe>[0], platform = amd) =>
  encodeManifest({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [{ ...describe(manifest), platform }],
  });

test('an index is followed to the image of the platform, or the platforms that it has are named', async () => {
  const store = memoryStore('here');
  const image = await makeImage(store, ['config'], 'image');
  await store.putManifest(indexOf(image), 'index');
  for (const reference of ['image', 'index'])
    expect((await readImage(store, reference, amd))?.raw.digest).toBe(image.digest);
  await expect(readImage(store, 'index', { os: 'linux', architecture: 'arm64' })).rejects.toMatchObject({
    kind: 'input',
    code: 'PLATFORM_MISSING',
    hint: 'Choose one of: linux/amd64.',
  });
  expect(await readImage(store, 'none', amd)).toBeUndefined();
});

test('indexes within indexes are not followed for ever', async () => {
  const store = memoryStore('here');
  let inner = await makeImage(store, ['config']);
  for (let depth = 0; depth < 50; depth++) {
    inner = indexOf(inner);
    await store.putManifest(inner);
  }
  await expect(readImage(store, inner.digest, amd)).rejects.toMatchObject({ kind: 'remote', code: 'IMAGE_TOO_LARGE' });
});

test('a config of many megabytes is not read', async () => {
  const store = memoryStore('here');
  const blob = bytesBlob(Buffer.from('{}'));
  await store.put(blob);
  expect((await readBlob(store, layerOf(blob))).toString()).toBe('{}');
  await expect(readBlob(store, { ...layerOf(blob), size: 9 << 20 })).rejects.toMatchObject({
    kind: 'remote',
    code: 'BLOB_TOO_LARGE',
  });
  await expect(readBlob(store, layerOf(bytesBlob(Buffer.from('nowhere'))))).rejects.toMatchObject({
    code: 'BLOB_MISSING',
  });
});
