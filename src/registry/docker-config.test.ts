import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auth, inDockerHome } from '../../test/support/docker-home.js';

const { at, keychain, put } = inDockerHome();

describe('logins that stand in the file', () => {
  test.each([
    ['registry.test:5000', 'registry.test:5000'],
    ['https://registry.test:5000', 'registry.test:5000'],
    ['https://registry.test/v1/', 'registry.test'],
    ['https://index.docker.io/v1/', 'registry-1.docker.io'],
    ['docker.io', 'registry-1.docker.io'],
    ['registry.test/team', 'registry.test'],
  ])('%s is the key of %s', async (key, host) => {
    put('.docker/config.json', { auths: { 'other.test': auth('x', 'y'), [key]: auth('ada', 'pass:with:colons') } });
    expect(await keychain()(host)).toMatchObject({ username: 'ada', password: 'pass:with:colons' });
    expect(at.events).toContainEqual({ type: 'mask', value: 'pass:with:colons' });
  });

  test('a host that nobody knows is spoken to anonymously', async () => {
    put('.docker/config.json', { auths: { 'registry.test': auth('ada', 'secret'), 'empty.test': {} } });
    for (const host of ['registry.test.evil.test', 'test', 'empty.test'])
      expect(await keychain()(host)).toBeUndefined();
  });

  test('an identity token goes before a password', async () => {
    const entry = { ...auth('00000000-0000-0000-0000-000000000000', ''), identitytoken: 'refresh-me' };
    put('.docker/config.json', { auths: { 'registry.test': entry } });
    expect(await keychain()('registry.test')).toMatchObject({
      username: '<token>',
      password: 'refresh-me',
      isToken: true,
    });
    expect(at.events).toContainEqual({ type: 'mask', value: 'refresh-me' });
  });
});

describe('which file', () => {
  test('REGISTRY_AUTH_FILE alone; else Docker’s, then podman’s, and the first that knows the host wins', async () => {
    const here = (password: string) => ({ auths: { 'registry.test': auth('ada', password) } });
    const run = join(at.home, 'run');
    const login = async (env: Record<string, string> = {}) =>
      (await keychain({ XDG_RUNTIME_DIR: run, ...env })('registry.test'))?.password;
    expect(await login()).toBeUndefined();
    put('.config/containers/auth.json', here('config'));
    expect(await login()).toBe('config');
    put('run/containers/auth.json', here('runtime'));
    expect(await login()).toBe('runtime');
    put('.docker/config.json', { auths: {} });
    expect(await login()).toBe('runtime');
    put('.docker/config.json', here('docker'));
    expect(await login()).toBe('docker');
    put('elsewhere/config.json', here('elsewhere'));
    expect(await login({ DOCKER_CONFIG: join(at.home, 'elsewhere') })).toBe('elsewhere');
    const named = put('auth.json', here('named'));
    expect(await login({ REGISTRY_AUTH_FILE: named, DOCKER_CONFIG: join(at.home, 'elsewhere') })).toBe('named');
    put('auth.json', {});
    expect(await login({ REGISTRY_AUTH_FILE: named })).toBeUndefined();
  });

  test.each([
    ['no JSON', '{', 'is not JSON'],
    ['another shape', { auths: { 'registry.test': { auth: 7 } } }, 'auths.registry.test.auth'],
  ])('%s is a mistake of the user, told with the file', async (_name, content, words) => {
    const file = put('.docker/config.json', content);
    await expect(keychain()('registry.test')).rejects.toMatchObject({
      kind: 'input',
      code: 'AUTH_FILE_INVALID',
      message: expect.stringMatching(new RegExp(`${file}.*${words}`)) as string,
      hint: expect.stringContaining(file) as string,
    });
  });

  test('a file that cannot be read is told, not passed over', async () => {
    mkdirSync(join(at.home, '.docker/config.json'), { recursive: true });
    await expect(keychain()('registry.test')).rejects.toMatchObject({
      kind: 'input',
      code: 'AUTH_FILE_UNREADABLE',
      message: expect.stringContaining('config.json') as string,
    });
  });
});

describe('a token service on another host', () => {
  const isPaired = async (file: object) => {
    put('.docker/config.json', file);
    return (await keychain()('registry.test'))?.isAlsoOf?.('auth.test');
  };

  test('may have the login when the file holds the same for both', async () => {
    const login = auth('ada', 'secret');
    expect(await isPaired({ auths: { 'registry.test': login, 'https://auth.test': login } })).toBe(true);
    expect(await isPaired({ auths: { 'registry.test': login, 'auth.test': auth('ada', 'other') } })).toBe(false);
    expect(await isPaired({ auths: { 'registry.test': login, 'auth.test': {} } })).toBe(false);
    expect(await isPaired({ auths: { 'registry.test': login } })).toBe(false);
  });
});
