import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timeOf } from './content-time.js';
import { sortEntries, withParents } from './entry.js';
import { tarChunks } from './tar.js';
import { paxRecord, splitName } from './tar-header.js';
import { walkFolder } from './walk.js';
import { writeTarSource } from '../../../test/support/tar-source.js';

const folder = mkdtempSync(join(tmpdir(), 'lading-tar-'));
const source = join(folder, 'source');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => writeTarSource(source));

function archive(root = source): Buffer {
  const entries = sortEntries(withParents(walkFolder(root, { into: 'app' })));
  return Buffer.concat(Array.from(tarChunks(entries, { uid: 1000, gid: 1000 }), (piece) => Buffer.from(piece)));
}

describe('an archive', () => {
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
