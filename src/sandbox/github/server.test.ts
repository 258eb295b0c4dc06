import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { blake2b } from '@noble/hashes/blake2.js';
import { xsalsa20poly1305, hsalsa } from '@noble/ciphers/salsa.js';
import { u32 } from '@noble/ciphers/utils.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { virtualClock, type VirtualClock } from '../../base/clock.js';
import { startGitHub, type GitHubSandbox } from './server.js';

let clock: VirtualClock;
let github: GitHubSandbox;

beforeEach(async () => {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12));
  github = await startGitHub({ clock });
  github.addOrganization('acme');
  github.addRepository('acme/shop', { environments: ['prod/eu'] });
  github.addRepository('acme/open', { isPrivate: false });
  github.addToken('ghp_all', 'classic', { scopes: ['repo', 'admin:org'] });
});

afterEach(() => github.close());

async function call(method: string, path: string, body?: unknown, token = 'ghp_all') {
  const response = await fetch(github.url + path, {
    method,
    redirect: 'manual',
    headers: { authorization: `Bearer ${token}` },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  const parsed = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, body: parsed, message: parsed?.['message'], headers: response.headers };
}

async function put(base: string, name: string, value: string, more: object = {}) {
  const { body } = await call('GET', `${base}/public-key`);
  const sealed = sealedBox(Buffer.from(value), Buffer.from(body?.['key'] as string, 'base64'));
  return call('PUT', `${base}/${name}`, { encrypted_value: sealed, key_id: body?.['key_id'], ...more });
}

/** A second hand: what is tested here must not seal for itself. */
function sealedBox(message: Uint8Array, recipient: Uint8Array): string {
  const head = Buffer.from('302a300506032b656e032100', 'hex');
  const pair = generateKeyPairSync('x25519');
  const own = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(12);
  const publicKey = createPublicKey({ key: Buffer.concat([head, recipient]), format: 'der', type: 'spki' });
  const shared = new Uint8Array(diffieHellman({ privateKey: pair.privateKey, publicKey }));
  const key = new Uint32Array(8);
  hsalsa(u32(new TextEncoder().encode('expand 32-byte k')), u32(shared), new Uint32Array(4), key);
  const nonce = blake2b(Buffer.concat([own, recipient]), { dkLen: 24 });
  const box = xsalsa20poly1305(new Uint8Array(key.buffer), nonce).encrypt(Uint8Array.from(message));
  return Buffer.concat([own, box]).toString('base64');
}

const places = [
  ['acme/shop', '/repos/acme/shop/actions/secrets', {}],
  ['acme/shop:dependabot', '/repos/acme/shop/dependabot/secrets', {}],
  ['acme/shop:codespaces', '/repos/acme/shop/codespaces/secrets', {}],
  ['acme/shop:agents', '/repos/acme/shop/agents/secrets', {}],
  ['acme/shop@prod/eu', '/repos/acme/shop/environments/prod%2Feu/secrets', {}],
  ['org:acme', '/orgs/acme/actions/secrets', { visibility: 'all' }],
  ['org:acme:dependabot', '/orgs/acme/dependabot/secrets', { visibility: 'private' }],
] as const;

describe('secrets', () => {
  it.each(places)('%s: created, opened, updated, deleted', async (place, base, more) => {
    expect((await call('GET', `${base}/TOKEN`)).status).toBe(404);
    expect((await put(base, 'TOKEN', 'first', more)).status).toBe(201);
    expect(github.secret(place, 'token')?.value).toBe('first');
    clock.advance(3_600_000);
    expect((await put(base, 'token', 'second', more)).status).toBe(204);
    expect(github.secret(place, 'TOKEN')?.value).toBe('second');
    const shown = await call('GET', `${base}/TOKEN`);
    expect(shown.body).toMatchObject({
      name: 'TOKEN',
      created_at: '2026-11-23T12:00:00Z',
      updated_at: '2026-11-23T13:00:00Z',
    });
    expect(JSON.stringify(shown.body)).not.toContain('second');
    expect((await call('DELETE', `${base}/TOKEN`)).status).toBe(204);
    expect((await call('GET', `${base}/TOKEN`)).status).toBe(404);
  });

  it('have a key for each place', async () => {
    const keys = await Promise.all(
      places.map(async ([, base]) => (await call('GET', `${base}/public-key`)).body?.['key']),
    );
    expect(new Set(keys).size).toBe(places.length);
  });

  it('are refused in GitHub’s words', async () => {
    const base = '/repos/acme/shop/actions/secrets';
    const { body } = await call('GET', `${base}/public-key`);
    const key_id = body?.['key_id'];
    const text = async (sent: object) => (await call('PUT', `${base}/X`, sent)).message;
    expect(await text({ encrypted_value: 'YQ==' })).toBe('Invalid request.\n\n"key_id" wasn\'t supplied.');
    expect(await text({ encrypted_value: 'YQ', key_id })).toMatch(/^Invalid request\.\n\nYQ does not match/);
    const improper = 'Bad request - validation failed due to an improperly encrypted secret';
    expect(await text({ encrypted_value: Buffer.alloc(60).toString('base64'), key_id })).toBe(improper);
    expect(await text({ encrypted_value: sealedBox(Buffer.from('x'), Buffer.alloc(32, 9)), key_id })).toBe(improper);
    const sealed = sealedBox(Buffer.from('x'), Buffer.from(body?.['key'] as string, 'base64'));
    github.renewKey('acme/shop');
    expect(await text({ encrypted_value: sealed, key_id })).toBe(improper);
    expect(await text({ encrypted_value: 'YQ==', key_id: 1 })).toContain('key_id');
    expect((await put(base, 'X', 'A'.repeat(48 * 1024 + 1))).status).toBe(422);
    expect((await put('/orgs/acme/actions/secrets', 'X', 'x')).message).toContain('"visibility" wasn\'t supplied');
  });

  it('of an organization keep a selection only where it is selected', async () => {
    const base = '/orgs/acme/actions/secrets';
    await put(base, 'ALL', 'x', { visibility: 'all' });
    expect((await call('GET', `${base}/ALL/repositories`)).status).toBe(409);
    expect((await call('PUT', `${base}/ALL/repositories/1000`)).status).toBe(409);
    await put(base, 'SOME', 'x', { visibility: 'selected', selected_repository_ids: ['1000'] });
    expect((await call('PUT', `${base}/SOME/repositories/1001`)).status).toBe(204);
    expect((await call('DELETE', `${base}/SOME/repositories/1000`)).status).toBe(204);
    expect((await call('GET', `${base}/SOME/repositories`)).body).toMatchObject({
      total_count: 1,
      repositories: [{ id: 1001, full_name: 'acme/open' }],
    });
  });
});

describe('what a job gets', () => {
  it('goes by visibility, and the nearest wins', async () => {
    const org = '/orgs/acme/actions/secrets';
    await put(org, 'ALL', 'org', { visibility: 'all' });
    await put(org, 'PRIVATE', 'org', { visibility: 'private' });
    await put(org, 'SELECTED', 'org', { visibility: 'selected', selected_repository_ids: [1001] });
    await put('/repos/acme/shop/actions/secrets', 'ALL', 'repository');
    await put('/repos/acme/shop/environments/prod%2Feu/secrets', 'ALL', 'environment');
    await put('/repos/acme/shop/dependabot/secrets', 'BOT', 'bot');
    expect(github.jobSecrets('acme/shop')).toEqual({ ALL: 'repository', PRIVATE: 'org' });
    expect(github.jobSecrets('acme/open')).toEqual({ ALL: 'org', SELECTED: 'org' });
    expect(github.jobSecrets('acme/shop', { environment: 'prod/eu' })['ALL']).toBe('environment');
    expect(github.jobSecrets('acme/shop', { application: 'dependabot', environment: 'prod/eu' })).toEqual({
      BOT: 'bot',
    });
  });
});

describe('a listing', () => {
  it('leads from page to page by its Link header, however short its pages are', async () => {
    await github.close();
    github = await startGitHub({ clock, pageLimit: 3 });
    github.addOrganization('acme');
    for (let index = 0; index < 8; index++) github.addRepository(`acme/app-${index}`);
    github.addToken('ghp_all', 'classic', { scopes: ['repo', 'admin:org'] });
    const names: unknown[] = [];
    let next: string | undefined = '/orgs/acme/repos?per_page=100';
    while (next !== undefined) {
      const answer = await call('GET', next);
      names.push(...(answer.body as unknown as readonly { name: string }[]).map(({ name }) => name));
      const link = answer.headers.get('link') ?? '';
      next = /<([^>]+)>; rel="next"/.exec(link)?.[1]?.slice(github.url.length);
      if (next !== undefined) expect(link).toContain(`<${github.url}/orgs/acme/repos?per_page=100&page=3>; rel="last"`);
    }
    expect(names).toEqual(Array.from({ length: 8 }, (_, index) => `app-${index}`));
  });

  it('on one page has no Link header', async () => {
    expect((await call('GET', '/orgs/acme/repos')).headers.get('link')).toBeNull();
  });
});

describe('a reader who is behind', () => {
  it('sees what was written seconds later, while writers see it at once', async () => {
    await github.close();
    github = await startGitHub({ clock, lagMs: 2000 });
    github.addRepository('acme/shop');
    github.addToken('ghp_all', 'classic', { scopes: ['repo', 'admin:org'] });
    const base = '/repos/acme/shop/actions/secrets';
    expect((await put(base, 'X', 'a')).status).toBe(201);
    expect((await call('GET', `${base}/X`)).status).toBe(404);
    expect((await put(base, 'X', 'b')).status).toBe(204);
    clock.advance(2000);
    expect((await call('GET', base)).body).toMatchObject({ total_count: 1, secrets: [{ name: 'X' }] });
    expect((await call('DELETE', `${base}/X`)).status).toBe(204);
    expect((await call('GET', `${base}/X`)).status).toBe(200);
    clock.advance(2000);
    expect((await call('GET', `${base}/X`)).status).toBe(404);
  });
});

describe('variables', () => {
  it('are no upsert', async () => {
    const base = '/repos/acme/shop/actions/variables';
    expect((await call('PATCH', `${base}/X`, { value: 'a' })).status).toBe(404);
    expect((await call('POST', base, { name: 'X', value: 'a' })).status).toBe(201);
    const again = await call('POST', base, { name: 'x', value: 'b' });
    expect([again.status, again.message]).toEqual([409, 'Already exists - Variable already exists']);
    expect((await call('PATCH', `${base}/X`, { value: 'b' })).status).toBe(204);
    expect(github.variable('acme/shop', 'X')).toBe('b');
  });
});

describe('places', () => {
  it('an environment’s name must be encoded', async () => {
    expect((await call('GET', '/repos/acme/shop/environments/prod/eu/secrets/public-key')).status).toBe(404);
    expect((await call('GET', '/repos/acme/shop/environments/staging/secrets/public-key')).status).toBe(404);
    expect((await call('PUT', '/repos/acme/shop/environments/staging')).status).toBe(200);
    expect((await call('GET', '/repos/acme/shop/environments/staging/secrets/public-key')).status).toBe(200);
  });

  it('a renamed repository sends on, keeping the method', async () => {
    github.rename('acme/shop', 'store');
    const read = await call('GET', '/repos/acme/shop/environments/prod%2Feu/secrets?per_page=5');
    expect(read.status).toBe(301);
    expect(read.headers.get('location')).toBe(
      `${github.url}/repositories/1000/environments/prod%2Feu/secrets?per_page=5`,
    );
    expect((await call('PUT', '/repos/acme/shop/actions/secrets/X', {})).status).toBe(307);
    expect((await call('GET', '/repositories/1000')).body).toMatchObject({ full_name: 'acme/store' });
  });

  it('an archived repository can be read only', async () => {
    github.addRepository('acme/old', { archived: true });
    expect((await call('GET', '/repos/acme/old/actions/secrets/public-key')).status).toBe(200);
    const refused = await put('/repos/acme/old/actions/secrets', 'X', 'x');
    expect([refused.status, refused.message]).toEqual([403, 'Repository was archived so is read-only.']);
  });
});

describe('tokens', () => {
  const secrets = '/repos/acme/shop/actions/secrets';

  it.each([
    ['fine-grained', 'Resource not accessible by personal access token'],
    ['installation', 'Resource not accessible by integration'],
    ['job', 'Resource not accessible by integration'],
  ] as const)('%s: a missing permission is named', async (kind, words) => {
    github.addToken('t', kind, { permissions: { metadata: 'read', secrets: kind === 'job' ? 'write' : 'read' } });
    const refused = await call('PUT', `${secrets}/X`, {}, 't');
    expect([refused.status, refused.message]).toEqual([403, words]);
    expect(refused.headers.get('x-accepted-github-permissions')).toBe('secrets=write');
    expect((await call('GET', secrets, undefined, 't')).status).toBe(kind === 'job' ? 403 : 200);
  });

  it('do not see what is private and not theirs', async () => {
    github.addToken('t', 'fine-grained', { permissions: { secrets: 'write' }, repositories: [] });
    expect((await call('GET', secrets, undefined, 't')).status).toBe(404);
    expect((await call('GET', '/repos/acme/open/actions/secrets', undefined, 't')).status).toBe(403);
  });

  it('end', async () => {
    github.addToken('t', 'installation', { permissions: { secrets: 'read' }, expiresAt: clock.now() + 1000 });
    expect((await call('GET', secrets, undefined, 't')).status).toBe(200);
    clock.advance(1000);
    const gone = await call('GET', secrets, undefined, 't');
    expect([gone.status, gone.message]).toEqual([401, 'Bad credentials']);
  });
});

describe('limits', () => {
  it('refuse the eighty-first write of a minute, and count the budget down', async () => {
    for (let index = 0; index < 80; index++) await call('DELETE', '/repos/acme/shop/actions/secrets/X');
    const refused = await call('DELETE', '/repos/acme/shop/actions/secrets/X');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([403, '60']);
    expect(refused.headers.get('x-ratelimit-remaining')).toBe(String(5000 - 81));
    expect(github.speed).toEqual({ refused: 1, closestWrites: 0 });
    clock.advance(60_000);
    expect((await call('DELETE', '/repos/acme/shop/actions/secrets/X')).status).toBe(404);
  });

  it('can be scripted', async () => {
    github.addFault(({ number }) => (number === 2 ? { status: 502, body: { message: 'Server Error' } } : undefined));
    const statuses = [];
    for (let index = 0; index < 3; index++) statuses.push((await call('GET', '/repos/acme/shop')).status);
    expect(statuses).toEqual([200, 502, 200]);
  });
});
