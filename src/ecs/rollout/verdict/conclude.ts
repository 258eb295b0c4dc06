import { LadingError } from '../../../base/errors.js';
import type { KnownCause } from '../../task/cause.js';
import { readAlarmReasons } from '../../alarms.js';
import { consoleUrl } from '../../console.js';
import type { Followed } from '../watch/follow.js';
import { knownCause } from '../watch/follow.js';
import { prove } from './proof.js';
import type { DeployResult } from './result.js';
import type { DeployRun, EcsContext } from '../run.js';
import { resultOf } from '../run.js';
import { readServes } from './serves.js';
import { settle } from './settle.js';
import type { RolloutState } from '../watch/state.js';
import { unseenOf } from '../watch/telling.js';
import { explainEnd } from './verdict.js';
import { findWinner } from './winner.js';

/** The result of a deployment that ended well; any other end is thrown, with all that is known of it. */
export async function conclude(
  run: DeployRun,
  followed: Followed,
  begun: Partial<DeployResult>,
): Promise<DeployResult> {
  const { context, place } = run;
  const { end, state } = followed;
  const cause = await withAlarms(knownCause(followed), state, context);
  const known = { ...begun, deployment: deploymentOf(run, state), unseen: unseenOf(state), ...(cause && { cause }) };
  if (end.is === 'scaled') return resultOf(run, 'scaled', known);
  if (end.is === 'succeeded') return proven(run, state, known);
  const winner = end.is === 'superseded' ? await findWinner(context.ecs, place, state.ours) : undefined;
  const isGone = end.is === 'deleted' || (end.is === 'unproven' && end.deleted);
  const serves = isGone ? undefined : await readServes(context.ecs, place);
  const { unseen } = known;
  const about = { ...place, cause, deploymentArn: state.arn, winner, unseen };
  const { rolledBack, next, ...verdict } = explainEnd(end, about);
  throw new LadingError(verdict.kind, verdict.message, {
    code: verdict.code,
    hint: verdict.hint,
    result: resultOf(run, verdict.outcome, {
      ...known,
      ...(winner && { winner }),
      ...(serves && { serves }),
      ...(rolledBack && { rolledBack }),
      ...(next && { next }),
    }),
  });
}

/** An alarm's name says what, its state's reason says how much. */
async function withAlarms(
  cause: KnownCause | undefined,
  { record }: RolloutState,
  { cloudwatch }: Pick<EcsContext, 'cloudwatch'>,
): Promise<KnownCause | undefined> {
  const names = record?.alarms?.triggeredAlarmNames ?? [];
  if (cause?.class !== 'alarm' || !cloudwatch || names.length === 0) return cause;
  const reasons = await readAlarmReasons(cloudwatch, names);
  return reasons.length === 0 ? cause : { ...cause, detail: reasons.join('; ') };
}

async function proven(run: DeployRun, state: RolloutState, known: Partial<DeployResult>): Promise<DeployResult> {
  const { context, place, plan, request } = run;
  const proof = await prove(
    { place, ours: state.ours, definition: plan.definition, revision: revisionArnOf(state), digests: plan.digests },
    { ...context, deadline: run.deadline },
  );
  if (proof.is === 'proven') {
    await settle({ ...place, wait: request.wait }, context, { id: state.ours.id, deadline: run.deadline });
    return resultOf(run, 'steady', { ...known, proof: proof.by });
  }
  const refuted = proof.is === 'refuted';
  const serves = await readServes(context.ecs, place);
  throw new LadingError(refuted ? 'deploy-failed' : 'timeout', `the deployment succeeded, but ${proof.message}`, {
    code: refuted ? proof.code : 'UNPROVEN',
    hint: 'Look with `lading status` who else deploys this service, and deploy again.',
    result: resultOf(run, refuted ? 'failed' : 'unproven', { ...known, ...(serves && { serves }) }),
  });
}

/** Where only the list may be read, the ARN stands under another name. */
function revisionArnOf({ record }: RolloutState): string | undefined {
  const listed = (record as { readonly targetServiceRevisionArn?: string | null } | undefined)
    ?.targetServiceRevisionArn;
  return record?.targetServiceRevision?.arn ?? listed ?? undefined;
}

function deploymentOf(run: DeployRun, state: RolloutState): NonNullable<DeployResult['deployment']> {
  const own = state.service?.deployments.find(({ id }) => id === state.ours.id);
  return {
    id: state.ours.id,
    arn: state.arn,
    status: state.record?.status ?? own?.rolloutState ?? undefined,
    statusReason: state.record?.statusReason ?? own?.rolloutStateReason ?? undefined,
    url: consoleUrl(run.context.ecs.region, run.place.cluster, run.place.service),
  };
}
