import { definitionFor } from './rollouts/definition.js';
import type { Clock } from '../../../src/base/clock.js';
import type { Json } from './engine/state.js';
import type { Ecs } from './open.js';

/** Codes after which the same call may be well a moment later. */
const PASSING = new Set(['ThrottlingException', 'ECONNRESET', 'ServerException', 'ServiceUnavailable']);
const POLL = 20_000;

/**
 * A tool without a will: it makes the deployment that the rollout asks for and looks on until it has ended or its
 * patience has. What it leaves behind is what ECS does by itself.
 */
export async function lookOn(ecs: Ecs, clock: Pick<Clock, 'now' | 'sleep'>): Promise<void> {
  await deploy(ecs, clock);
  await wait(ecs, clock);
  if (ecs.rollout.does === 'deploys twice' && ecs.truths().length === 1) {
    await persist(ecs, clock, 'UpdateService', { ...NAMES, taskDefinition: 'web:2', forceNewDeployment: true });
    await wait(ecs, clock);
  }
}

const NAMES = { cluster: 'production', service: 'web' };

async function deploy(ecs: Ecs, clock: Pick<Clock, 'now' | 'sleep'>): Promise<void> {
  const { does = 'deploys', service = {} } = ecs.rollout;
  const call = (operation: string, input: Json) => persist(ecs, clock, operation, input);
  if (does === 'forces') return void (await call('UpdateService', { ...NAMES, forceNewDeployment: true }));
  if (does === 'redeploys') return void (await call('UpdateService', { ...NAMES, taskDefinition: 'web:1' }));
  if (does === 'scales')
    return void (await call('UpdateService', { ...NAMES, desiredCount: (service.desired ?? 2) + 2 }));
  const registered = await call('RegisterTaskDefinition', definitionFor(ecs.rollout));
  if (!registered) return;
  const taskDefinition = (registered.taskDefinition as Json).taskDefinitionArn;
  if (does !== 'creates') return void (await call('UpdateService', { ...NAMES, taskDefinition }));
  await call('CreateService', {
    cluster: 'production',
    serviceName: 'web',
    taskDefinition,
    desiredCount: service.desired ?? 2,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0aaa1111222233334'] } },
    deploymentConfiguration: service.configuration,
  });
}

async function wait(ecs: Ecs, clock: Pick<Clock, 'now' | 'sleep'>): Promise<void> {
  const until = clock.now() + (ecs.rollout.expect.patience ?? 30) * 60_000;
  while (clock.now() < until && !ecs.isOver()) await clock.sleep(POLL);
}

/** The output; undefined when ECS will not have it. */
async function persist(
  ecs: Ecs,
  clock: Pick<Clock, 'now' | 'sleep'>,
  operation: string,
  input: Json,
): Promise<Json | undefined> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      return await ecs.call('ecs', operation, input);
    } catch (error) {
      if (!PASSING.has((error as { code?: string }).code ?? '')) return undefined;
      await clock.sleep(2_000);
    }
  }
  return undefined;
}
