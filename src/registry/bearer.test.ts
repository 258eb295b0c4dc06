import { afterEach, describe, expect, test } from 'vitest';
import type { BearerOptions, BearerRegistry } from '../../test/support/bearer-registry.js';
import { startBearerRegistry } from '../../test/support/bearer-registry.js';
import { makeImage } from '../../test/support/image-of-texts.js';
import { virtualClock } from '../base/clock.js';
import { createHttp } from '../base/http/http.js';
import { copy, planCopy } from '../oci/copy.js';
import { bytesBlob, memoryStore } from '../oci/memory.js';
import type { Keychain } from './keychain.js';
import { openRepository } from './repository.js';

const http = createHttp({ env: {} });
let registry: BearerRegistry;
afterEach(() => registry.close());

const ada: Keychain = async () => ({ username: 'ada', password: 'secret' });
async function start(options: BearerOptions = {}) {
  registry = await startBearerRegistry(options);
}
const open = (keychain = ada, name = 'team/app') =>
  openRepository(
    `${registry.host}/${name}`,
    { http, clock: virtualClock(), report: () => undefined, signal: new AbortController().signal },
    { keychain },
  );
const texts = (count: number) => ['{}', ...Array.from({ length: count }, (_, at) => `layer ${at}`)];

async function push(keychain = ada, layers = 3) {
  const from = memoryStore();
  const image = await makeImage(from, texts(layers), 'latest');
  const result = await copy(await planCopy(from, 'latest', { tags: ['v1'] }), from, open(keychain));
  return { image, result };
}

describe('a push that outlives its tokens', () => {
  test.each([6, 7, 20])('each good for %i requests: every blob and the manifest arrive', async (uses) => {
    await start({ uses });
    const { image } = await push(ada, 30);
    expect(registry.repositories.get('team/app')?.get('v1')).toEqual(Buffer.from(image.bytes));
    expect(registry.given.length).toBeGreaterThan(3);
  });

  test('and a password that ends, too, when whoever keeps it has another', async () => {
    let password = 'the first hour';
    await start({ uses: 4, password: () => password });
    const keychain: Keychain = async () => ({ username: 'ada', password });
    const repository = open(keychain);
    await repository.put(bytesBlob(Buffer.from('in the first hour')));
    password = 'the second hour';
    for (let at = 0; at < 4; at++) await repository.put(bytesBlob(Buffer.from(`layer ${at}`)));
    expect(registry.repositories.get('team/app')?.size).toBe(5);
  });
});

describe('a token that is refused', () => {
  test('however often it is renewed ends the push, soon', async () => {
    await start({ uses: 0 });
    await expect(push()).rejects.toMatchObject({ kind: 'credentials', code: 'UNAUTHORIZED' });
    expect(registry.given.length).toBeLessThan(8);
  });

  test('a token service in trouble is waited for', async () => {
    let troubles = 4;
    await start({ uses: 6, tokenStatus: () => (troubles-- > 0 ? 503 : undefined) });
    await push();
    expect(registry.repositories.get('team/app')?.has('v1')).toBe(true);
  });
});

describe('what a token is asked for', () => {
  const base = bytesBlob(Buffer.from('the base'));
  const put = (keychain = ada) =>
    open(keychain).put(base, { assumeMissing: true, origins: [{ repository: `${registry.host}/base` }] });
  const holdBase = () => registry.repositories.set('base', new Map([[base.digest, Buffer.from('the base')]]));

  test('a mount: the target and the source together', async () => {
    await start();
    holdBase();
    expect(await put()).toEqual({ how: 'mounted', bytes: 0 });
    expect(registry.given).toEqual([['repository:team/app:pull,push', 'repository:base:pull']]);
  });

  test('a mount after other requests: what was asked before, and the source', async () => {
    await start();
    holdBase();
    const repository = open();
    await repository.manifest('v1');
    await repository.put(bytesBlob(Buffer.from('a layer')));
    await repository.put(base, { assumeMissing: true, origins: [{ repository: `${registry.host}/base` }] });
    expect(registry.given.at(-1)).toEqual(['repository:team/app:pull,push', 'repository:base:pull']);
    expect(registry.given).toHaveLength(3);
    const asked = registry.given.length;
    await repository.put(bytesBlob(Buffer.from('another')));
    await repository.manifest('v1');
    expect(registry.given).toHaveLength(asked);
  });

  test.each([true, false])('a source that may not be read (strict %s): the blob is sent', async (strict) => {
    await start({ strict, may: (scope) => !scope.startsWith('repository:base:') });
    holdBase();
    expect(await put()).toEqual({ how: 'uploaded', bytes: base.size });
    expect(registry.repositories.get('team/app')?.has(base.digest)).toBe(true);
  });

  test.each([400, 403, 404, 405, 429, 500, 502, 503, 307])(
    'a mount that fails with %i: the blob is sent',
    async (status) => {
      await start({ mount: () => status });
      holdBase();
      expect(await put()).toEqual({ how: 'uploaded', bytes: base.size });
      expect(registry.log.filter((line) => line.includes('mount='))).toHaveLength(2);
    },
  );

  test('a registry that does not mount: the blob goes into the session that it opened', async () => {
    await start({ mount: () => 202 });
    holdBase();
    expect(await put()).toEqual({ how: 'uploaded', bytes: base.size });
    expect(registry.log.filter((line) => line.startsWith('POST') && line.endsWith('202'))).toHaveLength(1);
  });
});
