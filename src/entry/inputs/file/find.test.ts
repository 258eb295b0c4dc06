import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfigFile } from './config-file.js';
import { findConfigFile } from './find.js';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lading-config-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (path: string, text: string | Buffer = 'region: eu-central-1\n') => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
};
const mkdir = (path: string) => mkdirSync(join(folder, path), { recursive: true });

describe('lading.yml is looked for', () => {
  test('in the folder and above it, up to the root of the repository', async () => {
    const file = write('lading.yml');
    mkdir('a/b');
    expect(await findConfigFile(join(folder, 'a/b'))).toBe(file);
    mkdir('a/.git');
    expect(await findConfigFile(join(folder, 'a/b'))).toBeUndefined();
  });

  test('and may be a link inside of the repository, not out of it', async () => {
    mkdir('repo/.git');
    mkdir('repo/app');
    write('repo/conf/lading.yml');
    symlinkSync('../conf/lading.yml', join(folder, 'repo/app/lading.yml'));
    expect(await findConfigFile(join(folder, 'repo/app'))).toBe(join(folder, 'repo/app/lading.yml'));
    rmSync(join(folder, 'repo/app/lading.yml'));
    for (const target of ['/etc/passwd', '../../outside.yml', join(folder, 'repository/lading.yml')]) {
      write('outside.yml');
      write('repository/lading.yml');
      symlinkSync(target, join(folder, 'repo/app/lading.yml'));
      await expect(findConfigFile(join(folder, 'repo/app'))).rejects.toThrow(/is a link out of the repository, to \//);
      rmSync(join(folder, 'repo/app/lading.yml'));
    }
    symlinkSync('nowhere', join(folder, 'repo/app/lading.yml'));
    await expect(findConfigFile(join(folder, 'repo/app'))).rejects.toThrow(/is a link to nothing/);
  });

  test('and must be a file', async () => {
    mkdir('lading.yml');
    await expect(findConfigFile(folder)).rejects.toThrow(/lading\.yml: is not a file/);
  });

  test.skipIf(process.getuid?.() !== 0)('and what another user has put above is not taken', async () => {
    const file = write('lading.yml');
    mkdir('work');
    chownSync(file, 12345, 12345);
    await expect(findConfigFile(join(folder, 'work'))).rejects.toThrow(/belongs to another user \(12345\)/);
    // As in the container of a job: root works in a checkout that is somebody's.
    chownSync(join(folder, 'work'), 12345, 12345);
    expect(await findConfigFile(join(folder, 'work'))).toBe(file);
    expect(await findConfigFile(folder)).toBe(file);
  });
});

describe('what is no text', () => {
  test.each([
    ['UTF-16', Buffer.from('\ufeffregion: x', 'utf16le'), /lading\.yml:1:1: is no text in UTF-8/],
    [
      'Latin-1',
      Buffer.concat([Buffer.from('a: b\nregion: M'), Buffer.from([0xfc]), Buffer.from('nchen')]),
      /lading\.yml:2:10: is no text in UTF-8/,
    ],
    [
      'a cut letter',
      Buffer.concat([Buffer.from('a: b\nc: '), Buffer.from([0xe2, 0x82])]),
      /lading\.yml:2:5: is no text/,
    ],
    ['NUL', Buffer.from('a: b\nc: \0d'), /lading\.yml:2:4: a NUL character/],
    ['too much', Buffer.from(`# ${'x'.repeat(300 * 1024)}`), /lading\.yml: is larger than 256 kB/],
    ['a list', Buffer.from('- a\n'), /lading\.yml:1:1: is not a map of keys/],
  ])('is told: %s', async (_name, bytes, message) => {
    await expect(readConfigFile(write('lading.yml', bytes))).rejects.toThrow(message);
  });

  test.each([
    ['a byte order mark', Buffer.from('\ufeffregion: x')],
    ['Windows line ends', Buffer.from('region: x\r\nbuild:\r\n  app: .\r\n')],
    ['nothing', Buffer.from('')],
    ['comments', Buffer.from('# region: x\n')],
  ])('but %s is fine', async (_name, bytes) => {
    await expect(readConfigFile(write('lading.yml', bytes))).resolves.toMatchObject({ root: { is: 'map' } });
  });

  test('a device without an end and a file that is not there', async () => {
    await expect(readConfigFile('/dev/zero')).rejects.toThrow(/larger than 256 kB/);
    await expect(readConfigFile(join(folder, 'none.yml'))).rejects.toThrow(/cannot be read/);
    await expect(readConfigFile(folder)).rejects.toThrow(/cannot be read/);
  });
});
