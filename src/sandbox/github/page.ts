import { json, type Answer, type Request } from './answer.js';

/** How listings are cut. */
export interface Paging {
  /** Address of the API, for the `Link` header. */
  readonly url: string;
  /** Most items that one page has, whatever `per_page` asks for. */
  readonly pageLimit: number;
}

/**
 * One page of a listing, as `per_page` and `page` ask, with the `Link` header that leads to the others.
 * https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function listing<Item>(
  items: readonly Item[],
  request: Request,
  { url, pageLimit }: Paging,
  shape: (page: readonly Item[]) => unknown,
): Answer {
  const { query, path } = request;
  const asked = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30) || 30));
  const size = Math.min(asked, pageLimit);
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (number: number, relation: string): string => {
    const target = new URLSearchParams(query);
    target.set('page', String(number));
    return `<${url}${path}?${String(target)}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  const answer = json(200, shape(items.slice((page - 1) * size, page * size)));
  return links.length === 0 ? answer : { ...answer, headers: { link: links.join(', ') } };
}
