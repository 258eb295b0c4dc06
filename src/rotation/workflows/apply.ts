import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Context } from '../../base/context.js';
import { errnoOf, InputError, messageOf } from '../../base/errors.js';
import { refuseLinks } from '../../base/files/files.js';
import type { WorkflowFile } from './steps.js';

export interface AppliedFile {
  readonly path: string;
  readonly action: 'created' | 'replaced' | 'unchanged';
}

/** Writes the files, or tells what would be written. All or nothing: one that differs stops it before the first. */
export async function applyWorkflows(
  files: readonly WorkflowFile[],
  { cwd }: Pick<Context, 'cwd'>,
  options: { readonly force: boolean; readonly dryRun: boolean },
): Promise<readonly AppliedFile[]> {
  const found = await Promise.all(
    files.map(async ({ path, text }) => {
      const present = await readPresent(cwd, path);
      const action = present === undefined ? 'created' : present === text ? 'unchanged' : 'replaced';
      return { path, text, action } as const;
    }),
  );
  const differing = found.filter(({ action }) => action === 'replaced');
  if (differing.length > 0 && !options.force) {
    throw new InputError(
      differing.map(({ path }) => ({
        where: path,
        message: 'is there already and differs',
        hint: 'Compare it by --dry-run and git diff, or replace it by --force.',
      })),
    );
  }
  for (const { path, text, action } of options.dryRun ? [] : found) {
    if (action === 'unchanged') continue;
    const file = join(cwd, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    } catch (error) {
      throw new InputError({ where: path, message: messageOf(error) });
    }
  }
  return found.map(({ path, action }) => ({ path, action }));
}

/** Undefined when there is no such file. A link, of the file or on the way to it, would lead out of the repository. */
async function readPresent(cwd: string, path: string): Promise<string | undefined> {
  const file = join(cwd, path);
  await refuseLinks(file, cwd);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw new InputError({ where: path, message: messageOf(error) });
  }
}
