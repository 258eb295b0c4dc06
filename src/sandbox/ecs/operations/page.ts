import { AwsFault } from '../../service.js';
import type { Input } from '../state/records.js';

export interface Pages {
  /** Cuts a list as the operation does. `most` is the largest maxResults, `usual` the page without one. */
  cut<Entry>(
    entries: readonly Entry[],
    input: Input,
    limits: { readonly most: number; readonly usual: number },
  ): { readonly page: readonly Entry[]; readonly more: { readonly nextToken?: string } };
}

/** `size` makes every page short, as a real one may be whatever was asked. */
export function createPages(size = Infinity): Pages {
  return {
    cut(entries, input, { most, usual }) {
      const asked = input.maxResults === undefined ? usual : Number(input.maxResults);
      if (!Number.isInteger(asked) || asked < 1 || asked > most)
        throw new AwsFault('InvalidParameterException', `maxResults must be between 1 and ${most}.`);
      const about = JSON.stringify({ ...input, maxResults: undefined, nextToken: undefined });
      const from = input.nextToken === undefined ? 0 : position(String(input.nextToken), about);
      const page = entries.slice(from, from + Math.min(asked, size));
      const next = from + page.length;
      return { page, more: next < entries.length ? { nextToken: token(next, about) } : {} };
    },
  };
}

/** Opaque, and good only for the same question. */
function token(at: number, about: string): string {
  return Buffer.from(JSON.stringify([at, about])).toString('base64url');
}

function position(text: string, about: string): number {
  try {
    const [at, before] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (typeof at === 'number' && before === about) return at;
  } catch {
    // Not one of ours: refused below.
  }
  throw new AwsFault('InvalidParameterException', 'Invalid token.');
}
