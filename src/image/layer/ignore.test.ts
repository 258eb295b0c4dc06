import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSecretGuard, readDockerignore } from './ignore.js';

let app = '';
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-files-'));
});
afterEach(() => rmSync(app, { recursive: true }));

const put = (name: string, text: string) => writeFileSync(join(app, name), text);

test.each([
  ['*.log', 'a.log', false],
  ['*.log', 'sub/a.log', true],
  ['**/*.log', 'sub/a.log', false],
  ['/docs/', 'docs/a', false],
  ['docs\n!docs/keep', 'docs/keep', true],
  ['# note\n\n', 'note', true],
])('.dockerignore %j keeps %s: %s', async (text, path, stays) => {
  put('.dockerignore', text);
  const accepts = await readDockerignore(app);
  const folder = path.includes('/') ? accepts(path.split('/')[0] ?? '', true) : true;
  expect(folder && accepts(path, false)).toBe(stays);
});

test('the guard knows keys by their names and leaves packages alone', () => {
  const guard = createSecretGuard([]);
  expect(
    ['id_rsa', 'a/b.pem', 'node_modules/x/test.pem', 'key.ts', '.env.sample'].filter((path) => guard.admits(path)),
  ).toEqual(['node_modules/x/test.pem', 'key.ts', '.env.sample']);
});

test.each([
  ...['.env', '.envrc', '.env.local', '.env-prod', '.ENV', 'a/.ssh', '.aws', '.git-credentials', 'id_ed25519_sk'],
  ...[
    'a.PEM',
    'prod.tfvars',
    'terraform.tfvars.json',
    'terraform.tfstate',
    'terraform.tfstate.1.backup',
    'a.tfplan',
    'release.keystore',
    '.dev.vars',
  ],
])('%s looks like a secret', (path) => {
  expect(createSecretGuard([]).admits(path)).toBe(false);
});

test.each(['.environment.ts', 'src/env.ts', 'keys.ts', 'docker', '.env.example', 'monkey', 'a.key.ts'])(
  '%s does not',
  (path) => {
    expect(createSecretGuard([]).admits(path)).toBe(true);
  },
);
