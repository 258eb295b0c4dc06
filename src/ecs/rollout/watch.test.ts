import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../base/clock.js';
import { silent } from '../../base/report.js';
import type { EcsApi } from '../api.js';
import { doubtOf } from './proof.js';
import type { ServiceDeployment, Task } from '../shapes.js';
import { watchDeployment } from './watch.js';

const START = Date.UTC(2026, 0, 1);
const crashed = (id: number, more: object = {}): Task => ({
  taskArn: `task/${id}`,
  taskDefinitionArn: 'td/web:2',
  startedBy: 'ecs-svc/1',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containers: [{ name: 'web', exitCode: 1 }],
  ...more,
});
const up = (more: object): Task => ({
  taskArn: 'task/up',
  taskDefinitionArn: 'td/web:2',
  startedBy: 'ecs-svc/1',
  lastStatus: 'RUNNING',
  containers: [],
  ...more,
});

/** An ECS in which two tasks of ours have crashed, and that ends the deployment well after two minutes if it is let. */
async function watchBeside(running: readonly Task[], stopped: readonly Task[] = [crashed(1), crashed(2)]) {
  const clock = virtualClock(START);
  let stops = 0;
  const revision = { arn: 'revision/1', requestedTaskCount: 1, runningTaskCount: 0, pendingTaskCount: 0 };
  const ecs = {
    deployment: async (): Promise<ServiceDeployment> => ({
      serviceDeploymentArn: 'deployment/1',
      status: stops > 0 ? 'ROLLBACK_SUCCESSFUL' : clock.now() < START + 120_000 ? 'IN_PROGRESS' : 'SUCCESSFUL',
      sourceServiceRevisions: [revision],
    }),
    stoppedTasks: async (_cluster: string, _service: string, seen: ReadonlySet<string>) =>
      stopped.filter((task) => !seen.has(task.taskArn)),
    runningTasks: async () => running,
    service: async () => ({ events: [] }),
    stop: async () => void stops++,
  } as unknown as EcsApi;
  const watched = await watchDeployment(
    {
      ecs,
      cluster: 'default',
      service: 'web',
      deploymentArn: 'deployment/1',
      deploymentId: 'ecs-svc/1',
      definition: { family: 'web', containerDefinitions: [{ name: 'web' }] },
      deadline: START + 600_000,
      failFast: true,
      logsOf: async () => [],
    },
    { clock, report: silent, signal: new AbortController().signal },
  );
  return { end: watched.end, stops, cause: watched.cause?.class };
}

describe('tasks that crash', () => {
  const old = START / 1000 - 90;
  test.each([
    ['nothing else runs', [], 1],
    ['another has just started', [up({ startedAt: START / 1000 })], 1],
    ['another is up but unhealthy', [up({ startedAt: old, healthStatus: 'UNHEALTHY' })], 1],
    ['a task of the deployment before runs', [up({ startedAt: old, startedBy: 'ecs-svc/0' })], 1],
    ['another is healthy', [up({ healthStatus: 'HEALTHY' })], 0],
    ['another is up for long', [up({ startedAt: old })], 0],
  ])('while %s: %#', async (_name, running, stops) => {
    expect(await watchBeside(running)).toEqual({
      end: stops > 0 ? 'failed' : 'succeeded',
      stops,
      cause: 'exit',
    });
  });

  test('for a reason that hits every task are certain whatever runs', async () => {
    const pull = crashed(1, { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: not found' });
    expect(await watchBeside([up({ healthStatus: 'HEALTHY' })], [pull])).toMatchObject({ stops: 1, cause: 'image' });
  });

  test('of another deployment are not ours', async () => {
    const others = [crashed(1, { startedBy: 'ecs-svc/0' }), crashed(2, { startedBy: 'ecs-svc/0' })];
    expect(await watchBeside([], others)).toEqual({ end: 'succeeded', stops: 0, cause: undefined });
  });
});

describe('a deployment that succeeded', () => {
  const wanted = { taskDefinition: 'td/web:2', images: new Map([['web', new Set(['sha256:a'])]]) };
  const image = { containerName: 'web', imageDigest: 'sha256:a' };
  const at = (answers: readonly (object | undefined)[]) => {
    let asked = 0;
    const ecs = { revision: async () => answers[Math.min(asked++, answers.length - 1)] } as unknown as EcsApi;
    return doubtOf('revision/1', wanted, { ecs, clock: virtualClock(), signal: new AbortController().signal });
  };

  test('is not doubted when its revision runs what was asked for, also when a read comes too early', async () => {
    const revision = { taskDefinition: 'td/web:2', containerImages: [image] };
    expect(await at([revision])).toBeUndefined();
    expect(await at([undefined, undefined, revision])).toBeUndefined();
  });

  test('is proven by the name of the image where ECS keeps no digest', async () => {
    const digest = `sha256:${'b'.repeat(64)}`;
    const named = { containerName: 'web', image: `shop@${digest}` };
    const ecs = {
      revision: async () => ({ taskDefinition: 'td/web:2', containerImages: [named] }),
    } as unknown as EcsApi;
    const context = { ecs, clock: virtualClock(), signal: new AbortController().signal };
    const asked = { ...wanted, images: new Map([['web', new Set([digest])]]) };
    expect(await doubtOf('revision/1', asked, context)).toBeUndefined();
  });

  test.each([
    [[{ taskDefinition: 'td/web:3', containerImages: [image] }], 'WRONG_REVISION', 'it runs web:3 and not web:2'],
    [[undefined], 'WRONG_REVISION', 'it does not tell what it runs'],
    [
      [{ taskDefinition: 'td/web:2', containerImages: [{ ...image, imageDigest: 'sha256:c' }] }],
      'WRONG_IMAGE',
      'web runs sha256:c and not sha256:a',
    ],
    [[{ taskDefinition: 'td/web:2', containerImages: null }], 'WRONG_IMAGE', 'an unknown image'],
  ])('is doubted: %j', async (answers, code, message) => {
    expect(await at(answers)).toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});
