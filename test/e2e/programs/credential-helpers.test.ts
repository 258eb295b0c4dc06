import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auth, inDockerHome } from '../../support/docker-home.js';

const { at, keychain, put } = inDockerHome();

/** A program on PATH that speaks as a credential helper; what it was asked goes to `asked`. */
function putHelper(name: string, body: string): void {
  const file = put(
    `bin/docker-credential-${name}`,
    `#!/bin/sh\nread -r server\necho "$1 $server" >> "${at.home}/asked"\n${body}\n`,
  );
  chmodSync(file, 0o755);
}
const asked = () => readFileSync(join(at.home, 'asked'), 'utf8').trim().split('\n');
const says = (username: string, secret: string) => `echo '${JSON.stringify({ Username: username, Secret: secret })}'`;
const NOT_FOUND = 'echo "credentials not found in native keychain"; exit 1';

describe('credential helpers', () => {
  test('the one of the host, then the one of all, then the file', async () => {
    putHelper('own', says('own', 'from own'));
    putHelper(
      'store',
      'case $server in stored.test) ' + says('all', 'from store') + ' ;; *) ' + NOT_FOUND + ' ;; esac',
    );
    put('.docker/config.json', {
      credHelpers: { 'own.test': 'own' },
      credsStore: 'store',
      auths: {
        'own.test': auth('x', 'in file'),
        'stored.test': auth('x', 'in file'),
        'plain.test': auth('x', 'in file'),
      },
    });
    const login = keychain();
    expect(await login('own.test')).toMatchObject({ username: 'own', password: 'from own' });
    expect(await login('stored.test')).toMatchObject({ username: 'all', password: 'from store' });
    expect(await login('plain.test')).toMatchObject({ username: 'x', password: 'in file' });
    expect(asked()).toEqual(['get own.test', 'get stored.test', 'get plain.test']);
    expect(at.events).toContainEqual({ type: 'mask', value: 'from own' });
  });

  test('Docker Hub is asked for by its old name', async () => {
    putHelper('store', says('ada', 'hub'));
    put('.docker/config.json', { credsStore: 'store' });
    expect(await keychain()('registry-1.docker.io')).toMatchObject({ password: 'hub' });
    expect(asked()).toEqual(['get https://index.docker.io/v1/']);
  });

  test('the helper of a host that knows nothing: the next file is looked at, not the password beside it', async () => {
    putHelper('own', NOT_FOUND);
    put('.docker/config.json', { credHelpers: { 'own.test': 'own' }, auths: { 'own.test': auth('x', 'old') } });
    expect(await keychain()('own.test')).toBeUndefined();
    put('.config/containers/auth.json', { auths: { 'own.test': auth('ada', 'podman') } });
    expect(await keychain()('own.test')).toMatchObject({ password: 'podman' });
  });

  test('a token of a helper is no password', async () => {
    putHelper('own', says('<token>', 'refresh-me'));
    put('.docker/config.json', { credHelpers: { 'own.test': 'own' } });
    expect(await keychain()('own.test')).toMatchObject({ username: '<token>', password: 'refresh-me', isToken: true });
  });

  test('a helper is asked again when the registry refused what it said', async () => {
    putHelper('own', says('ada', 'pass'));
    put('.docker/config.json', { credHelpers: { 'own.test': 'own' } });
    const login = keychain();
    await login('own.test');
    await login('own.test', { renew: true });
    expect(asked()).toHaveLength(2);
  });

  test.each([
    [
      'that fails',
      'echo "the keyring is locked"; exit 1',
      { kind: 'tool', code: 'HELPER_FAILED' },
      'the keyring is locked',
    ],
    ['that fails on stderr', 'echo "no D-Bus" >&2; exit 2', { kind: 'tool', code: 'HELPER_FAILED' }, 'no D-Bus'],
    ['that answers nonsense', 'echo hello', { code: 'NOT_JSON' }, 'docker-credential-own'],
    ['that answers half', `echo '{"Username":"ada"}'`, { code: 'UNEXPECTED_SHAPE' }, 'Secret'],
  ])('one %s is told by its name and words', async (_name, body, failure, words) => {
    putHelper('own', body);
    put('.docker/config.json', { credHelpers: { 'own.test': 'own' } });
    await expect(keychain()('own.test')).rejects.toMatchObject({
      ...failure,
      message: expect.stringContaining(words) as string,
    });
  });

  test('one that is not installed is told as such', async () => {
    put('.docker/config.json', { credHelpers: { 'own.test': 'missing' } });
    await expect(keychain()('own.test')).rejects.toMatchObject({
      kind: 'tool',
      code: 'TOOL_MISSING',
      message: expect.stringContaining('docker-credential-missing') as string,
    });
  });
});

test('a token service on another host is not asked for at a helper that the file does not name for it', async () => {
  const isPaired = async (file: object) => {
    put('.docker/config.json', file);
    return (await keychain()('registry.test'))?.isAlsoOf?.('auth.test');
  };
  putHelper('store', says('ada', 'secret'));
  expect(await isPaired({ credsStore: 'store', auths: { 'registry.test': {} } })).toBe(false);
  expect(asked()).toEqual(['get registry.test']);
  expect(await isPaired({ credsStore: 'store', auths: { 'registry.test': {}, 'auth.test': {} } })).toBe(true);
});
