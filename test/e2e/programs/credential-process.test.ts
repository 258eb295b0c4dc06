import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findCredentials } from '../../../src/aws/credentials/chain.js';
import { testWorld } from '../../support/world.js';
import type { TestWorld } from '../../support/world.js';

let home = '';
let world: TestWorld;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lading-credentials-'));
  mkdirSync(join(home, '.aws'));
});
afterEach(() => {
  world.close();
  rmSync(home, { recursive: true, force: true });
});

/** Names a program as the source of the credentials in the configuration. */
function program(script: string): void {
  const file = join(home, 'give credentials');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  writeFileSync(join(home, '.aws/config'), `[default]\ncredential_process = "${file}" --for "$ACCOUNT"\n`);
}

async function find(env: Readonly<Record<string, string>> = {}) {
  world = testWorld({ env: { HOME: home, PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', ...env } });
  return findCredentials({ ...world, region: 'eu-central-1' });
}

test('prints them, with the environment of the call', async () => {
  program(`printf '{"Version":1,"AccessKeyId":"AKIA%s","SecretAccessKey":"program-secret"}' "$2"`);
  expect(await find({ ACCOUNT: 'SEVEN' })).toMatchObject({
    accessKeyId: 'AKIASEVEN',
    secretAccessKey: 'program-secret',
  });
  expect(world.events).toContainEqual({ type: 'mask', value: 'program-secret' });
});

test.each([
  ['echo no login >&2; exit 3', 'ended with 3: no login'],
  [`echo '{"Version":2,"SecretAccessKey":"secret-word"}'`, 'no JSON with Version 1'],
  [`echo 'secret-word'`, 'no JSON with Version 1'],
  [`echo '{"Version":1,"SecretAccessKey":"secret-word"}'`, 'no AccessKeyId and SecretAccessKey'],
  [
    `echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"secret-word","Expiration":"2020-01-01T00:00:00Z"}'`,
    'have expired',
  ],
  [`echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"secret-word","Expiration":"then"}'`, 'is no time'],
])('%s', async (script, message) => {
  program(script);
  const error: unknown = await find().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'credentials', message: expect.stringContaining(message) as string });
  expect(String(error)).not.toContain('secret-word');
});
