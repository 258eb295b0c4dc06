import { readFile } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import type { Context } from '../../base/context.js';
import { say } from '../../base/tell/report.js';
import { openInfra } from './open.js';
import type { InfraRequest } from './request.js';
import type { InfraResult } from './result.js';
import { infraResult } from './result.js';
import type { Owner, ScaffoldFile } from './scaffold.js';
import { applyScaffold, planScaffold } from './scaffold.js';

export interface InitResult {
  /** Relative to the working directory. */
  readonly files: readonly { readonly path: string; readonly action: ScaffoldFile['action'] }[];
  /** Undefined when it was only told. */
  readonly stack?: InfraResult | undefined;
}

/** Writes the files of the stack that are missing, and connects it with its state. What is there is the user's and stays. */
export async function initInfra(
  request: InfraRequest,
  asked: { readonly owner?: Owner | undefined; readonly image?: string | undefined; readonly dryRun: boolean },
  context: Context,
): Promise<InitResult> {
  const files = await planScaffold(request.stack, request.folder, asked.owner ?? 'deployer', context.cwd);
  await tellWhatImagesHold(files, request, context);
  const told = files.map(({ path, action }) => ({ path: relative(context.cwd, path), action }));
  if (asked.dryRun) return { files: told };
  const { image } = asked;
  const open = await openInfra(request, { image, need: 'some', prepare: () => applyScaffold(files) }, context);
  return { files: told, stack: infraResult(open) };
}

/** A `.dockerignore` of the user's own stays as it is. */
async function tellWhatImagesHold(
  files: readonly ScaffoldFile[],
  { folder }: InfraRequest,
  context: Pick<Context, 'cwd' | 'report'>,
): Promise<void> {
  const found = files.find(({ path, action }) => basename(path) === '.dockerignore' && action === 'kept');
  if (!found) return;
  const [top = ''] = relative(context.cwd, folder).split(/[\\/]/);
  const lines = (await readFile(found.path, 'utf8')).split(/\r?\n/).map((line) => line.replace(/^\.?\/|\/$/g, ''));
  if (lines.includes(top)) return;
  say(context.report, 'info', `Images hold ${top}, too: a line ${top} in .dockerignore leaves it out.`);
}
