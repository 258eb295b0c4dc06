import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileMend, Finding, SettingMend } from '../finding.js';
import { applyEdits, diffText } from './edits.js';

export interface MendPlan {
  readonly files: readonly FileChange[];
  readonly settings: readonly { readonly finding: Finding; readonly mend: SettingMend }[];
  /** Of all files, as `git diff` shows it; empty when there is none. */
  readonly diff: string;
}

export interface FileChange {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly rename: string | undefined;
}

/** What `--fix` and `--set` would do about what was found. */
export async function planMends(folder: string, findings: readonly Finding[]): Promise<MendPlan> {
  const byFile = new Map<string, Pick<FileMend, 'file' | 'edits' | 'rename'>[]>();
  const settings: { finding: Finding; mend: SettingMend }[] = [];
  for (const finding of findings) {
    const { mend } = finding;
    if (mend?.in === 'aws') settings.push({ finding, mend });
    if (mend?.in !== 'file') continue;
    for (const one of [mend, ...(mend.also ?? [])]) byFile.set(one.file, [...(byFile.get(one.file) ?? []), one]);
  }
  const files = await Promise.all(
    [...byFile].map(async ([file, mends]): Promise<FileChange> => {
      const before = await readFile(join(folder, file), 'utf8');
      const after = applyEdits(
        before,
        mends.flatMap(({ edits }) => edits),
      );
      return { file, before, after, rename: mends.find(({ rename }) => rename !== undefined)?.rename };
    }),
  );
  const diff = files.map(({ file, before, after, rename }) => diffText(file, before, after, rename)).join('\n');
  return { files, settings, diff };
}
