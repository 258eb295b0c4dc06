import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timeOf } from './content-time.js';
import { sortEntries, withParents } from './entry.js';
import { tarChunks } from './tar.js';
import { paxRecord, splitName } from './tar-header.js';
import { walkFolder } from './walk.js';

const folder = mkdtempSync(join(tmpdir(), 'lading-tar-'));
const source = join(folder, 'source');
afterAll(() => rmSync(folder, { recursive: true }));

const put = (name: string, bytes: string | Buffer, mode = 0o644) => {
  mkdirSync(dirname(join(source, name)), { recursive: true });
  writeFileSync(join(source, name), bytes);
  chmodSync(join(source, name), mode);
};

const long = (count: number) => `${'d'.repeat(48)}/${'e'.repeat(count - 49)}`;

beforeAll(() => {
  for (const count of [98, 99, 100, 101, 102]) put(long(count), String(count));
  put(`${'x'.repeat(120)}/${'y'.repeat(140)}`, 'both too long');
  put('ünïcode/名前.txt', 'ö');
  put('empty', '');
  put('blocks/511', Buffer.alloc(511, 1));
  put('blocks/512', Buffer.alloc(512, 2));
  put('blocks/513', Buffer.alloc(513, 3));
  put('large', Buffer.alloc(3 * (1 << 20) + 17, 'lading'));
  put('run.sh', '#!/bin/sh\n', 0o700);
  mkdirSync(join(source, 'nothing'));
  symlinkSync('run.sh', join(source, 'link'));
  symlinkSync(`${'x'.repeat(120)}/${'y'.repeat(140)}`, join(source, 'long-link'));
});

function archive(root = source): Buffer {
  const entries = sortEntries(withParents(walkFolder(root, { into: 'app' })));
  return Buffer.concat(Array.from(tarChunks(entries, { uid: 1000, gid: 1000 }), (piece) => Buffer.from(piece)));
}

describe('an archive', () => {
  test('is unpacked by GNU tar to the same tree', () => {
    const out = join(folder, 'out');
    mkdirSync(out);
    const ended = spawnSync('tar', ['-C', out, '-xf', '-'], { input: archive(), encoding: 'utf8' });
    expect(ended.stderr).toBe('');
    expect(execFileSync('diff', ['-r', '--no-dereference', source, join(out, 'app')], { encoding: 'utf8' })).toBe('');
    const listed = execFileSync('tar', ['--numeric-owner', '-tvf', '-'], { input: archive(), encoding: 'utf8' });
    expect(listed).toMatch(/^-rwxr-xr-x 1000\/1000 .* app\/run\.sh$/m);
    expect(listed.split('\n')[0]).toMatch(/^drwxr-xr-x .* app\/$/);
  });

  test('is the same whatever the times on the disk', () => {
    const before = archive();
    for (const name of ['large', 'run.sh', 'blocks']) utimesSync(join(source, name), 1, 1);
    expect(archive().equals(before)).toBe(true);
  });

  test('ends with two zero blocks and is made of whole blocks', () => {
    const bytes = archive();
    expect(bytes.length % 512).toBe(0);
    expect(bytes.subarray(-1024).every((byte) => byte === 0)).toBe(true);
  });
});

describe('the time of a file', () => {
  const timesOf = (root: string) => {
    const out = mkdtempSync(join(folder, 'times-'));
    expect(spawnSync('tar', ['-C', out, '-xf', '-'], { input: archive(root) }).status).toBe(0);
    return (name: string) => lstatSync(join(out, 'app', name)).mtimeMs / 1000;
  };
  const tree = (files: Readonly<Record<string, string | Buffer>>) => {
    const root = mkdtempSync(join(folder, 'tree-'));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(root, name), bytes);
    return timesOf(root);
  };

  test('is made from its content: equal bytes have one, other bytes of that size another', () => {
    const long = Buffer.alloc((1 << 20) + 7, 'x');
    const other = Buffer.from(long);
    other[3] = 0;
    const at = tree({ a: 'aaaa', b: 'bbbb', 'again.js': 'aaaa', long, other, same: long });
    expect(at('a')).toBe(at('again.js'));
    expect(at('a')).not.toBe(at('b'));
    expect(at('long')).toBe(at('same'));
    expect(at('long')).not.toBe(at('other'));
  });

  test('is never 0, whatever it is, and long past', () => {
    const at = timesOf(source);
    for (const name of ['empty', 'large', 'nothing', 'link', 'long-link', 'run.sh', 'blocks/512', 'blocks']) {
      expect(at(name), name).toBeGreaterThanOrEqual(Date.UTC(2000, 0, 1) / 1000);
      expect(at(name), name).toBeLessThan(Date.UTC(2017, 0, 5) / 1000);
    }
  });

  test('does not depend on where in the archive the file lies', () => {
    const bytes = Buffer.alloc(700_000, 'lading');
    const [first, second] = [tree({ b: bytes }), tree({ a: Buffer.alloc(600_000), b: bytes })];
    expect(second('b')).toBe(first('b'));
  });

  test('may be given', () => {
    const root = mkdtempSync(join(folder, 'given-'));
    writeFileSync(join(root, 'page.html'), 'page');
    const entries = withParents(walkFolder(root, { into: '' }).map((entry) => ({ ...entry, time: 1_700_000_000 })));
    const input = Buffer.concat([...tarChunks(entries, { uid: 0, gid: 0 })]);
    expect(execFileSync('tar', ['--utc', '--full-time', '-tvf', '-'], { input, encoding: 'utf8' })).toContain(
      '2023-11-14 22:13:20 page.html',
    );
  });
});

test('two contents of one size have one time as good as never', () => {
  const pair = fc
    .integer({ min: 1, max: 4096 })
    .chain((size) => fc.tuple(...[0, 1].map(() => fc.uint8Array({ minLength: size, maxLength: size }))));
  fc.assert(
    fc.property(pair, ([a = new Uint8Array(), b = new Uint8Array()]) => {
      fc.pre(!Buffer.from(a).equals(b));
      expect(timeOf(crc32(a))).not.toBe(timeOf(crc32(b)));
    }),
  );
});

test('the length of a PAX record counts bytes and itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 1200 }), (value) => {
      const record = paxRecord('path', value);
      expect(Buffer.byteLength(record)).toBe(Number(record.split(' ')[0]));
    }),
  );
});

test('a name is split so that both parts fit, or not at all', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,60}$/), { minLength: 1, maxLength: 8 }), (parts) => {
      const name = parts.join('/');
      const split = splitName(name);
      if (!split) return expect(name.length).toBeGreaterThan(100);
      const [short, prefix] = split;
      expect(short.length).toBeLessThanOrEqual(100);
      expect(prefix.length).toBeLessThanOrEqual(155);
      expect(prefix === '' ? short : `${prefix}/${short}`).toBe(name);
    }),
  );
});

test('a file that grows or is gone while it is read fails the archive', () => {
  const entries = [{ name: 'a', type: 'file' as const, file: join(source, 'run.sh'), size: 3, mode: 0o644 }];
  expect(() => [...tarChunks(entries, { uid: 0, gid: 0 })]).toThrow('changed while it was read');
  const gone = [{ name: 'a', type: 'file' as const, file: join(source, 'none'), size: 3, mode: 0o644 }];
  expect(() => [...tarChunks(gone, { uid: 0, gid: 0 })]).toThrow('cannot read');
});
