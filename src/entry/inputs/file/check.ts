import type { InputIssue } from '../../../base/errors.js';
import type { Given } from '../given.js';
import { asMap } from '../given.js';
import { nearest } from '../../../base/nearest.js';
import { parseInput } from '../value/parse-input.js';
import type { Section, Shape } from './shape.js';
import { keysIn } from './shape.js';

/** Who has more than that reads no further. */
const ENOUGH = 50;

interface CheckOptions {
  readonly cwd: string;
  readonly skip: (key: string) => boolean;
  /** The key of the part that is checked, as `environments.staging`. */
  readonly under?: string;
}

/** Unknown keys with the nearest, sections that are none, and every value that its input does not take. */
export function checkSection(
  given: Given,
  section: Section,
  options: CheckOptions,
): { readonly issues: readonly InputIssue[]; readonly unknown: boolean } {
  const issues: InputIssue[] = [];
  let left = 0;
  let unknown = false;
  let known: readonly string[] | undefined;
  const tell = (more: readonly InputIssue[]) => {
    const room = Math.max(0, ENOUGH - issues.length);
    issues.push(...more.slice(0, room));
    left += Math.max(0, more.length - room);
  };

  function checkMap(at: Given, shape: Section, path: string): void {
    const map = asMap(at);
    if (!map)
      return tell([{ where: at.where, message: `\`${path || (options.under ?? 'it')}\` takes keys, not a ${at.is}` }]);
    for (const [name, { keyWhere, value }] of map.entries) {
      if (path === '' && options.skip(name)) continue;
      const key = path === '' ? name : `${path}.${name}`;
      const next: Shape | undefined = shape.keys.get(name);
      if (next?.is === 'section') checkMap(value, next, key);
      else if (next) tell(parseInput(next.input, value, options.cwd).issues);
      else {
        unknown = true;
        known ??= keysIn(section);
        const near = issues.length < ENOUGH ? nearest(key, [...known, ...sectionsOf(known)]) : undefined;
        const within = options.under ? ` of ${options.under}` : '';
        const message = `${JSON.stringify(key)} is not a key${within}`;
        tell([{ where: keyWhere, message, hint: near && `Did you mean ${near}?` }]);
      }
    }
  }

  checkMap(given, section, '');
  if (left > 0) issues.push({ where: given.where.replace(/:\d+:\d+$/, ''), message: `and ${left} more mistakes` });
  return { issues, unknown };
}

function sectionsOf(keys: readonly string[]): readonly string[] {
  return keys.flatMap((key) => {
    const parts = key.split('.').slice(0, -1);
    return parts.map((_part, at) => parts.slice(0, at + 1).join('.'));
  });
}
