import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeManifest } from '../../oci/manifest.js';
import { mediaTypes } from '../../oci/media-type.js';
import { openLayout } from './layout.js';
import { checkPlace } from './layout-files.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lading-layout-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a place for an image', () => {
  test.each([
    ['nothing', []],
    ['what a build that broke off leaves', ['blobs', '.lading-tmp', 'lading.json']],
    ['a layout, with files of others in it', ['oci-layout', 'index.json', 'README.md']],
  ])('may hold %s', async (_name, files) => {
    for (const file of files) writeFileSync(join(folder, file), '');
    await expect(checkPlace(folder)).resolves.toBeUndefined();
    await expect(checkPlace(join(folder, 'new'))).resolves.toBeUndefined();
  });

  test('may not be a folder with other things in it, as the app itself', async () => {
    writeFileSync(join(folder, 'package.json'), '{}');
    await expect(checkPlace(folder)).rejects.toMatchObject({
      kind: 'input',
      code: 'OUTPUT_TAKEN',
      message: `${folder} is no image layout and holds other files, as package.json`,
    });
    expect(readdirSync(folder)).toEqual(['package.json']);
  });
});

describe('a damaged layout is told as such, with the file', () => {
  test.each([
    ['index.json', '{"schemaVersion":2,"manifests":[{"digest":"x"}]}'],
    ['index.json', '{'],
    ['lading.json', '{"origins":{"a":1}}'],
    ['lading.json', ''],
  ])('%s: %s', async (file, text) => {
    writeFileSync(join(folder, file), text);
    const read = async () => (await openLayout(folder)).manifest('latest');
    await expect(read()).rejects.toMatchObject({
      kind: 'input',
      code: 'LAYOUT_DAMAGED',
      message: expect.stringContaining(join(folder, file)) as string,
    });
  });

  test('a manifest whose bytes are others', async () => {
    const layout = await openLayout(folder);
    const manifest = encodeManifest({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, digest: `sha256:${'a'.repeat(64)}`, size: 2 },
      layers: [],
    });
    await layout.putManifest(manifest, 'latest');
    expect((await layout.manifest('latest'))?.digest).toBe(manifest.digest);
    mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
    writeFileSync(join(folder, 'blobs/sha256', manifest.digest.slice(7)), '{}');
    await expect((await openLayout(folder)).manifest('latest')).rejects.toMatchObject({
      kind: 'input',
      code: 'LAYOUT_DAMAGED',
      message: expect.stringContaining(manifest.digest.slice(7)) as string,
    });
  });
});
