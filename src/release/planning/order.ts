import type { InputIssue } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';

interface Ordered {
  readonly name: string;
  readonly after?: readonly string[] | undefined;
  readonly where: (field?: string) => string;
}

/** Each after those that it names, else as they stand. Unknown names, itself and circles are told. */
export function inOrder<Item extends Ordered>(items: readonly Item[], issues: InputIssue[]): readonly Item[] {
  const names = new Set(items.map(({ name }) => name));
  const known = new Map<Item, readonly string[]>();
  for (const item of items) {
    const before = (item.after ?? []).filter((name) => {
      if (name === item.name) issues.push({ where: item.where('after'), message: `\`${name}\` comes after itself` });
      else if (!names.has(name)) issues.push(unknownName(name, names, item.where('after'), 'service'));
      return name !== item.name && names.has(name);
    });
    known.set(item, before);
  }
  const done = new Set<string>();
  const left = [...items];
  const sorted: Item[] = [];
  while (left.length > 0) {
    const free = left.findIndex((item) => known.get(item)?.every((name) => done.has(name)));
    const circle = free < 0 ? circleIn(left, known) : [];
    // A circle is told once, and broken at its first.
    if (circle[0]) issues.push(circleIssue(circle));
    const [next] = left.splice(circle[0] ? left.indexOf(circle[0]) : free, 1) as [Item];
    done.add(next.name);
    sorted.push(next);
  }
  return sorted;
}

/** A service that waits for a task waits for the services that this one waits for, too. */
export function afterTasks<Item extends Ordered>(
  services: readonly Item[],
  tasks: readonly { readonly before?: readonly string[]; readonly after?: readonly string[] }[],
): readonly Item[] {
  const names = new Set(services.map(({ name }) => name));
  return services.map((service) => {
    const more = tasks
      .filter(({ before }) => before?.includes(service.name))
      .flatMap(({ after = [] }) => after)
      .filter((name) => names.has(name) && name !== service.name);
    return more.length === 0 ? service : { ...service, after: [...new Set([...(service.after ?? []), ...more])] };
  });
}

/** Items of which each comes after the next one, and the last after the first. Every item comes after one of them all. */
function circleIn<Item extends Ordered>(
  items: readonly Item[],
  known: ReadonlyMap<Item, readonly string[]>,
): readonly Item[] {
  const path: Item[] = [];
  let at = items[0];
  while (at && !path.includes(at)) {
    path.push(at);
    const before: readonly string[] = known.get(at) ?? [];
    at = items.find(({ name }) => before.includes(name));
  }
  return at ? path.slice(path.indexOf(at)) : path;
}

function circleIssue(circle: readonly Ordered[]): InputIssue {
  const names = [...circle, ...circle.slice(0, 1)].map(({ name }) => name);
  return {
    where: circle[0]?.where('after') ?? '',
    message: `\`after\` goes round: ${names.join(' after ')}`,
    hint: 'Take one of them away.',
  };
}

/** A name that nothing is called by, with the nearest. */
export function unknownName(name: string, known: Iterable<string>, where: string, kind: string): InputIssue {
  const names = [...known];
  const near = nearest(name, names);
  const there = names.length > 0 ? `There ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}.` : undefined;
  return {
    where,
    message: `there is no ${kind} ${JSON.stringify(name)}`,
    hint: near ? `Did you mean ${near}?` : there,
  };
}
