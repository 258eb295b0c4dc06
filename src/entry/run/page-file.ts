import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, InputError, messageOf } from '../../base/errors.js';
import { replaceFile } from '../../base/files/files.js';
import type { Block, Page } from '../../base/tell/page.js';
import type { ErrorView } from './describe-error.js';

/** What a run has to show, as one file that any browser opens. */
export interface PageFile {
  add(page: Page): void;
  /** Writes all that came. Of a run that failed, the failure stands first. */
  write(failed?: ErrorView): Promise<void>;
}

/** Undefined without a file. What cannot be written is told before anything else is done. */
export async function openPageFile(
  file: string | undefined,
  { verb, where }: { readonly verb: string; readonly where: string },
): Promise<PageFile | undefined> {
  if (file === undefined) return undefined;
  const refuse = (message: string) =>
    new InputError({
      where,
      message: `${file} ${message}`,
      hint: 'Name a file in a folder that is there and may be written to.',
    });
  const folder = await stat(dirname(file)).catch(() => undefined);
  if (!folder?.isDirectory()) throw refuse('lies in a folder that does not exist');
  if ((await stat(file).catch(() => undefined))?.isDirectory()) throw refuse('is a folder');
  await access(dirname(file), constants.W_OK).catch((error: unknown) => {
    throw refuse(`cannot be written (${errnoOf(error) ?? messageOf(error)})`);
  });
  const pages: Page[] = [];
  return {
    add: (page) => void pages.push(page),
    async write(failed) {
      const [first] = pages;
      const title = first?.title ?? `lading ${verb}`;
      const blocks = pages.flatMap((page): readonly Block[] => page.blocks);
      const note: Block[] = failed ? [failureNote(failed)] : [];
      const done: Block[] = blocks.length === 0 && !failed ? [{ type: 'note', level: 'good', text: 'Done.' }] : [];
      const { renderHtml } = await import('../../report/page/html.js');
      await replaceFile(file, renderHtml({ title, blocks: [...note, ...blocks, ...done] }));
    },
  };
}

function failureNote({ message, hint, issues }: ErrorView): Block {
  const lines = issues
    ? issues.map((issue) => `${issue.where}: ${issue.message}${issue.hint ? ` (${issue.hint})` : ''}`)
    : [message, ...(hint ? [`Fix: ${hint}`] : [])];
  return { type: 'note', level: 'error', text: lines.join('\n') };
}
