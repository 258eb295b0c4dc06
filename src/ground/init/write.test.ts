import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diffOf } from './diff.js';
import { compareFiles, writeFiles } from './write.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lading-write-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const all = () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
const compare = (...files: readonly (readonly [string, string])[]) =>
  compareFiles(
    files.map(([name, text]) => ({ path: at(name), text })),
    folder,
  );

test('files are written with their folders, and keep the mode that they had', async () => {
  writeFileSync(at('b'), 'old');
  chmodSync(at('b'), 0o600);
  const plans = await compare(['x/y/a', 'new'], ['b', 'new']);
  expect(plans.map(({ action }) => action)).toEqual(['created', 'replaced']);
  await writeFiles(plans);
  expect(all()).toEqual(['b', 'x', 'x/y', 'x/y/a']);
  expect([readFileSync(at('b'), 'utf8'), statSync(at('b')).mode & 0o777]).toEqual(['new', 0o600]);
});

test('one that cannot be written leaves all as they were, without new folders', async () => {
  writeFileSync(at('b'), 'old');
  writeFileSync(at('file'), '');
  const plans = await compare(['x/y/a', 'new'], ['b', 'new'], ['file/c', 'new']);
  await expect(writeFiles(plans)).rejects.toMatchObject({ exitCode: 2, code: 'UNWRITABLE' });
  expect(all()).toEqual(['b', 'file']);
  expect(readFileSync(at('b'), 'utf8')).toBe('old');
});

test.each(['a', 'c'])('one that somebody else changed since it was compared stops it: %s', async (name) => {
  writeFileSync(at('b'), 'old');
  const plans = await compare(['a', 'new'], ['b', 'new'], ['c', 'new']);
  writeFileSync(at(name), 'theirs');
  await expect(writeFiles(plans)).rejects.toMatchObject({ exitCode: 2, code: 'FILE_CHANGED' });
  expect(all()).toEqual(['b', name].sort());
  expect([readFileSync(at('b'), 'utf8'), readFileSync(at(name), 'utf8')]).toEqual(['old', 'theirs']);
});

test('a link on the way is refused before anything is compared', async () => {
  mkdirSync(at('real'));
  symlinkSync(at('real'), at('link'));
  await expect(compare(['link/a', 'new'])).rejects.toMatchObject({ code: 'LINK_REFUSED' });
});

test('line ends alone are no difference', async () => {
  writeFileSync(at('a'), 'one\r\ntwo\r\n');
  expect((await compare(['a', 'one\ntwo\n']))[0]?.action).toBe('unchanged');
});

test('differences are shown with what stands around them; too many of them by their number', () => {
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => `line ${from + at}\n`).join('');
  expect(diffOf(lines(0, 9), lines(0, 4) + 'new\n' + lines(5, 9))).toBe(
    '@@ -2,7 +2,7 @@\n line 1\n line 2\n line 3\n-line 4\n+new\n line 5\n line 6\n line 7',
  );
  expect(diffOf(lines(0, 5000), lines(10_000, 15_000))).toBe('all of it: 5000 lines become 5000');
});
