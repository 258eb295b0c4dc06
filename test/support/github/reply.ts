/** An answer of the stand-in. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request, as every handler sees it. */
export interface Call {
  readonly method: string;
  /** As it was sent, and as it is called once former names are resolved. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly now: number;
  /** Where the copy stands that answers this read. */
  readonly moment: number;
}

export const nothing: Reply = { status: 204 };
export const missing = refusal(404, 'Not Found');

export function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers,
    body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
  };
}

/** GitHub's times are in whole seconds. */
export function timeText(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** How this GitHub cuts its listings. */
export interface Cutting {
  readonly url: string;
  readonly longestPage: number;
}

/**
 * A page of a listing. What a reader may not see is taken out after the cut, so that pages have any length up to the
 * longest, and some have none; `Link` leads from one to the next, under a path with the owner's number as GitHub's does.
 */
export function page<Item>(
  call: Call,
  { url, longestPage }: Cutting,
  items: readonly Item[],
  bodyOf: (items: readonly Item[]) => unknown,
): Reply {
  const asked = Number(call.query.get('per_page') ?? 30);
  const size = Math.max(1, Math.min(100, longestPage, Number.isInteger(asked) && asked > 0 ? asked : 30));
  const cuts: Item[][] = [[]];
  for (let at = 0, number = 1; at < items.length; number++) {
    // A one-item page stays whole: who asks for one wants the first.
    const length = size === 1 ? 1 : number % 4 === 3 ? 0 : Math.max(1, size - ((number * 5) % size));
    if (number > 1) cuts.push([]);
    cuts[number - 1] = items.slice(at, at + length);
    at += length;
  }
  const number = Math.max(1, Number(call.query.get('page') ?? 1) || 1);
  const place = call.path
    .replace(/^\/orgs\/[^/]+/, '/organizations/2511')
    .replace(/^\/repos\/[^/]+\/[^/]+/, '/repositories/1296269');
  const link = (to: number, relation: string) => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<${url}${place}?${query.toString()}>; rel="${relation}"`;
  };
  const links = [
    number > 1 && link(number - 1, 'prev'),
    number < cuts.length && link(number + 1, 'next'),
    number < cuts.length && link(cuts.length, 'last'),
    number > 1 && link(1, 'first'),
  ].filter((text) => text !== false);
  return {
    status: 200,
    body: bodyOf(cuts[number - 1] ?? []),
    ...(links.length > 0 && { headers: { link: links.join(', ') } }),
  };
}
