import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GitHubApi } from './api.js';
import { nextQuery, readListing } from './listing.js';

const at = 'https://api.github.com/orgs/acme/repos';

describe('the Link header', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    [`<${at}?page=2>; rel="next"`, 'page=2'],
    [
      `<${at}?page=1>; rel="prev", <${at}?per_page=100&page=3>; rel="next", <${at}?page=9>; rel="last"`,
      'per_page=100&page=3',
    ],
    [`<${at}?page=1>; rel="prev", <${at}?page=1>; rel="first"`, undefined],
    [`<${at}?after=Y3Vyc29yOjE%3D&q=a,b>;rel=next`, 'after=Y3Vyc29yOjE%3D&q=a%2Cb'],
    [`<${at}?page=4>; title="x"; rel="last next"`, 'page=4'],
    [`<${at}?page=4>; rel="nextish"`, undefined],
    ['</orgs/acme/repos?page=2>; rel="next"', 'page=2'],
    ['<http://[>; rel="next"', undefined],
  ])('%s', (link, query) => {
    expect(nextQuery(link)?.toString()).toBe(query);
  });
});

interface Script {
  /** Sizes of the pages. */
  readonly sizes: readonly number[];
  readonly counts: boolean;
  readonly links: boolean;
}

/** A GitHub whose listing has pages of these sizes. */
function apiOf({ sizes, counts, links }: Script, lost: (reading: number, page: number) => boolean = () => false) {
  const sent: string[] = [];
  let reading = 0;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const api = {
    pause: async () => undefined,
    async request(_method: string, path: string) {
      sent.push(path);
      const page = Number(new URL(path, at).searchParams.get('page') ?? 1);
      if (page === 1) reading++;
      const start = sizes.slice(0, page - 1).reduce((sum, size) => sum + size, 0);
      const size = lost(reading, page) ? 0 : (sizes[page - 1] ?? 0);
      const items = Array.from({ length: size }, (_, index) => start + index);
      const link = links && page < sizes.length ? `<${at}?per_page=100&page=${page + 1}>; rel="next"` : undefined;
      return { headers: { link }, body: { items, ...(counts && { total }) } };
    },
  } as unknown as GitHubApi;
  const read = () =>
    readListing<number>(
      api,
      '/x',
      { what: 'list x', owner: 'acme' },
      {
        pageOf: (body) => body as { items: readonly number[]; total?: number },
        keyOf: (item) => item,
      },
    );
  return { read, sent, total };
}

describe('a listing', () => {
  it('is read whole, whatever its pages are', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.boolean(), async (pages, counts) => {
        const { read, total } = apiOf({ sizes: pages, counts, links: true });
        expect(await read()).toHaveLength(total);
      }),
    );
  });

  it.each([
    ['counts go on', { sizes: [30, 30, 7], counts: true, links: false }, 67],
    ['full pages go on', { sizes: [100, 100, 7], counts: false, links: false }, 207],
    ['a last page that is full ends with an empty one', { sizes: [100], counts: false, links: false }, 100],
  ] as const)('without the header, %s', async (_, script, count) => {
    expect(await apiOf(script).read()).toHaveLength(count);
  });

  it('that lost something is read again', async () => {
    const { read } = apiOf(
      { sizes: [10, 10, 10], counts: true, links: true },
      (reading, page) => reading < 3 && page === 2,
    );
    expect(await read()).toHaveLength(30);
  });

  it('that stays incomplete is an error', async () => {
    const { read } = apiOf({ sizes: [10, 10, 10], counts: true, links: true }, (_, page) => page === 2);
    const error: unknown = await read().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INCOMPLETE_LISTING' });
    expect(String(error)).toContain('20 of 30');
  });

  it('that leads in a circle ends', async () => {
    const sent: string[] = [];
    const api = {
      pause: async () => undefined,
      async request(_method: string, path: string) {
        sent.push(path);
        return { headers: { link: `<${at}?per_page=100>; rel="next"` }, body: { items: [1], total: 5 } };
      },
    } as unknown as GitHubApi;
    const read = readListing<number>(
      api,
      '/x',
      { what: 'list x', owner: 'acme' },
      {
        pageOf: (body) => body as { items: readonly number[]; total?: number },
        keyOf: (item) => item,
      },
    );
    await expect(read).rejects.toMatchObject({ code: 'INCOMPLETE_LISTING' });
    expect(sent).toHaveLength(3);
  });
});
