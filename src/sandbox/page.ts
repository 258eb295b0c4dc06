/** Items from where the last page ended, and the token for the next page when there is one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly more: { readonly nextToken?: string };
}

/** What a page depends on; `size` is the most that the operation or the caller wants, `pageSize` that of the sandbox. */
export interface PageOptions {
  readonly token: string | undefined;
  readonly size: number;
  readonly pageSize: number | undefined;
  /** Thrown for a token that was never given out. */
  readonly invalid: () => Error;
}

/** A page of a list that keeps its order. Tokens say nothing to who reads them. */
export function pageOf<Item>(all: readonly Item[], options: PageOptions): Page<Item> {
  const from = options.token === undefined ? 0 : positionOf(options.token);
  if (from === undefined) throw options.invalid();
  const items = all.slice(from, from + Math.min(options.size, options.pageSize ?? Infinity));
  const next = from + items.length;
  return { items, more: next < all.length ? { nextToken: tokenFor(next) } : {} };
}

export function tokenFor(position: number): string {
  return Buffer.from(`page:${position}`).toString('base64url');
}

export function positionOf(token: string): number | undefined {
  const match = /^page:(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString('latin1'));
  return match === null ? undefined : Number(match[1]);
}
