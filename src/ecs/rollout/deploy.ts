import { LadingError, withResult } from '../../base/errors.js';
import { say } from '../../base/tell/report.js';
import type { Service } from '../shapes.js';
import { primaryOf } from '../api.js';
import { consoleUrl } from '../console.js';
import { isExpired } from '../seen.js';
import { lastLines } from '../task/logs.js';
import { beginDeployment } from './begin.js';
import { conclude } from './verdict/conclude.js';
import { ecsRollout } from './ecs-rollout.js';
import { followRollout } from './watch/follow.js';
import type { Place } from '../api.js';
import type { Patience } from './patience.js';
import { patienceUntil } from './patience.js';
import type { Act, Plan } from './plan/plan.js';
import { howOf } from './plan/last-deployment.js';
import { planDeployment } from './plan/plan.js';
import { readPresent } from './plan/present.js';
import { revisionOf } from '../definition/read.js';
import { refuseWhatCannotBe } from './plan/refusals.js';
import type { DeployResult } from './verdict/result.js';
import type { Begun, DeployRequest, DeployRun, EcsContext } from './run.js';
import { resultOf } from './run.js';
import type { Goal } from './watch/state.js';
import { beginState } from './watch/state.js';

/** Plans, registers when something changed, updates the service once, and follows its own deployment to the end. */
export async function deployService(request: DeployRequest, context: EcsContext): Promise<DeployResult> {
  const started = context.clock.now();
  const deadline = started + request.timeoutMs;
  const patience = patienceUntil(deadline, context);
  const place = { cluster: request.cluster, service: request.service };
  const { present, plan } = await look(request, place, patience, context);
  for (const warning of plan.warnings) say(context.report, 'warning', warning);
  for (const note of plan.notes) say(context.report, 'info', note);
  const rollout = ecsRollout(context.ecs, place, patience);
  const run = { request, context, place, plan, rollout, patience, started, deadline };
  return request.dryRun ? planned(run) : carryOut(run, present.service);
}

function planned(run: DeployRun): DeployResult {
  const { act } = run.plan;
  const revision = act.do === 'deploy' ? act.taskDefinition : undefined;
  return resultOf(run, 'planned', revision === undefined ? {} : { taskDefinition: revision });
}

async function carryOut(run: DeployRun, before: Service): Promise<DeployResult> {
  const { act } = run.plan;
  switch (act.do) {
    case 'nothing':
      say(run.context.report, 'info', 'Nothing to deploy: the service runs this already.');
      return resultOf(run, 'unchanged');
    case 'report':
      throw new LadingError('deploy-failed', `the last deployment of this definition ${howOf(act.past)}`, {
        code: 'DEPLOY_FAILED',
        hint: 'Begin another with --if-unchanged redeploy.',
        result: resultOf(run, 'failed'),
      });
    case 'scale':
      return follow(run, await scale(run, act.desiredCount, before), { of: 'count', desired: act.desiredCount });
    case 'attach':
      if (act.desiredCount !== undefined) await scale(run, act.desiredCount, before);
      return follow(run, attached(act), { of: 'deployment' });
    case 'deploy':
      if (isNotThere(run.request, run.plan)) throw notThere(run, act);
      return follow(run, await beginDeployment(run, act, before), { of: 'deployment' });
  }
}

/** What others have put in, a read may show late. */
const LATE_MS = 30_000;
const LOOK_MS = 2000;

