import type { Clock } from '../../base/clock.js';
import type { ErrorKind } from '../../base/errors.js';
import { cancelled, LadingError } from '../../base/errors.js';
import type { Report } from '../../base/report.js';
import { say } from '../../base/report.js';
import type { EcsApi } from '../api.js';
import { primaryOf } from '../api.js';
import type { OpenLogs } from '../task/logs.js';
import { lastLines } from '../task/logs.js';
import type { PlanRequest } from './plan.js';
import { planDeployment } from './plan.js';
import type { Service } from '../shapes.js';
import { registrable, revisionOf } from '../definition/task-definition.js';
import { doubtOf } from './proof.js';
import type { KnownCause, Watched } from './watch.js';
import { watchDeployment } from './watch.js';

export type Outcome =
  | 'steady'
  | 'unchanged'
  | 'started'
  | 'planned'
  | 'failed'
  | 'rolled-back'
  | 'superseded'
  | 'stopped'
  | 'paused'
  | 'timeout';

export interface DeployResult {
  readonly outcome: Outcome;
  readonly cluster: string;
  readonly service: string;
  readonly taskDefinition: string;
  readonly previousTaskDefinition: string;
  readonly registered: boolean;
  readonly images: readonly { readonly container: string; readonly image: string }[];
  readonly changes: readonly string[];
  readonly deployment?: {
    readonly id: string;
    readonly arn: string | undefined;
    readonly status: string | undefined;
    readonly statusReason: string | undefined;
  };
  readonly cause?: KnownCause;
  /** What replaced ours. */
  readonly winner?: { readonly deploymentArn: string; readonly taskDefinition: string | undefined };
  readonly ms: number;
}

/** A deployment that did not end well; the whole result goes with it. */
export class DeployError extends LadingError {
  override readonly name = 'DeployError';
  readonly result: DeployResult;

  constructor(
    kind: ErrorKind,
    message: string,
    options: { readonly code: string; readonly hint?: string | undefined; readonly result: DeployResult },
  ) {
    super(kind, message, options);
    this.result = options.result;
  }
}

