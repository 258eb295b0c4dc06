import { invalid } from '../engine/fault.js';
import { number, text } from '../engine/fields.js';
import type { Json } from '../engine/state.js';
import type { Paging } from './operation.js';

/** A piece of a list of unique keys, and the token for the next. A token names the key that the next page begins after. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  input: Json,
  paging: Paging,
): { readonly items: readonly Item[]; readonly nextToken?: string } {
  const asked = number(input, 'maxResults') ?? 100;
  if (asked < 1 || asked > 100) throw invalid('maxResults must be between 1 and 100.');
  const size = Math.min(asked, paging.limit);
  const from = positionAfter(items, keyOf, text(input, 'nextToken'));
  const page = items.slice(from, from + size);
  const isMore = from + size < items.length;
  return { items: page, ...(isMore && { nextToken: encode(keyOf(page.at(-1)!), from + size) }) };
}

/** What came before may be gone by now: then the position counts. */
function positionAfter<Item>(items: readonly Item[], keyOf: (item: Item) => string, token: string | undefined): number {
  if (token === undefined) return 0;
  const [key, position] = decode(token);
  const at = items.findIndex((item) => keyOf(item) === key);
  return at < 0 ? position : at + 1;
}

function encode(key: string, position: number): string {
  return Buffer.from(JSON.stringify([key, position])).toString('base64');
}

function decode(token: string): [string, number] {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64').toString());
    if (Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number')
      return [value[0], value[1]];
  } catch {
    // Told below.
  }
  throw invalid('Invalid token.');
}
