import { LadingError } from '../../base/errors.js';
import { say } from '../../base/report.js';
import type { DeployResult, EcsWorld } from './deploy.js';
import { deployService } from './deploy.js';
import { standingOf } from './verdict.js';

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
  readonly from: string;
  readonly to: string;
  readonly deployment?: DeployResult;
}

/** Turns back the deployment in flight, else deploys the last revision that was successful before the running one. */
export async function rollBack(request: RollbackRequest, world: EcsWorld): Promise<RollbackResult> {
  const { ecs } = world;
  const { cluster, service } = request;
  const current = await ecs.service(cluster, service);
  const history = [...(await ecs.deployments(cluster, service))].sort(
    (a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0),
  );
  const inFlight = history.find((one) => one.status === 'PENDING' || one.status === 'IN_PROGRESS');
  const goal = await lastGood();
  const about = { cluster, service, from: current.taskDefinition, to: goal };
  if (request.dryRun) return { how: 'planned', ...about };
  if (inFlight) {
    say(world.report, 'info', `Deployment ${inFlight.serviceDeploymentArn.split('/').at(-1) ?? ''} is turned back.`);
    await ecs.stop(inFlight.serviceDeploymentArn);
    await untilTurned(inFlight.serviceDeploymentArn);
    return { how: 'stopped', ...about };
  }
  const deployment = await deployService(
    {
      cluster,
      service,
      images: [],
      env: [],
      definition: await ecs.taskDefinition(goal),
      revision: goal,
      force: false,
      wait: 'deployed',
      timeoutMs: request.timeoutMs,
      failFast: true,
      dryRun: false,
    },
    world,
  );
  return { how: 'deployed', ...about, deployment };

  async function lastGood(): Promise<string> {
    for (const one of history) {
      if (one.status !== 'SUCCESSFUL' || !one.targetServiceRevisionArn) continue;
      const revision = await ecs.revision(one.targetServiceRevisionArn);
      if (revision && (inFlight || revision.taskDefinition !== current.taskDefinition)) return revision.taskDefinition;
    }
    throw new LadingError('input', `${service} has no earlier deployment that was successful`, {
      code: 'NOTHING_TO_ROLL_BACK_TO',
      hint: 'Deploy the image that you want with `lading deploy --image …`.',
    });
  }

  async function untilTurned(arn: string): Promise<void> {
    const deadline = world.clock.now() + request.timeoutMs;
    for (;;) {
      const standing = standingOf(await ecs.deployment(arn));
      if (standing.is === 'failed' && standing.rolledBack) return;
      if (standing.is === 'stopped') return;
      if (standing.is === 'failed')
        throw new LadingError('deploy-failed', `the rollback failed: ${standing.reason || 'ECS gives no reason'}`, {
          code: 'ROLLBACK_FAILED',
          hint: 'Look at it with `lading status`.',
        });
      if (world.clock.now() >= deadline)
        throw new LadingError('timeout', 'the rollback is not done in time', {
          code: 'TIMEOUT',
          hint: 'ECS goes on: look again with `lading status`.',
        });
      await world.clock.sleep(2000, world.signal);
    }
  }
}
