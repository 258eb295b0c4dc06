import { relative, sep } from 'node:path';
import type { Context } from '../../base/context.js';
import type { Block, Page } from '../../base/tell/page.js';
import { blockFor } from './diff.js';
import type { Carried } from './from/carried.js';
import type { FilePlan } from './write.js';

/** What will be written, and what could not be carried over: before anybody is asked whether it may. */
export function show(
  files: readonly FilePlan[],
  carried: Carried | undefined,
  { report, cwd }: Pick<Context, 'report' | 'cwd'>,
): void {
  const blocks: Block[] = files
    .filter(({ isTemplate }) => !isTemplate)
    .flatMap((file) => blockFor(file, shownPath(file.path, cwd)) ?? []);
  if (carried && carried.leftovers.length > 0) {
    const rows = carried.leftovers.map(({ where, what, hint = '' }) => [where, what, hint]);
    const columns = [{ name: 'where' }, { name: 'what' }, { name: 'what to do' }];
    blocks.push({ type: 'table', title: `Not carried over from ${carried.source}`, columns, rows });
  }
  const templates = files.filter(({ isTemplate, action }) => isTemplate && action === 'created');
  if (templates.length > 0) {
    const names = templates.map(({ path }) => shownPath(path, cwd)).join('\n');
    blocks.push({ type: 'code', title: 'Also new, as lading brings them', language: 'text', text: names });
  }
  if (blocks.length === 0) return;
  const page: Page = { title: 'lading init', blocks };
  report({ type: 'page', page, brief: page });
}

/** As a person in the working directory names it. */
export function shownPath(path: string, cwd: string): string {
  return relative(cwd, path).split(sep).join('/');
}
