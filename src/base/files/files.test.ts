import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openOwnFile, readOwnFile, refuseLinks, replaceFile } from './files.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lading-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const put = (name: string, text = 'precious') => {
  mkdirSync(join(at(name), '..'), { recursive: true });
  writeFileSync(at(name), text);
  return at(name);
};
const refused = (place: string, words: string) => ({
  kind: 'input',
  code: 'LINK_REFUSED',
  message: expect.stringContaining(`${place}: is ${words}`) as string,
  hint: expect.stringContaining(place) as string,
});

describe('a path of our own', () => {
  test('may lead through folders to a file, a folder or nothing', async () => {
    put('a/b/file');
    for (const name of ['a', 'a/b', 'a/b/file', 'a/b/none', 'none/at/all', ''])
      await expect(refuseLinks(at(name), folder)).resolves.toBeUndefined();
  });

  test.each(['link', 'link/b', 'link/b/file', 'link/none'])('may not lead through a link: %s', async (name) => {
    put('a/b/file');
    symlinkSync(at('a'), at('link'));
    await expect(refuseLinks(at(name), folder)).rejects.toMatchObject(refused(at('link'), 'a symbolic link'));
  });

  test.each([
    ['to a file', () => put('file')],
    ['to nothing', () => at('nothing')],
    ['to itself', () => at('link')],
  ])('may not be a link %s', async (_name, target) => {
    symlinkSync(target(), at('link'));
    await expect(refuseLinks(at('link'), folder)).rejects.toMatchObject(refused(at('link'), 'a symbolic link'));
  });

  test('lies below a folder that may be reached as one likes', async () => {
    put('a/b/file');
    symlinkSync(at('a'), at('link'));
    await expect(refuseLinks(at('link/b/file'), at('link'))).resolves.toBeUndefined();
  });

  test('may not be a pipe', async () => {
    expect(spawnSync('mkfifo', [at('pipe')]).status).toBe(0);
    await expect(refuseLinks(at('pipe'), folder)).rejects.toMatchObject(refused(at('pipe'), 'a pipe'));
  });
});

describe('a file of our own', () => {
  test('is read, up to its limit', async () => {
    expect((await readOwnFile(put('file'), 8))?.toString()).toBe('precious');
    await expect(readOwnFile(at('file'), 7)).rejects.toMatchObject({ kind: 'input', code: 'FILE_TOO_LARGE' });
    expect((await readOwnFile(put('empty', ''), 0))?.length).toBe(0);
  });

  test('may be missing', async () => {
    put('file');
    for (const name of ['none', 'file/below']) expect(await readOwnFile(at(name), 8)).toBeUndefined();
  });

  test('is nothing else, and nothing is waited for', async () => {
    symlinkSync(put('file'), at('link'));
    symlinkSync('/dev/zero', at('zero'));
    mkdirSync(at('folder'));
    spawnSync('mkfifo', [at('pipe')]);
    await expect(openOwnFile(at('link'))).rejects.toMatchObject(refused(at('link'), 'a symbolic link'));
    await expect(openOwnFile(at('zero'))).rejects.toMatchObject(refused(at('zero'), 'a symbolic link'));
    await expect(openOwnFile(at('folder'))).rejects.toMatchObject(refused(at('folder'), 'a folder'));
    await expect(openOwnFile(at('pipe'))).rejects.toMatchObject(refused(at('pipe'), 'a pipe'));
    await expect(openOwnFile('/dev/zero')).rejects.toMatchObject(refused('/dev/zero', 'a device'));
  });

  test('that is replaced is not written through a link', async () => {
    symlinkSync(put('file'), at('link'));
    await replaceFile(at('link'), 'new');
    expect([readFileSync(at('file'), 'utf8'), readFileSync(at('link'), 'utf8')]).toEqual(['precious', 'new']);
  });
});
