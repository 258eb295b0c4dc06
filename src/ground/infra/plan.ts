import { dirname, join, resolve } from 'node:path';
import type { Context } from '../../base/context.js';
import { makeOwnFolder } from '../../base/files/own-folder.js';
import type { Page } from '../../base/tell/page.js';
import { planStack } from '../../terraform/apply.js';
import type { StackPlan } from '../../terraform/plan/plan.js';
import { planPage } from '../../terraform/plan/plan-page.js';
import { monthlyCost } from './cost.js';
import { makePrivateFolder } from './generated.js';
import type { OpenInfra } from './open.js';
import { openInfra } from './open.js';
import type { InfraRequest } from './request.js';
import type { PlanResult } from './result.js';
import { planResult } from './result.js';

export interface PlanAsked {
  readonly image?: string | undefined;
  /** Undefined: under `.lading` in the working directory. */
  readonly out?: string | undefined;
  readonly lockState: boolean;
  readonly lockTimeout: number;
  /** The plan becomes a comment of the pull request. */
  readonly comment?: boolean | undefined;
  readonly pullRequest?: number | undefined;
  readonly githubToken?: string | undefined;
}

/** Says what an apply would do, and saves it for one. */
export async function planInfra(request: InfraRequest, asked: PlanAsked, context: Context): Promise<PlanResult> {
  const open = await openInfra(request, { image: asked.image, need: 'values' }, context);
  try {
    const file = asked.out ?? (await planFile(request, context));
    await makePrivateFolder(dirname(file));
    const plan = await planStack(open.stack, { file, lock: asked.lockState, lockTimeout: asked.lockTimeout }, context);
    const page = showPlan(open, plan, context);
    if (asked.comment) await commentPlan(page, open, asked, context);
    return planResult(open, plan, file);
  } finally {
    await open.close();
  }
}

/** A plan holds values of the stack, secret ones too: its folder is its owner's alone. */
export async function planFile({ stack }: Pick<InfraRequest, 'stack'>, { cwd }: Pick<Context, 'cwd'>): Promise<string> {
  const file = resolve(cwd, '.lading', 'infra', `${stack}.tfplan`);
  await makeOwnFolder(file);
  await makePrivateFolder(join(file, '..'));
  return file;
}

/** At a terminal at once, and as the summary of a job. */
export function showPlan(open: OpenInfra, plan: StackPlan, context: Context, destroys = false): Page {
  const { request, account, region, stack, image } = open;
  const costs = request.stack === 'service' && plan.counts.add > 0 && !destroys;
  const facts = [
    { name: 'Name', value: request.name },
    { name: 'Account', value: `${account}, ${region}` },
    { name: 'State', value: { code: `s3://${request.bucket}/${request.key}` } },
    { name: 'Image', value: image === undefined || destroys ? undefined : { code: image } },
    { name: 'Costs', value: costs ? monthlyCost(request.variables) : undefined },
    { name: 'Made by', value: `${stack.program.name} ${stack.program.version}` },
  ];
  const page = planPage(plan, { stack: request.stack, facts, destroys });
  context.report({ type: 'page', page, brief: page });
  return page;
}

async function commentPlan(
  page: Page,
  { request }: OpenInfra,
  { pullRequest, githubToken: token }: PlanAsked,
  context: Context,
): Promise<void> {
  const { commentOnPullRequest } = await import('./comment.js');
  await commentOnPullRequest(page, { pullRequest, token, about: `${request.bucket}/${request.key}` }, context);
}
