import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, InputError, messageOf } from '../../base/errors.js';
import { refuseLinks } from '../../base/files/files.js';
import { readText } from './look/read-text.js';

export type FileAction = 'created' | 'replaced' | 'unchanged' | 'kept';

export interface FileWish {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** It is the user's own as soon as it is there: one that differs stays. */
  readonly yields?: boolean | undefined;
  /** It is one of many that are the same for everybody: only its name is shown. */
  readonly isTemplate?: boolean | undefined;
}

export interface FilePlan extends FileWish {
  readonly action: FileAction;
  /** What is there now. */
  readonly before: string | undefined;
}

/** Compares with what is there. A link on the way, or something that is no file, is an input error. */
export async function compareFiles(files: readonly FileWish[], top: string): Promise<readonly FilePlan[]> {
  return Promise.all(
    files.map(async (file) => {
      await refuseLinks(file.path, top);
      const before = await readText(file.path);
      return { ...file, before, action: actionFor(file, before) };
    }),
  );
}

function actionFor({ text, yields }: FileWish, before: string | undefined): FileAction {
  if (before === undefined) return 'created';
  // Git may have given it the line ends of Windows.
  if (before.replaceAll('\r\n', '\n') === text.replaceAll('\r\n', '\n')) return 'unchanged';
  return yields ? 'kept' : 'replaced';
}

/**
 * All or none: everything is written beside its place first, and what was renamed before a failure is put back. A file
 * that somebody changed since it was compared stops it.
 */
export async function writeFiles(plans: readonly FilePlan[]): Promise<void> {
  const files = plans.filter(({ action }) => action === 'created' || action === 'replaced');
  const made: string[] = [];
  const drafts: { readonly draft: string; readonly file: FilePlan }[] = [];
  const done: FilePlan[] = [];
  let at: FilePlan | undefined;
  try {
    for (const file of files) {
      at = file;
      const first = await mkdir(dirname(file.path), { recursive: true });
      if (first !== undefined) made.push(...foldersBetween(first, dirname(file.path)));
      const draft = `${file.path}.${randomBytes(6).toString('hex')}.tmp`;
      drafts.push({ draft, file });
      await writeFile(draft, file.text, { flag: 'wx', mode: await modeOf(file.path) });
    }
    for (const { draft, file } of drafts) {
      at = file;
      if ((await readText(file.path)) !== file.before) throw changedMeanwhile(file);
      await rename(draft, file.path);
      done.push(file);
    }
  } catch (error) {
    for (const { path, before } of done.reverse())
      await (before === undefined ? rm(path, { force: true }) : writeFile(path, before)).catch(() => undefined);
    for (const { draft } of drafts) await rm(draft, { force: true }).catch(() => undefined);
    for (const folder of made.reverse()) await rmdir(folder).catch(() => undefined);
    throw errnoOf(error) === undefined ? error : unwritable(at?.path ?? '', error);
  }
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mode ?? 0o644;
}

/** The folders that were made, outermost first. */
function foldersBetween(first: string, last: string): readonly string[] {
  const folders: string[] = [];
  for (let at = last; at.length >= first.length; at = dirname(at)) folders.unshift(at);
  return folders;
}

function changedMeanwhile({ path }: FilePlan): InputError {
  const message = 'was changed by somebody else in the meantime: nothing is written';
  return new InputError({ where: path, message, hint: 'Run it again.' }, 'FILE_CHANGED');
}

function unwritable(path: string, cause: unknown): InputError {
  const message = `cannot be written, so nothing is: ${messageOf(cause)}`;
  return new InputError({ where: path, message, hint: 'Make the folder and the file writable.' }, 'UNWRITABLE');
}
