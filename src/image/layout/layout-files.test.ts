import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeImage } from '../../../test/support/image-of-texts.js';
import { bytesBlob } from '../../oci/memory.js';
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
    const manifest = await makeImage(layout, ['config'], 'latest');
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

test.each([
  ['a link', (file: string, kept: string) => symlinkSync(kept, file), 'is a symbolic link'],
  ['a pipe', (file: string) => void spawnSync('mkfifo', [file]), 'is a pipe'],
  ['a link to a device', (file: string) => symlinkSync('/dev/zero', file), 'is a symbolic link'],
])('a blob that is %s is neither read nor replaced', async (_name, make, words) => {
  const layout = await openLayout(folder);
  const blob = bytesBlob(Buffer.from('a layer'));
  await layout.put(blob);
  const opened = await layout.blob({ mediaType: '', digest: blob.digest, size: blob.size });
  const file = join(folder, 'blobs/sha256', blob.digest.slice(7));
  const kept = join(folder, 'kept');
  renameSync(file, kept);
  make(file, kept);
  const refused = {
    kind: 'input',
    code: 'LINK_REFUSED',
    message: expect.stringContaining(`${file}: ${words}`) as string,
  };
  await expect(opened?.open()).rejects.toMatchObject(refused);
  const again = await openLayout(folder);
  await expect(again.put(blob)).rejects.toMatchObject(refused);
  await expect(again.manifest(blob.digest)).rejects.toMatchObject(refused);
  expect(readFileSync(kept, 'utf8')).toBe('a layer');
});

test.each(['index.json', 'lading.json'])('%s without end is not read', async (name) => {
  writeFileSync(join(folder, name), ' '.repeat(5 << 20));
  const read = async () => (await openLayout(folder)).manifest('latest');
  await expect(read()).rejects.toMatchObject({ kind: 'input', code: 'FILE_TOO_LARGE' });
});
