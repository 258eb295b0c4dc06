import * as v from 'valibot';
import type { AwsSession } from '../../aws/api.js';
import { readArn } from '../../aws/arn.js';
import { isAwsFailure } from '../../aws/failure.js';
import { openAws } from '../../aws/session.js';
import type { Context } from '../../base/context.js';
import { LadingError, withResult } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import { withTask } from '../../base/tell/report.js';
import { applyItems } from '../../cloud/apply.js';
import type { Foundation } from '../../cloud/foundation.js';
import { planFoundation, planRemoval, readFoundation, readUse } from '../../cloud/foundation.js';
import type { PlanItem } from '../../cloud/item.js';
import type { GitHubSession } from '../../github/identity/open.js';
import { openGitHub, type GitHubChoice } from '../../github/identity/open.js';
import type { Place, Policies, ReleaseParts, WholeRequest } from './foundation.js';
import { designFoundation } from './foundation.js';
import { readHome } from './pipeline.js';
import type { BootstrapRequest } from './request.js';
import type { BootstrapResult } from './result.js';
import { bootstrapPage, bootstrapResult } from './result.js';
import { storeVariables, takeVariables } from './variables.js';

/** What a run may not see yet, or somebody else does at the same time, is looked at again for so long. */
const SETTLE_MS = 60_000;
const LOOK_MS = 2000;

export interface BootstrapParts {
  readonly parts: ReleaseParts;
  readonly policies: Policies;
  readonly gitHub: GitHubChoice;
}

/** Looks, plans, shows the plan, makes it true, looks again, and tells GitHub. */
export async function runBootstrap(
  request: BootstrapRequest,
  { parts, policies, gitHub }: BootstrapParts,
  context: Context,
): Promise<BootstrapResult> {
  const session = await openOptionally(request, gitHub, context);
  try {
    const aws = await openAws(context, { region: request.region });
    const place = await readPlace(aws, request);
    const home = await readHome(request, { api: session?.api, partition: place.partition }, context);
    const whole: WholeRequest = { request, home, place, parts, policies };
    const foundation = await designFoundation(aws, whole, context);
    const result = await settle(aws, whole, foundation, context);
    if (request.dryRun || session === undefined || request.variables === false) return result;
    const stored = await (request.destroy ? takeVariables : storeVariables)(session.api, result, context);
    return { ...result, stored };
  } finally {
    await session?.api.identity.close();
  }
}

/** Undefined without a token: GitHub is asked for what can be known otherwise, too. */
async function openOptionally(
  request: BootstrapRequest,
  choice: GitHubChoice,
  context: Context,
): Promise<GitHubSession | undefined> {
  if (request.ci !== 'github' || isEnough(request)) return undefined;
  try {
    return await openGitHub(context, choice);
  } catch (error) {
    const isNone = error instanceof LadingError && ['NO_TOKEN', 'JOB_TOKEN'].includes(error.code);
    if (isNone && request.variables !== true) return undefined;
    throw error;
  }
}

/** Who gives the ids and wants no variables need not let GitHub be asked. */
function isEnough({ variables, repositoryId, ownerId }: BootstrapRequest): boolean {
  return variables === false && repositoryId !== undefined && ownerId !== undefined;
}

async function readPlace(aws: AwsSession, request: BootstrapRequest): Promise<Place> {
  const what = 'answer of sts GetCallerIdentity';
  const shape = v.looseObject({ Account: v.string(), Arn: v.string() });
  const { Account: account, Arn } = parseShape(shape, await aws.api('sts').call('GetCallerIdentity'), what);
  if (request.account !== undefined && request.account !== account) {
    throw new LadingError('credentials', `the credentials are of account ${account}, and not of ${request.account}`, {
      code: 'WRONG_ACCOUNT',
      hint: `Take credentials of account ${request.account}.`,
    });
  }
  return { account, partition: readArn(Arn, what).partition, region: aws.region };
}

async function settle(
  aws: AwsSession,
  whole: WholeRequest,
  foundation: Foundation,
  context: Context,
): Promise<BootstrapResult> {
  const { destroy, dryRun } = whole.request;
  const { clock, signal } = context;
  const look = async () => {
    const state = await readFoundation(aws, foundation);
    return destroy
      ? planRemoval(foundation, state, await readUse(aws, foundation, state))
      : planFoundation(foundation, state);
  };
  const first = await withTask(context, `Look at account ${whole.place.account}`, look);
  const result = bootstrapResult(whole, foundation, first);
  const page = bootstrapPage(result);
  context.report({ type: 'page', page, brief: page });
  if (dryRun) return { ...result, outcome: 'planned' };
  if (todo(first).length === 0) return { ...result, outcome: destroy ? 'destroyed' : 'unchanged' };
  const end = clock.now() + SETTLE_MS;
  let written = false;
  for (let items = first; ; items = await look()) {
    const left = todo(items);
    if (left.length === 0) return { ...result, outcome: destroy ? 'destroyed' : 'applied' };
    if (written) {
      if (clock.now() >= end) throw withResult(notKept(left), result);
      await clock.sleep(LOOK_MS, signal);
      continue;
    }
    written = await tryApply(aws, left, context).catch((error: unknown) => {
      throw error instanceof LadingError
        ? withResult(error, result, error.hint ?? 'Run it again: it goes on from here.')
        : error;
    });
    if (!written && clock.now() >= end) throw withResult(notKept(left), result);
    if (!written) await clock.sleep(LOOK_MS, signal);
  }
}

/** False when somebody else was there first, or a lost answer hid that we were: then it is looked at again. */
async function tryApply(aws: AwsSession, items: readonly PlanItem[], context: Context): Promise<boolean> {
  try {
    await applyItems(aws, items, context);
    return true;
  } catch (error) {
    if (isAwsFailure(error, 'exists', 'conflict', 'not-found')) return false;
    throw error;
  }
}

function todo(items: readonly PlanItem[]): readonly PlanItem[] {
  return items.filter(({ calls }) => calls.length > 0);
}

function notKept(left: readonly PlanItem[]): LadingError {
  const what = left.map(({ kind, name, changes }) => `${kind} ${name}: ${changes.join('; ') || 'still there'}`);
  return new LadingError('remote', `AWS shows other than was written: ${what.join('\n')}`, {
    code: 'NOT_SETTLED',
    hint: 'Run it again with --dry-run: it shows what is different.',
  });
}
