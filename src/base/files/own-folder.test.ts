import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeOwnFolder } from './own-folder.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lading-own-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each(['.lading', '.lading/image', 'sub/.lading/demo/app'])('%s keeps itself out of git', async (path) => {
  await makeOwnFolder(join(folder, path));
  expect(readFileSync(join(folder, path.replace(/(\.lading).*/, '$1/.gitignore')), 'utf8')).toBe('*\n');
});

test('what has another name, or is there, gets nothing', async () => {
  mkdirSync(join(folder, '.lading'));
  for (const path of ['out/image', 'a.lading/image', '.lading/image']) await makeOwnFolder(join(folder, path));
  expect(existsSync(join(folder, '.lading/.gitignore'))).toBe(false);
  expect(existsSync(join(folder, 'out'))).toBe(false);
});
