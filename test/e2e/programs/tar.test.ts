import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sortEntries, withParents } from '../../../src/image/layer/entry.js';
import { tarChunks } from '../../../src/image/layer/tar.js';
import { walkFolder } from '../../../src/image/layer/walk.js';
import { writeTarSource } from '../../support/tar-source.js';

const folder = mkdtempSync(join(tmpdir(), 'lading-tar-'));
const source = join(folder, 'source');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => writeTarSource(source));

function archive(root = source): Buffer {
  const entries = sortEntries(withParents(walkFolder(root, { into: 'app' })));
  return Buffer.concat(Array.from(tarChunks(entries, { uid: 1000, gid: 1000 }), (piece) => Buffer.from(piece)));
}

test('an archive is unpacked by GNU tar to the same tree', () => {
  const out = join(folder, 'out');
  mkdirSync(out);
  const ended = spawnSync('tar', ['-C', out, '-xf', '-'], { input: archive(), encoding: 'utf8' });
  expect(ended.stderr).toBe('');
  expect(execFileSync('diff', ['-r', '--no-dereference', source, join(out, 'app')], { encoding: 'utf8' })).toBe('');
  const listed = execFileSync('tar', ['--numeric-owner', '-tvf', '-'], { input: archive(), encoding: 'utf8' });
  expect(listed).toMatch(/^-rwxr-xr-x 1000\/1000 .* app\/run\.sh$/m);
  expect(listed.split('\n')[0]).toMatch(/^drwxr-xr-x .* app\/$/);
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
