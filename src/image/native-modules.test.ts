import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImageConfig } from '../oci/config.js';
import { walkFolder } from './layer/walk.js';
import { checkNativeModules, libcOf } from './native-modules.js';

let app = '';
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-files-'));
});
afterEach(() => rmSync(app, { recursive: true }));

function put(name: string, text: string | Buffer = ''): void {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), text);
}

describe('native modules', () => {
  const elf = (machine: number, text = '') => {
    const header = Buffer.alloc(64);
    header.writeUInt32BE(0x7f454c46, 0);
    header[5] = 1;
    header.writeUInt16LE(machine, 18);
    return Buffer.concat([header, Buffer.from(text)]);
  };
  const check = (architecture: string, libc: 'glibc' | 'musl') =>
    checkNativeModules(walkFolder(app, { into: 'app' }), architecture, libc);

  test('of another machine are refused by the name of their package', () => {
    put('node_modules/bcrypt/build/bcrypt.node', elf(0xb7));
    expect(() => check('amd64', 'glibc')).toThrow('bcrypt (arm64, glibc)');
    check('arm64', 'glibc');
  });

  test('of another C library are refused, by their name or by what they load', () => {
    put('node_modules/bcrypt/build/bcrypt.node', elf(0x3e, 'libc.so.6'));
    expect(() => check('amd64', 'musl')).toThrow('bcrypt (amd64, glibc)');
  });

  test('are fine when a sibling is for this system', () => {
    put('node_modules/@img/sharp-linux-x64/lib/sharp.node', elf(0x3e));
    put('node_modules/@img/sharp-linuxmusl-x64/lib/sharp.node', elf(0x3e));
    check('amd64', 'glibc');
    check('amd64', 'musl');
    expect(() => check('arm64', 'glibc')).toThrow('sharp');
  });

  test('the C library of a base is told by its history or its name', () => {
    const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } } as ImageConfig;
    expect(libcOf(config, 'node:22-slim')).toBe('glibc');
    expect(libcOf(config, 'node:22-alpine')).toBe('musl');
    expect(libcOf({ ...config, history: [{ created_by: 'ADD alpine-minirootfs-3.20.tar.gz / ' }] }, 'base')).toBe(
      'musl',
    );
  });
});