async function look(request: DeployRequest, place: Place, patience: Patience, { ecs, clock, signal }: EcsContext) {
  const until = request.keepsDefinition && !request.dryRun ? clock.now() + LATE_MS : 0;
  for (;;) {
    try {
      const present = await readPresent(ecs, place, patience);
      refuseWhatCannotBe(present.service, request);
      const plan = planDeployment(request, present);
      if (clock.now() >= until || !isNotThere(request, plan)) return { present, plan };
    } catch (error) {
      const isMissing = error instanceof LadingError && error.code === 'SERVICE_MISSING';
      if (clock.now() >= until || !isMissing) throw error;
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

function isNotThere({ keepsDefinition }: DeployRequest, { act, current }: Plan): boolean {
  return keepsDefinition === true && act.do === 'deploy' && act.taskDefinition !== current;
}

/** It was put in and turned back before we looked, or it was never put in. */
function notThere(run: DeployRun, { taskDefinition }: Extract<Act, { do: 'deploy' }>): LadingError {
  const { plan, request } = run;
  const now = revisionOf(plan.current);
  const result = resultOf(run, 'failed');
  if (taskDefinition !== undefined) {
    return new LadingError(
      'deploy-failed',
      `ECS has turned ${request.service} back from ${revisionOf(taskDefinition)} to ${now}`,
      { code: 'DEPLOY_FAILED', hint: 'Look at its last events with lading status, and deploy again.', result },
    );
  }
  const differs = plan.changes.length > 0 ? `: ${plan.changes.join(', ')}` : '';
  return new LadingError(
    'input',
    `the service ${request.service} runs ${now}, which is not what was asked for${differs}`,
    {
      code: 'NOT_PUT_IN',
      hint: 'Who owns the task definition must put it in: with Terraform, task_definition must not stand in ignore_changes of its service.',
      result,
    },
  );
}

function attached({ ours, arn }: Extract<Act, { do: 'attach' }>): Begun {
  return { ours, arn, registered: false, skew: 0 };
}

/** A number of tasks alone begins no deployment: the same one goes on with more or fewer tasks. */
async function scale(run: DeployRun, desiredCount: number, before: Service): Promise<Begun> {
  const asked = run.context.clock.now();
  const { place } = run;
  const updated = await run.patience.until('UpdateService', () => run.context.ecs.update({ ...place, desiredCount }));
  const primary = primaryOf(updated) ?? primaryOf(before);
  const ours = { id: primary?.id ?? '', taskDefinition: run.plan.current, createdAt: asked };
  return { ours, arn: undefined, registered: false, skew: 0 };
}

async function follow(run: DeployRun, begun: Begun, aim: Pick<Goal, 'of' | 'desired'>): Promise<DeployResult> {
  const { context, request, plan, place } = run;
  const { ours, arn, registered } = begun;
  const url = consoleUrl(context.ecs.region, place.cluster, place.service);
  const deployment = { id: ours.id, arn, status: undefined, statusReason: undefined, url };
  const known = { taskDefinition: ours.taskDefinition, registered, deployment };
  if (request.wait === 'none') return resultOf(run, 'started', known);
  const goal: Goal = { failFast: request.failFast, definition: plan.definition, ...aim };
  const state = beginState(ours, { goal, now: context.clock.now(), arn, skew: begun.skew });
  try {
    const followed = await followRollout(run.rollout, state, {
      deadline: run.deadline,
      clock: context.clock,
      signal: context.signal,
      logsOf: (cause) => lastLines(context.logs, plan.definition, cause.container, cause.taskArn),
      onChange: (change) => context.report({ type: 'rollout', of: place.service, at: context.clock.now(), change }),
    });
    return await conclude(run, followed, known);
  } catch (error) {
    if (!(error instanceof LadingError) || error.result !== undefined) throw error;
    throw withResult(error, resultOf(run, 'unknown', known), resumeHint(error));
  }
}

/** ECS goes on without us: what to do then depends on why we stopped looking. */
function resumeHint(error: LadingError): string {
  if (error.kind === 'cancelled')
    return 'ECS goes on with it: the same command again follows it, `lading status` looks, `lading rollback` goes back.';
  const { hint } = error;
  if (isExpired(error))
    return 'ECS goes on with it: get new credentials and run the same command again; it follows what is in flight.';
  return `${hint ? `${hint} ` : ''}ECS goes on with it: the same command again follows it.`;
}
