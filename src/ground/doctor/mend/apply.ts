import { rename as renameFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../../base/context.js';
import { LadingError } from '../../../base/errors.js';
import { pathExists, refuseLinks, replaceFile } from '../../../base/files/files.js';
import { withTask } from '../../../base/tell/report.js';
import { openAws } from '../../../aws/session.js';
import type { FileChange, MendPlan } from './plan.js';

/** Writes the files. Each is told as `lading.yml`, or `a.tf → a.tfbackend`. */
export async function applyFileMends(folder: string, files: readonly FileChange[]): Promise<readonly string[]> {
  const told: string[] = [];
  for (const { file, before, after, rename } of files) {
    const path = join(folder, file);
    await refuseLinks(path, folder);
    if (after !== before) await replaceFile(path, after, (await stat(path)).mode & 0o777);
    if (rename !== undefined) {
      const to = join(folder, rename);
      if (await pathExists(to)) {
        const hint = `Lay what ${file} says into ${rename}, and remove ${file}.`;
        throw new LadingError('input', `${rename} is there already: ${file} keeps its name`, {
          code: 'FILE_EXISTS',
          hint,
        });
      }
      await renameFile(path, to);
    }
    told.push(rename === undefined ? file : `${file} → ${rename}`);
  }
  return told;
}

/** Changes settings of AWS, one after the other. */
export async function applySettings(settings: MendPlan['settings'], context: Context): Promise<readonly string[]> {
  const told: string[] = [];
  for (const { mend } of settings) {
    const session = await openAws(context, { region: mend.region });
    await withTask(context, mend.ask, () => session.api(mend.service).call(mend.operation, mend.input));
    told.push(mend.ask);
  }
  return told;
}
