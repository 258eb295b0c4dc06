import type { InputIssue } from '../base/errors.js';
import { InputError } from '../base/errors.js';
import type { Origins } from '../base/declare/origin.js';

/** For a verb that does one thing at a time: the one that is in play. */
export function onlyOne<Item extends { readonly name: string }>(items: readonly Item[], origins: Origins): Item {
  const [only, ...more] = items;
  if (only && more.length === 0) return only;
  throw new InputError(notOne(items, origins));
}

export function notOne(items: readonly { readonly name: string }[], origins: Origins): InputIssue {
  return {
    where: origins.where('only'),
    message: `it is not said which one: there are ${items.map(({ name }) => name).join(', ')}`,
    hint: `Choose one, as --only ${items[0]?.name ?? 'NAME'}.`,
  };
}
