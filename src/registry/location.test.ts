import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ScriptedServer } from '../../test/support/scripted-server.js';
import { networkOf, startScript } from '../../test/support/scripted-server.js';
import { virtualClock } from '../base/clock.js';
import { bytesBlob } from '../oci/memory.js';
import { openRepository } from './repository.js';

const REGISTRY = 'https://registry.test';
const blob = bytesBlob(Buffer.from('a layer'));
const descriptor = { mediaType: 'x', digest: blob.digest, size: blob.size };

let answer: { status: number; location?: string } = { status: 202 };
let registry: ScriptedServer;
let elsewhere: ScriptedServer;
let network: ReturnType<typeof networkOf>;
beforeEach(async () => {
  registry = await startScript((request, response) => {
    if (request.method === 'HEAD') return response.writeHead(404).end();
    const { status, location } = answer;
    if (request.method === 'PUT' && status < 300) return response.writeHead(201).end();
    return response.writeHead(status, location === undefined ? {} : { location }).end();
  });
  elsewhere = await startScript((request, response) =>
    response.writeHead(request.method === 'GET' ? 200 : 201).end(request.method === 'GET' ? 'a layer' : ''),
  );
  network = networkOf({
    [REGISTRY]: registry,
    'http://registry.test': elsewhere,
    'https://registry.test:8443': elsewhere,
    'https://other.test': elsewhere,
    'http://other.test': elsewhere,
  });
});
afterEach(async () => {
  network.close();
  await Promise.all([registry.close(), elsewhere.close()]);
});

const open = () =>
  openRepository(
    'registry.test/app',
    { http: network, clock: virtualClock(), report: () => undefined, signal: new AbortController().signal },
    { keychain: async () => ({ username: 'ada', password: 'secret' }) },
  );

describe('the Location of an upload', () => {
  test.each([
    ['without TLS', 'http://registry.test/v2/app/blobs/uploads/1', 'http.host: https://registry.test'],
    ['at another port', 'https://registry.test:8443/v2/app/blobs/uploads/1', 'X-Forwarded-Proto'],
    ['at another host', 'https://other.test/upload?state=1', 'push to other.test'],
    ['at another host by its short form', '//other.test/upload', 'push to other.test'],
    ['of another scheme', 'file:///etc/passwd', 'http.host'],
  ])('%s: the upload fails, nothing is sent there', async (_name, location, hint) => {
    for (const origins of [[], [{ repository: 'registry.test/base' }]]) {
      answer = { status: 202, location };
      await expect(open().put(blob, { origins, assumeMissing: true })).rejects.toMatchObject({
        kind: 'remote',
        code: 'UPLOAD_ELSEWHERE',
        message: expect.stringMatching(/registry at https:\/\/registry\.test sends the upload to \S+/) as string,
        hint: expect.stringContaining(hint) as string,
      });
    }
    expect(elsewhere.seen).toEqual([]);
    expect(registry.seen.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  test.each(['http://[', 'https://', 'https://ada:secret@registry.test/v2/app/blobs/uploads/1'])(
    '%s is a mistake of the registry, no bug of ours',
    async (location) => {
      answer = { status: 202, location };
      const failure = await open()
        .put(blob, { assumeMissing: true })
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'remote', code: 'LOCATION_INVALID' });
      expect((failure as Error).message).not.toContain('secret');
    },
  );

  test.each([
    ['whole', `${REGISTRY}/v2/app/blobs/uploads/1?state=abc`],
    ['with the port that is meant anyway', `${REGISTRY}:443/v2/app/blobs/uploads/1?state=abc`],
    ['without host', '/v2/app/blobs/uploads/1?state=abc'],
    ['beside the request', '1?state=abc'],
  ])('%s is followed, with its query', async (_name, location) => {
    answer = { status: 202, location };
    expect(await open().put(blob, { assumeMissing: true })).toEqual({ how: 'uploaded', bytes: 7 });
    const put = registry.seen.at(-1);
    expect(put?.path).toBe(`/v2/app/blobs/uploads/1?state=abc&digest=${encodeURIComponent(blob.digest)}`);
    expect(put?.headers.authorization).toMatch(/^Basic /);
  });
});

describe('a blob that lies elsewhere', () => {
  const read = async () => {
    const parts: Buffer[] = [];
    for await (const part of (await (await open().blob(descriptor))?.open()) ?? []) parts.push(part as Buffer);
    return Buffer.concat(parts).toString();
  };

  test.each(['https://other.test/s3/1?signature=x', 'https://registry.test:8443/1'])(
    'is read from %s without credentials',
    async (location) => {
      answer = { status: 307, location };
      expect(await read()).toBe('a layer');
      expect(elsewhere.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    },
  );

  test.each(['http://other.test/s3/1', 'http://registry.test/1', 'ftp://registry.test/1'])(
    'is not read from %s',
    async (location) => {
      answer = { status: 307, location };
      await expect(read()).rejects.toMatchObject({ kind: 'remote', code: 'REDIRECT_INSECURE' });
      expect(elsewhere.seen).toEqual([]);
    },
  );

  test('an address that is none is no bug of ours', async () => {
    answer = { status: 307, location: 'http://[' };
    await expect(read()).rejects.toMatchObject({ kind: 'remote', code: 'LOCATION_INVALID' });
  });
});

test('what is sent is not redirected: neither a manifest nor a wish to mount', async () => {
  answer = { status: 307, location: 'https://other.test/' };
  const manifest = { digest: blob.digest, mediaType: 'x', bytes: Buffer.from('a layer') };
  await expect(open().putManifest(manifest, 'v1')).rejects.toMatchObject({ kind: 'remote' });
  const origins = [{ repository: 'registry.test/base' }];
  await expect(open().put(blob, { origins, assumeMissing: true })).rejects.toMatchObject({ kind: 'remote' });
  expect(elsewhere.seen).toEqual([]);
});
