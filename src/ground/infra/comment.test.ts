import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { commentOnPullRequest } from './comment.js';
import type { TestWorld } from '../../../test/support/world.js';
import { testWorld } from '../../../test/support/world.js';

interface Comment {
  readonly id: number;
  body: string;
}

/** Comments of one pull request, a few a page; the token may write or not. */
let comments: Comment[] = [];
let writes: string[] = [];
let mayWrite = true;
let next = 1;

const github = createServer((request, response) => {
  let text = '';
  request.on('data', (more: Buffer) => (text += more.toString()));
  request.on('end', () => {
    const { method = '', url = '' } = request;
    const { pathname, searchParams } = new URL(url, 'http://github');
    const send = (status: number, body: unknown, headers = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    if (method === 'GET') {
      const page = Number(searchParams.get('page') ?? 1);
      const last = page * 2 >= comments.length;
      const link = last ? {} : { link: `<http://${request.headers.host}${pathname}?page=${page + 1}>; rel="next"` };
      return send(200, comments.slice(page * 2 - 2, page * 2), link);
    }
    if (!mayWrite) return send(403, { message: 'Resource not accessible by integration' });
    const { body } = JSON.parse(text) as { body: string };
    writes.push(`${method} ${pathname}`);
    const id = Number(/comments\/(\d+)$/.exec(pathname)?.[1] ?? 0);
    const found = comments.find((comment) => comment.id === id);
    if (found) found.body = body;
    else comments.push({ id: next++, body });
    return send(method === 'PATCH' ? 200 : 201, { id, body, html_url: 'https://github.example/c' });
  });
});

let world: TestWorld;
beforeAll(async () => {
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  comments = ['one', 'two', 'three'].map((body, at) => ({ id: 100 + at, body }));
  [writes, mayWrite] = [[], true];
  world = testWorld({
    env: {
      GITHUB_API_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_TOKEN: 'ghs_jobtoken',
    },
  });
});
afterAll(() => {
  github.close();
  world.close();
});

const page = (title: string) => ({ title, blocks: [] });
const comment = (title: string, about = 'state/shop/service.tfstate', at = world) =>
  commentOnPullRequest(page(title), { about }, at);

test('the first run writes a comment, later ones renew it, each stack its own', async () => {
  await comment('Plan of service: 18 to add');
  await comment('Plan of registry: 2 to add', 'state/shop/registry.tfstate');
  await comment('Plan of service: no changes');
  await comment('Plan of service: no changes');
  expect(writes).toEqual([
    'POST /repos/acme/shop/issues/7/comments',
    'POST /repos/acme/shop/issues/7/comments',
    expect.stringMatching(/^PATCH \/repos\/acme\/shop\/issues\/comments\/\d+$/),
  ]);
  expect(comments.slice(3).map(({ body }) => body)).toEqual([
    expect.stringMatching(
      /^<!-- lading infra plan: state\/shop\/service\.tfstate -->\n### Plan of service: no changes/,
    ),
    expect.stringContaining('2 to add'),
  ]);
});

test('a token that may not write is a warning with what to allow: the plan is made all the same', async () => {
  mayWrite = false;
  await expect(comment('Plan')).resolves.toBeUndefined();
  expect(world.events).toContainEqual({
    type: 'message',
    level: 'warning',
    text: expect.stringContaining('The pull request gets no comment') as string,
    hint: expect.stringContaining('pull-requests: write') as string,
  });
});

test('a run of no pull request, or without a token, writes none', async () => {
  const { env } = world;
  for (const more of [{ GITHUB_REF: 'refs/heads/main' }, { GITHUB_TOKEN: '' }]) {
    const other = testWorld({ env: { ...env, ...more } });
    await expect(comment('Plan', 'x', other)).resolves.toBeUndefined();
    other.close();
  }
  expect(writes).toEqual([]);
});
