import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Context } from '../../base/context.js';
import { InputError, LadingError, withResult } from '../../base/errors.js';
import { pathExists } from '../../base/files/files.js';
import type { Applied } from '../../terraform/apply.js';
import { applyPlan, planStack, readPlan } from '../../terraform/apply.js';
import type { StackOutputs } from '../../terraform/outputs.js';
import { readOutputs } from '../../terraform/outputs.js';
import type { StackPlan } from '../../terraform/plan/plan.js';
import { makePrivateFolder } from './generated.js';
import type { OpenInfra } from './open.js';
import { openInfra } from './open.js';
import { planFile, showPlan } from './plan.js';
import type { InfraRequest } from './request.js';
import type { ApplyResult } from './result.js';
import { planResult } from './result.js';

export interface ApplyAsked {
  readonly image?: string | undefined;
  /** The image has its digest, and is there or will be: it is not looked for. */
  readonly isPinned?: boolean | undefined;
  /** A plan that was saved: it and nothing else is applied. */
  readonly plan?: string | undefined;
  readonly lockTimeout: number;
  readonly dryRun: boolean;
}

/** Plans to a file, shows it, and applies that file. */
export async function applyInfra(request: InfraRequest, asked: ApplyAsked, context: Context): Promise<ApplyResult> {
  const { plan: saved, image, isPinned, dryRun } = asked;
  if (saved !== undefined && !(await pathExists(saved))) {
    const hint = `Make it with lading infra plan ${request.stack}, and hand the file on to this job.`;
    throw new InputError({ where: '--plan', message: `there is no file ${saved}`, hint });
  }
  if (saved !== undefined && image !== undefined) {
    throw new InputError({
      where: '--image',
      message: 'says nothing beside --plan: the plan has its image',
      hint: 'Leave one of them out.',
    });
  }
  // A saved plan has its values in it.
  const need = saved === undefined ? 'values' : 'state';
  const open = await openInfra(request, { image, isPinned, dryRun, need }, context);
  return changeInfra(open, { ...asked, destroy: false }, context);
}

export interface DestroyAsked {
  /** The name of what is destroyed, once more. */
  readonly confirm?: string | undefined;
  readonly lockTimeout: number;
  readonly dryRun: boolean;
}

/** Takes away everything that the stack has made. */
export async function destroyInfra(request: InfraRequest, asked: DestroyAsked, context: Context): Promise<ApplyResult> {
  if (!asked.dryRun && asked.confirm !== request.name) {
    throw new InputError({
      where: '--confirm',
      message: asked.confirm === undefined ? 'is missing' : `is ${asked.confirm}, and the stack is of ${request.name}`,
      hint: `Look at it with --dry-run, then give --confirm ${request.name}.`,
    });
  }
  const open = await openInfra(request, { dryRun: asked.dryRun, need: 'destroy' }, context);
  return changeInfra(open, { ...asked, destroy: true }, context);
}

interface Change {
  readonly plan?: string | undefined;
  readonly destroy: boolean;
  readonly lockTimeout: number;
  readonly dryRun: boolean;
}

async function changeInfra(open: OpenInfra, change: Change, context: Context): Promise<ApplyResult> {
  const { dryRun, destroy } = change;
  const file = change.plan ?? (dryRun ? await draftFile() : await planFile(open.request, context));
  try {
    const plan = await planOf(open, file, change, context);
    showPlan(open, plan, context, destroy);
    const result = { ...planResult(open, plan, undefined), dryRun };
    const applied = dryRun || plan.clean ? undefined : await applyWith(open, plan, file, change, result, context);
    const outputs = await outputsOf(open, applied, result, context);
    return {
      ...result,
      ...(applied && { applied: { done: applied.done, counts: applied.counts } }),
      outputs: outputs.values,
      sensitive: outputs.sensitive,
    };
  } finally {
    // It is worth nothing now, and may have secrets in it.
    if (change.plan === undefined) await rm(dryRun ? dirname(file) : file, { recursive: true, force: true });
    await open.close();
  }
}

async function draftFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-plan-'));
  await makePrivateFolder(folder);
  return join(folder, 'draft.tfplan');
}

async function planOf(open: OpenInfra, file: string, change: Change, context: Context): Promise<StackPlan> {
  if (change.plan !== undefined) return readPlan(open.stack, file, context);
  const { destroy, dryRun, lockTimeout } = change;
  const options = { file, destroy, lock: !dryRun, lockTimeout, variableFile: open.variableFile };
  return planStack(open.stack, options, context);
}

async function applyWith(
  open: OpenInfra,
  plan: StackPlan,
  file: string,
  { destroy, lockTimeout }: Change,
  result: object,
  context: Context,
): Promise<Applied> {
  try {
    return await applyPlan(open.stack, { file, resources: plan.changes.length, destroy }, { lockTimeout }, context);
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    throw withResult(error, { ...result, ...(error.result as object | undefined) });
  }
}

/** What was applied stays told when only the outputs cannot be read. */
async function outputsOf(
  open: OpenInfra,
  applied: Applied | undefined,
  result: object,
  context: Context,
): Promise<StackOutputs> {
  try {
    return await readOutputs(open.stack, context);
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    throw withResult(error, { ...result, applied });
  }
}
