import type { TaskDefinition } from '../shapes.js';
import { canonicalDefinition } from './canonical.js';

/** A line for each value that differs, as `containerDefinitions.web.image: a → b`. */
export function diffDefinitions(before: TaskDefinition, after: TaskDefinition): readonly string[] {
  const from = flatten(JSON.parse(canonicalDefinition(before)));
  const to = flatten(JSON.parse(canonicalDefinition(after)));
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort();
  return paths.flatMap((path) => {
    const [was, is] = [from.get(path), to.get(path)];
    if (was === is) return [];
    // The values of variables may be secret: only that they changed is told.
    const hidden = /\.environment\..*\.value$/.test(path);
    if (hidden) return [`${path}: ${was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'}`];
    return [`${path}: ${was ?? '(none)'} → ${is ?? '(none)'}`];
  });
}

function flatten(value: unknown, path = ''): Map<string, string> {
  const flat = new Map<string, string>();
  if (value === null || typeof value !== 'object') {
    flat.set(path, typeof value === 'string' ? value : JSON.stringify(value));
    return flat;
  }
  for (const [key, entry] of Object.entries(value)) {
    const name = (entry as { name?: unknown } | null)?.name;
    const step = Array.isArray(value) && typeof name === 'string' ? name : key;
    for (const [inner, text] of flatten(entry, path === '' ? step : `${path}.${step}`)) flat.set(inner, text);
  }
  return flat;
}
