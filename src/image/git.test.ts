import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createExec } from '../base/exec.js';
import { readCommit, webAddress } from './git.js';

const folder = mkdtempSync(join(tmpdir(), 'lading-git-'));
afterAll(() => rmSync(folder, { recursive: true }));
const context = { exec: createExec(process.env), signal: new AbortController().signal };
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });

test('outside a repository there is no commit', async () => {
  expect(await readCommit(context, folder)).toBeUndefined();
});

test('a changed or new file makes the tree dirty', async () => {
  git('init', '-q');
  writeFileSync(join(folder, 'a'), '1');
  git('add', 'a');
  git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'one');
  const clean = await readCommit(context, folder);
  expect(clean).toEqual({ sha: git('rev-parse', 'HEAD').trim(), dirty: false, source: undefined });
  writeFileSync(join(folder, 'b'), '2');
  expect((await readCommit(context, folder))?.dirty).toBe(true);
});

test.each([
  ['git@example.com:acme/shop.git', 'https://example.com/acme/shop'],
  ['ssh://git@example.com/acme/shop.git', 'https://example.com/acme/shop'],
  ['https://user:token@example.com/acme/shop.git', 'https://example.com/acme/shop'],
  ['https://example.com/acme/shop', 'https://example.com/acme/shop'],
  ['/srv/git/shop.git', undefined],
])('the origin %s is shown as %s', (remote, address) => {
  expect(webAddress(remote)).toBe(address);
});
