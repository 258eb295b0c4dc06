import { LadingError } from '../../base/errors.js';
import type { GitHubApi, GitHubRequest } from './api.js';

/** What one answer holds of a listing. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** `total_count`: how many there are on all pages; undefined where GitHub does not count. */
  readonly total?: number | undefined;
}

export interface Listed<Item> {
  /** Takes the items out of an answer's body. */
  readonly pageOf: (body: unknown) => Page<Item>;
  /** Tells items apart: one that moves while the pages are read may come twice. */
  readonly keyOf: (item: Item) => number | string;
}

const perPage = 100;
const readings = 3;

/**
 * All items of a listing, each once. Pages may be shorter than asked for, and empty: it ends where the `Link` header
 * names no next page and all that `total_count` counts is there. One that stays incomplete is an error, since who takes
 * it for whole takes something away from those that are missing.
 * https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export async function readListing<Item>(
  api: GitHubApi,
  path: string,
  request: GitHubRequest,
  listed: Listed<Item>,
): Promise<readonly Item[]> {
  for (let reading = 1; ; reading++) {
    const { items, total } = await readPages(api, path, request, listed);
    if (total === undefined || items.length >= total) return items;
    if (reading === readings) throw incomplete(request.what, items.length, total);
    // What is added or removed meanwhile moves others to a page that was read already.
    await api.pause(1000 * reading);
  }
}

async function readPages<Item>(
  api: GitHubApi,
  path: string,
  request: GitHubRequest,
  { pageOf, keyOf }: Listed<Item>,
): Promise<{ readonly items: readonly Item[]; readonly total: number | undefined }> {
  const [address, given = ''] = path.split('?');
  const found = new Map<number | string, Item>();
  const asked = new Set<string>();
  let query = new URLSearchParams(given);
  query.set('per_page', String(perPage));
  for (;;) {
    asked.add(String(query));
    const { headers, body } = await api.request('GET', `${address}?${String(query)}`, request);
    const { items, total } = pageOf(body);
    for (const item of items) found.set(keyOf(item), item);
    const link = headers['link'];
    const isShort = total === undefined ? link === undefined && items.length >= perPage : found.size < total;
    // A proxy that drops the header must not end the listing.
    const next = nextQuery(link) ?? (isShort && items.length > 0 ? following(query) : undefined);
    if (next === undefined || asked.has(String(next))) return { items: [...found.values()], total };
    query = next;
  }
}

/**
 * The query of `rel="next"`. Its address is not followed, only its query: that leads on whatever name the host has, and
 * a token goes nowhere else. https://www.rfc-editor.org/rfc/rfc8288
 */
export function nextQuery(link: string | undefined): URLSearchParams | undefined {
  for (const [, address = '', parameters = ''] of (link ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[\w*]+="?[^",;]*"?)*)/g)) {
    if (/;\s*rel="?(?:[^"]*\s)?next(?:\s[^"]*)?"?(?:;|$)/i.test(parameters) && URL.canParse(address, 'https://x')) {
      return new URL(address, 'https://x').searchParams;
    }
  }
  return undefined;
}

function following(query: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(query);
  next.set('page', String(Number(query.get('page') ?? 1) + 1));
  return next;
}

function incomplete(what: string, count: number, total: number): LadingError {
  return new LadingError('remote', `${what}: GitHub's listing is incomplete: ${count} of ${total} came`, {
    code: 'INCOMPLETE_LISTING',
    hint: 'Run it again; nothing is written from a part.',
  });
}
