import type { Context } from '../../base/context.js';
import { cancelled, InputError } from '../../base/errors.js';
import { diffOf } from './diff.js';
import type { Carried } from './from/carried.js';
import { show, shownPath } from './show.js';
import type { FileAction, FilePlan, FileWish } from './write.js';
import { compareFiles, writeFiles } from './write.js';

export interface SettledFiles {
  readonly files: readonly {
    /** Relative to the working directory. */
    readonly path: string;
    readonly action: FileAction;
    /** Of a file that is replaced. */
    readonly diff?: string | undefined;
  }[];
  readonly written: boolean;
}

export interface FileConsent {
  readonly yes?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Below it no link is followed. */
  readonly top: string;
  readonly carried?: Carried | undefined;
}

/** Shows what is to be written, asks whether it may be, and writes all of it or nothing. */
export async function settleFiles(
  wishes: readonly FileWish[],
  consent: FileConsent,
  context: Pick<Context, 'cwd' | 'report' | 'ask'>,
): Promise<SettledFiles> {
  const { cwd } = context;
  const plans = await compareFiles(wishes, consent.top);
  show(plans, consent.carried, context);
  const written = !consent.dryRun && (await agreed(plans, consent, context));
  if (written) await writeFiles(plans);
  const files = plans.map(({ path, action, before, text }) => ({
    path: shownPath(path, cwd),
    action,
    ...(action === 'replaced' && { diff: diffOf(before ?? '', text) }),
  }));
  return { files, written };
}

/** What is there and differs needs a word: a person’s, or `--force`. */
async function agreed(
  files: readonly FilePlan[],
  { force, yes }: FileConsent,
  { cwd, ask }: Pick<Context, 'cwd' | 'ask'>,
): Promise<boolean> {
  const differing = files.filter(({ action }) => action === 'replaced');
  const count = files.filter(({ action }) => action === 'created').length + differing.length;
  if (count === 0) return false;
  if (ask && !yes) {
    const text = `Write ${count === 1 ? 'this file' : `these ${count} files`}?`;
    const mistakeIn = (one: string) => (/^(?:y|yes|n|no)$/i.test(one) ? undefined : 'yes or no');
    if (/^y/i.test(await ask({ text, suggestion: 'yes', mistakeIn }))) return true;
    throw cancelled('lading init', 'Nothing is written.');
  }
  if (differing.length === 0 || force) return true;
  throw new InputError(
    differing.map(({ path }) => ({
      where: shownPath(path, cwd),
      message: 'is there already and differs: nothing is written',
      hint: 'Compare it by --dry-run, or replace it by --force.',
    })),
    'WOULD_REPLACE',
  );
}
