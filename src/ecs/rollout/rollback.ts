import { LadingError } from '../../base/errors.js';
import { say } from '../../base/tell/report.js';
import type { EcsApi, Place } from '../api.js';
import { primaryOf } from '../api.js';
import { deployService } from './deploy.js';
import { ecsRollout } from './ecs-rollout.js';
import { isTurning } from './watch/ending.js';
import { followRollout } from './watch/follow.js';
import { goalOf } from './plan/last-good.js';
import type { Patience } from './patience.js';
import { patienceUntil } from './patience.js';
import type { Past, Present } from './plan/present.js';
import { isInFlight, readPresent } from './plan/present.js';
import type { DeployResult } from './verdict/result.js';
import type { EcsContext } from './run.js';
import { readServes } from './verdict/serves.js';
import { beginState } from './watch/state.js';

export interface RollbackRequest {
  readonly cluster: string;
  readonly service: string;
  readonly timeoutMs: number;
  readonly dryRun: boolean;
}

export interface RollbackResult {
  /** `stopped`: a deployment in flight was turned back; `deployed`: an earlier revision was deployed. */
  readonly how: 'stopped' | 'deployed' | 'planned';
  readonly cluster: string;
  readonly service: string;
  readonly region: string;
  readonly from: string;
  readonly to: string;
  readonly deployment?: DeployResult;
}

/**
 * Turns back the deployment in flight, else deploys the revision that ran well before the one that runs. A second
 * rollback goes further back; it does not return to what the first one left.
 */
export async function rollBack(request: RollbackRequest, context: EcsContext): Promise<RollbackResult> {
  const { ecs, clock } = context;
  const place = { cluster: request.cluster, service: request.service };
  const patience = patienceUntil(clock.now() + request.timeoutMs, context);
  const present = await readSettled(ecs, place, patience);
  const { history, service } = present;
  if (history.is !== 'seen') {
    const why = history.is === 'skipped' ? '' : `: ${history.why}`;
    throw new LadingError(
      history.is === 'denied' ? 'credentials' : 'remote',
      `the history of ${request.service} cannot be read${why}`,
      {
        code: 'NO_HISTORY',
        hint: 'Allow ecs:ListServiceDeployments and ecs:DescribeServiceRevisions, or deploy the image that you want.',
      },
    );
  }
  const newest = history.value.find(({ status }) => isInFlight(status) || isTurning(status));
  const to = goalOf(history.value, service.taskDefinition, newest !== undefined);
  if (to === undefined) {
    throw new LadingError('input', `${request.service} has no earlier deployment that was successful`, {
      code: 'NOTHING_TO_ROLL_BACK_TO',
      hint: 'Deploy the image that you want with `lading deploy --image …`.',
    });
  }
  const about = { ...place, region: ecs.region, from: newest?.revision?.taskDefinition ?? service.taskDefinition, to };
  if (request.dryRun) return { how: 'planned', ...about };
  if (newest && (await turnBack(newest, present, request, context))) {
    const serves = await readServes(ecs, place);
    return { how: 'stopped', ...about, to: serves?.taskDefinition ?? to };
  }
  const deployment = await deployService(
    {
      ...place,
      images: [],
      env: [],
      definition: await patience.until('DescribeTaskDefinition', () => ecs.taskDefinition(to)),
      revision: to,
      force: false,
      ifUnchanged: 'attach',
      wait: 'deployed',
      timeoutMs: request.timeoutMs,
      failFast: true,
      dryRun: false,
    },
    context,
  );
  return { how: 'deployed', ...about, deployment };
}

/** The record of a deployment that has just begun may be some seconds late: what is in flight must be known. */
const LATE_MS = 20_000;

async function readSettled(ecs: EcsApi, place: Place, patience: Patience): Promise<Present> {
  const until = patience.clock.now() + LATE_MS;
  for (;;) {
    const present = await readPresent(ecs, place, patience);
    const { history, service } = present;
    const isMoving = primaryOf(service)?.rolloutState === 'IN_PROGRESS';
    const isKnown =
      history.is !== 'seen' || history.value.some(({ status }) => isInFlight(status) || isTurning(status));
    if (!isMoving || isKnown || patience.clock.now() >= until) return present;
    await patience.clock.sleep(2000, patience.signal);
  }
}

/** False when there was nothing to turn back any more. */
async function turnBack(past: Past, present: Present, request: RollbackRequest, context: EcsContext): Promise<boolean> {
  const { ecs, clock, report, signal } = context;
  const deadline = clock.now() + request.timeoutMs;
  const rollout = ecsRollout(ecs, request, patienceUntil(deadline, context));
  say(report, 'info', `Deployment ${past.arn.slice(past.arn.lastIndexOf('/') + 1)} is turned back.`);
  if (isInFlight(past.status)) {
    const answer = await rollout.turnBack(past.arn);
    if (answer === 'refused') return false;
    if (answer === 'denied') {
      throw new LadingError('credentials', `the deployment of ${request.service} may not be stopped by this role`, {
        code: 'AWS_REFUSED',
        hint: 'Allow ecs:StopServiceDeployment.',
      });
    }
  }
  const ours = {
    id: primaryOf(present.service)?.id ?? '',
    taskDefinition: past.revision?.taskDefinition ?? present.service.taskDefinition,
    createdAt: past.createdAt,
  };
  const goal = { failFast: false, definition: present.live, of: 'deployment' } as const;
  const state = { ...beginState(ours, { goal, now: clock.now(), arn: past.arn }), turning: 'asked' as const };
  const { end } = await followRollout(rollout, state, {
    deadline,
    clock,
    signal,
    logsOf: () => Promise.resolve([]),
    onChange: (change) => report({ type: 'rollout', of: request.service, at: clock.now(), change }),
  });
  if (end.is === 'failed' && end.back !== 'failed') return true;
  if (end.is === 'succeeded') return false;
  if (end.is === 'timeout') {
    throw new LadingError('timeout', 'the rollback is not done in time', {
      code: 'TIMEOUT',
      hint: 'ECS goes on: look again with `lading status`.',
    });
  }
  const reason = 'reason' in end && end.reason ? end.reason : 'ECS gives no reason';
  throw new LadingError('deploy-failed', `the rollback failed: ${reason}`, {
    code: 'ROLLBACK_FAILED',
    hint: 'Look at it with `lading status`.',
  });
}
