import { LadingError, withResult } from '../../base/errors.js';
import { say } from '../../base/tell/report.js';
import { primaryOf } from '../api.js';
import { revisionOf } from '../definition/read.js';
import { registerRevision } from '../definition/register.js';
import type { Service } from '../shapes.js';
import type { Act } from './plan/plan.js';
import type { Begun, DeployRun } from './run.js';
import { resultOf } from './run.js';

/** Two clocks that differ by less are the same. */
const SKEW_MS = 5000;

/** Registers the definition when there is no revision of it, and updates the service once. */
export async function beginDeployment(
  run: DeployRun,
  act: Extract<Act, { do: 'deploy' }>,
  before: Service,
): Promise<Begun> {
  const { plan, place, context } = run;
  const registered = act.taskDefinition === undefined;
  const { commit } = run.request;
  const { patience } = run;
  const taskDefinition =
    act.taskDefinition ?? (await registerRevision(plan.definition, commit, { ...context, patience }));
  const update = {
    ...place,
    ...(taskDefinition !== plan.current && { taskDefinition }),
    ...(act.force && { forceNewDeployment: true }),
    ...(act.desiredCount !== undefined && { desiredCount: act.desiredCount }),
  };
  const asked = context.clock.now();
  const known = { taskDefinition, registered };
  try {
    const updated = await run.rollout.begin(update, before);
    const primary = primaryOf(updated);
    if (!primary || primary.id === primaryOf(before)?.id) throw notStarted();
    const createdAt = primary.createdAt == null ? asked : primary.createdAt * 1000;
    say(context.report, 'info', `Deployment ${primary.id} of ${revisionOf(taskDefinition)} has begun.`);
    const skew = Math.abs(createdAt - asked) < SKEW_MS ? 0 : createdAt - asked;
    return { ours: { id: primary.id, taskDefinition, createdAt }, arn: undefined, registered, skew };
  } catch (error) {
    // Nobody will run the revision that was made for this. A wait that was cancelled may have begun something.
    const isOver = error instanceof LadingError && error.kind !== 'cancelled' && error.kind !== 'timeout';
    if (registered && isOver) await context.ecs.deregister(taskDefinition).catch(() => undefined);
    throw error instanceof LadingError
      ? withResult(error, resultOf(run, isOver ? 'not-started' : 'unknown', known))
      : error;
  }
}

function notStarted(): LadingError {
  return new LadingError('deploy-failed', 'ECS took the update, but began no deployment', {
    code: 'NOT_STARTED',
    hint: 'Run the same again; --force-new-deployment begins one in any case.',
  });
}
