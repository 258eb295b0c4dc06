import { relative } from 'node:path';
import type { Context } from '../../base/context.js';
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
  asked: { readonly owner: Owner; readonly image?: string | undefined; readonly dryRun: boolean },
  context: Context,
): Promise<InitResult> {
  const files = await planScaffold(request.stack, request.folder, asked.owner);
  const told = files.map(({ path, action }) => ({ path: relative(context.cwd, path), action }));
  if (asked.dryRun) return { files: told };
  const { image } = asked;
  const open = await openInfra(request, { image, need: 'some', prepare: () => applyScaffold(files) }, context);
  return { files: told, stack: infraResult(open) };
}
