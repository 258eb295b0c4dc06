import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** As many as Linux follows in one path. */
const MOST_LINKS = 40;

/**
 * Where a path of an image lies on this computer: `root` stands for `/`, so neither `..` nor any link leads out of it.
 * What does not exist yet has no links. With `keepLast` a link at the end is named itself, not what it points to.
 * Throws when links go in a circle.
 */
export function rootedPath(root: string, path: string, options: { readonly keepLast?: boolean } = {}): string {
  const left = partsOf(path);
  let at = root;
  let links = 0;
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    if (part === '..') {
      at = at === root ? root : dirname(at);
      continue;
    }
    const next = join(at, part);
    if (left.length === 0 && options.keepLast) return next;
    if (!lstatSync(next, { throwIfNoEntry: false })?.isSymbolicLink()) {
      at = next;
      continue;
    }
    if (++links > MOST_LINKS) throw new Error(`too many links in ${path}`);
    const target = readlinkSync(next);
    if (target.startsWith('/')) at = root;
    left.unshift(...partsOf(target));
  }
  return at;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
