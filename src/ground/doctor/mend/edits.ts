import type { Edit } from '../finding.js';

/** The text with its edits, from the last to the first. Of edits that overlap the first one counts; the same one twice is one. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: added } of [...kept(edits)].reverse())
    result = `${result.slice(0, start)}${added}${result.slice(end)}`;
  return result;
}

function kept(edits: readonly Edit[]): readonly Edit[] {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  const list: Edit[] = [];
  for (const edit of sorted) {
    const last = list.at(-1);
    if (last && (edit.start < last.end || (edit.start === last.start && edit.text === last.text))) continue;
    list.push(edit);
  }
  return list;
}

/** Lines around a change. */
const AROUND = 2;

/** A unified diff of two texts of one file: what is equal at the beginning and the end of them is left out. */
export function diffText(file: string, before: string, after: string, renamed = file): string {
  const head = `--- a/${file}\n+++ b/${renamed}`;
  if (before === after) return renamed === file ? '' : head;
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  const hunks = hunksOf(old, fresh);
  return [head, ...hunks].join('\n');
}

/** By the longest common lines, in windows: files are short, and changes few. */
function hunksOf(old: readonly string[], fresh: readonly string[]): readonly string[] {
  const steps = align(old, fresh);
  const changed = steps.flatMap(({ kind }, at) => (kind === ' ' ? [] : [at]));
  const hunks: string[] = [];
  for (let from = 0; from < changed.length;) {
    let to = from;
    while (to + 1 < changed.length && (changed[to + 1] ?? 0) - (changed[to] ?? 0) <= AROUND * 2) to++;
    const part = steps.slice(Math.max(0, (changed[from] ?? 0) - AROUND), (changed[to] ?? 0) + AROUND + 1);
    const [first] = part;
    const count = (kinds: string) => part.filter(({ kind }) => kinds.includes(kind)).length;
    hunks.push(`@@ -${(first?.old ?? 0) + 1},${count(' -')} +${(first?.fresh ?? 0) + 1},${count(' +')} @@`);
    hunks.push(...part.map(({ kind, text }) => `${kind}${text}`));
    from = to + 1;
  }
  return hunks;
}

interface Step {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
  readonly old: number;
  readonly fresh: number;
}

/** How far ahead an equal line is looked for. */
const AHEAD = 60;

function align(old: readonly string[], fresh: readonly string[]): readonly Step[] {
  const steps: Step[] = [];
  let [a, b] = [0, 0];
  const push = (kind: Step['kind'], text = '') => steps.push({ kind, text, old: a, fresh: b });
  while (a < old.length || b < fresh.length) {
    if (a < old.length && b < fresh.length && old[a] === fresh[b]) {
      push(' ', old[a]);
      a++;
      b++;
      continue;
    }
    const [skipOld, skipFresh] = nextEqual(old.slice(a, a + AHEAD), fresh.slice(b, b + AHEAD));
    for (let at = 0; at < skipOld; at++) {
      push('-', old[a]);
      a++;
    }
    for (let at = 0; at < skipFresh; at++) {
      push('+', fresh[b]);
      b++;
    }
  }
  return steps;
}

/** How many lines of each go by until two are equal; all of them when none are. */
function nextEqual(old: readonly string[], fresh: readonly string[]): readonly [number, number] {
  for (let sum = 1; sum < old.length + fresh.length; sum++) {
    for (let skip = Math.max(0, sum - fresh.length + 1); skip <= Math.min(sum, old.length - 1); skip++)
      if (old[skip] === fresh[sum - skip]) return [skip, sum - skip];
  }
  return [old.length, fresh.length];
}
