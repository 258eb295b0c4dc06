import { structuredPatch } from 'diff';
import type { Block } from '../../base/tell/page.js';
import type { FilePlan } from './write.js';

/** Longer differences are nobody's to read, and long to find. */
const MOST_EDITS = 2000;

/** What would be written: a new file as it is, one that changes as its differences. Undefined for what stays. */
export function blockFor({ action, before, text }: FilePlan, path: string): Block | undefined {
  if (action === 'created')
    return { type: 'code', title: `${path} (new)`, language: languageOf(path), text: text.trimEnd() };
  if (action !== 'replaced') return undefined;
  return { type: 'code', title: `${path} (changed)`, language: 'diff', text: diffOf(before ?? '', text) };
}

/** The changed lines with three around them, as `diff -u` has them, without its two first lines. */
export function diffOf(before: string, after: string): string {
  const [old, fresh] = [before, after].map((text) => text.replaceAll('\r\n', '\n')) as [string, string];
  const patch = structuredPatch('', '', old, fresh, '', '', { context: 3, maxEditLength: MOST_EDITS });
  if (patch === undefined) return `all of it: ${lines(old)} lines become ${lines(fresh)}`;
  return patch.hunks
    .map((hunk) => {
      const head = `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
      return [head, ...hunk.lines].join('\n');
    })
    .join('\n');
}

function lines(text: string): number {
  return text.split('\n').length - 1;
}

function languageOf(path: string): string {
  if (/\.ya?ml$/.test(path)) return 'yaml';
  return /Dockerfile$/.test(path) ? 'dockerfile' : 'text';
}