export interface DeployRequest extends PlanRequest {
  readonly wait: 'deployed' | 'stable' | 'drained' | 'none';
  readonly timeoutMs: number;
  readonly failFast: boolean;
  readonly dryRun: boolean;
  /** Digests that count as the wanted one, by the digest in the reference: an index and its children. */
  readonly sameImage?: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface EcsWorld {
  readonly ecs: EcsApi;
  readonly logs: OpenLogs;
  readonly clock: Clock;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Plans, registers when something changed, updates the service once, and follows its own deployment to the end. */
export async function deployService(request: DeployRequest, world: EcsWorld): Promise<DeployResult> {
  const started = world.clock.now();
  const plan = await planDeployment(request, world.ecs);
  for (const warning of plan.warnings) say(world.report, 'warning', warning);
  const base = {
    cluster: request.cluster,
    service: request.service,
    previousTaskDefinition: plan.current,
    images: plan.images,
    changes: plan.changes,
  };
  const result = (outcome: Outcome, more: Partial<DeployResult> = {}): DeployResult => ({
    taskDefinition: plan.current,
    registered: false,
    ...base,
    ...more,
    outcome,
    ms: world.clock.now() - started,
  });
  if (request.dryRun) return result('planned');
  if (!plan.update) {
    say(world.report, 'info', 'Nothing to deploy: the service runs this already.');
    return result('unchanged');
  }
  const taskDefinition = plan.register ? await world.ecs.register(registrable(plan.definition)) : plan.taskDefinition;
  const update = { ...plan.update, ...(taskDefinition !== plan.current && { taskDefinition }) };
  const updated = await world.ecs.update(update, plan.primaryId);
  const ours = primaryOf(updated);
  if (!ours || ours.id === plan.primaryId) return result('unchanged', { taskDefinition, registered: plan.register });
  const deploymentArn = updated.currentServiceDeployment ?? (await newestDeployment(request, world.ecs));
  const known = { taskDefinition, registered: plan.register };
  const about = { id: ours.id, arn: deploymentArn, status: 'IN_PROGRESS', statusReason: undefined };
  say(world.report, 'info', `Deployment ${ours.id} of ${revisionOf(taskDefinition)} has begun.`);
  if (request.wait === 'none' || deploymentArn === undefined) return result('started', { ...known, deployment: about });
  const watched = await watchDeployment(
    {
      ecs: world.ecs,
      cluster: request.cluster,
      service: request.service,
      deploymentArn,
      deploymentId: ours.id,
      definition: plan.definition,
      deadline: started + request.timeoutMs,
      failFast: request.failFast,
      logsOf: (cause) =>
        cause.taskArn ? lastLines(world.logs, plan.definition, cause.container, cause.taskArn) : Promise.resolve([]),
    },
    world,
  ).catch((error: unknown) => {
    if (!(error instanceof LadingError) || error.kind !== 'cancelled') throw error;
    throw cancelled(
      `waiting for deployment ${ours.id}`,
      `ECS goes on with it: look again with \`lading status\`, or go back with \`lading rollback\`.`,
    );
  });
  const deployment = {
    ...about,
    status: watched.deployment?.status,
    statusReason: watched.deployment?.statusReason ?? undefined,
  };
  const ended = (outcome: Outcome, more: Partial<DeployResult> = {}) =>
    result(outcome, { ...known, deployment, ...(watched.cause && { cause: watched.cause }), ...more });
  if (watched.end === 'succeeded') {
    const accepted = new Map(
      [...plan.digests].map(([container, digest]) => [container, request.sameImage?.get(digest) ?? new Set([digest])]),
    );
    const wanted = { taskDefinition, images: accepted };
    const doubt = await doubtOf(watched.deployment?.targetServiceRevision?.arn, wanted, world);
    if (doubt) {
      throw new DeployError('deploy-failed', `the deployment succeeded, but ${doubt.message}`, {
        code: doubt.code,
        hint: 'Look with `lading status` who else deploys this service, and deploy again.',
        result: ended('failed'),
      });
    }
    await settle(request, world, ours.id, started);
    return ended('steady');
  }
  throw await failure(watched, request, world.ecs, ended);
}

async function newestDeployment(request: DeployRequest, ecs: EcsApi): Promise<string | undefined> {
  const [newest] = [...(await ecs.deployments(request.cluster, request.service))].sort(
    (a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0),
  );
  return newest?.serviceDeploymentArn;
}

type Ended = (outcome: Outcome, more?: Partial<DeployResult>) => DeployResult;

/** `stable`: as many tasks as desired, one deployment. `drained`: no task of another deployment left. */
async function settle(request: DeployRequest, world: EcsWorld, id: string, started: number): Promise<void> {
  if (request.wait === 'deployed') return;
  for (;;) {
    const service = await world.ecs.service(request.cluster, request.service);
    const counted = service.deployments.length === 1 && service.runningCount === service.desiredCount;
    if (request.wait === 'stable' && counted) return;
    if (request.wait === 'drained' && counted) {
      const running = await world.ecs.runningTasks(request.cluster, request.service);
      if (running.every((task) => task.startedBy === id)) return;
    }
    const left = started + request.timeoutMs - world.clock.now();
    if (left <= 0) {
      throw new LadingError('timeout', `the deployment succeeded, but the service is not ${request.wait} in time`, {
        code: 'TIMEOUT',
        hint: 'Wait longer with --timeout; old tasks may take minutes to drain.',
      });
    }
    await world.clock.sleep(Math.min(5000, left), world.signal);
  }
}

async function failure(watched: Watched, request: DeployRequest, ecs: EcsApi, ended: Ended): Promise<DeployError> {
  const { standing, cause } = watched;
  const why = cause
    ? `${cause.container ? `${cause.container}: ` : ''}${cause.text}${cause.exitCode === undefined ? '' : ` (exit code ${cause.exitCode})`}`
    : undefined;
  const words = why ?? watched.deployment?.statusReason ?? 'ECS gives no reason';
  switch (watched.end) {
    case 'superseded': {
      const winner = await findWinner(request, ecs);
      const named = winner
        ? `: ${winner.taskDefinition ? revisionOf(winner.taskDefinition) : winner.deploymentArn} took its place`
        : '';
      return new DeployError('superseded', `a newer deployment replaced this one${named}`, {
        code: 'SUPERSEDED',
        hint: 'Nothing is wrong with the image; see `concurrency:` of the workflow if this comes often.',
        result: ended('superseded', winner ? { winner } : {}),
      });
    }
    case 'paused': {
      const hook = standing.is === 'paused' ? standing : undefined;
      const until = hook?.expiresAt
        ? ` until ${new Date(hook.expiresAt * 1000).toISOString()}, then ${hook.timeoutAction ?? 'ROLLBACK'}`
        : '';
      return new DeployError('paused', `the deployment waits at the hook ${hook?.hookId ?? ''}${until}`, {
        code: 'PAUSED',
        hint: `Go on with: aws ecs continue-service-deployment --service-deployment-arn ${watched.deployment?.serviceDeploymentArn ?? 'ARN'} --hook-id ${hook?.hookId ?? 'ID'}`,
        result: ended('paused'),
      });
    }
    case 'timeout':
      return new DeployError('timeout', `the deployment is not done in time${why ? `; ${why}` : ''}`, {
        code: 'TIMEOUT',
        hint: 'ECS goes on: look again with `lading status`, go back with `lading rollback`, or give it more with --timeout.',
        result: ended('timeout'),
      });
    case 'stuck':
      return new DeployError('deploy-failed', `the deployment failed and there is nothing to go back to: ${words}`, {
        code: 'DEPLOY_FAILED',
        hint: cause?.hint,
        result: ended('failed'),
      });
    case 'stopped':
      return new DeployError('deploy-failed', `somebody stopped the deployment: ${words}`, {
        code: 'STOPPED',
        result: ended('stopped'),
      });
    case 'succeeded':
    case 'failed': {
      const back = standing.is === 'failed' && standing.rolledBack;
      return new DeployError(
        'deploy-failed',
        `the deployment failed${back ? ' and was rolled back' : ' and was not rolled back'}: ${words}`,
        { code: 'DEPLOY_FAILED', hint: cause?.hint, result: ended(back ? 'rolled-back' : 'failed') },
      );
    }
  }
}

async function findWinner(request: DeployRequest, ecs: EcsApi): Promise<DeployResult['winner']> {
  const service: Service = await ecs.service(request.cluster, request.service);
  const arn = service.currentServiceDeployment;
  const primary = primaryOf(service);
  return arn || primary
    ? { deploymentArn: arn ?? primary?.id ?? '', taskDefinition: primary?.taskDefinition }
    : undefined;
}
