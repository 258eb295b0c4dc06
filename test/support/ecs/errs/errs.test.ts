import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../../../src/base/clock.js';
import { exitsAfter, imageNotFound } from '../rollouts/behaviours.js';
import { definitionFor } from '../rollouts/definition.js';
import { openEcs } from '../open.js';
import type { Json } from '../engine/state.js';
import type { Ecs } from '../open.js';
import type { Rollout } from '../rollouts/rollout.js';
import type { Errs } from './errs.js';

const CLUSTER = { cluster: 'production' };

async function begin(errs: Errs, rollout: Omit<Rollout, 'name' | 'expect'> = {}) {
  const clock = virtualClock();
  const expected = { outcome: 'succeeded', earlyStop: 'must not' } as const;
  const ecs = openEcs({
    clock,
    rollout: { name: 'errs', expect: expected, ...rollout },
    errs: { latency: 0, ...errs },
  });
  await ecs.call('ecs', 'RegisterTaskDefinition', definitionFor(rollout));
  const { service } = await ecs.call('ecs', 'UpdateService', { ...CLUSTER, service: 'web', taskDefinition: 'web' });
  const start = clock.now();
  const to = (seconds: number) => clock.advance(start + seconds * 1000 - clock.now());
  return { ecs, clock, to, updated: service as Json & { deployments: Json[] } };
}

async function list(ecs: Ecs): Promise<readonly unknown[]> {
  const { serviceDeployments } = await ecs.call('ecs', 'ListServiceDeployments', { ...CLUSTER, service: 'web' });
  return (serviceDeployments as Json[]).map((one) => one.serviceDeploymentArn);
}

async function describeOurs(ecs: Ecs): Promise<Json | undefined> {
  const serviceDeploymentArns = [ecs.truth().serviceDeploymentArn!];
  const { serviceDeployments } = await ecs.call('ecs', 'DescribeServiceDeployments', { serviceDeploymentArns });
  return (serviceDeployments as Json[])[0];
}

async function service(ecs: Ecs): Promise<Json & { deployments: Json[] }> {
  const { services } = await ecs.call('ecs', 'DescribeServices', { ...CLUSTER, services: ['web'] });
  return (services as never[])[0]!;
}

describe('late reads', () => {
  test('list a deployment late, and describe it late, each for itself', async () => {
    const { ecs, to } = await begin({ consistency: { listedAfter: 4, describableAfter: 2 } });
    const arn = ecs.truth().serviceDeploymentArn;
    expect(await list(ecs)).not.toContain(arn);
    expect(await describeOurs(ecs)).toBeUndefined();
    to(3);
    expect(await list(ecs)).not.toContain(arn);
    expect(await describeOurs(ecs)).toBeDefined();
    to(4);
    expect(await list(ecs)).toContain(arn);
  });

  test('call the former deployment the current one, in the answer to UpdateService too', async () => {
    const { ecs, to, updated } = await begin({ consistency: { currentAfter: 3 } });
    const ours = ecs.truth().serviceDeploymentArn;
    expect(updated.currentServiceDeployment).not.toBe(ours);
    expect((await service(ecs)).currentServiceDeployment).toBe(updated.currentServiceDeployment);
    expect(updated.deployments[0]?.id).toBe(ecs.truth().deploymentId);
    to(3);
    expect((await service(ecs)).currentServiceDeployment).toBe(ours);
  });

  test('show a service as it was', async () => {
    const { ecs, to, updated } = await begin({ consistency: { servicesStaleFor: 5 } });
    expect(updated.deployments).toHaveLength(2);
    to(4);
    expect((await service(ecs)).deployments).toHaveLength(1);
    expect((await service(ecs)).taskDefinition).toMatch(/web:1$/);
    to(5);
    expect((await service(ecs)).taskDefinition).toMatch(/web:2$/);
  });

  test('name the target, the revision and its digests late', async () => {
    const { ecs, to } = await begin({ consistency: { targetRevisionAfter: 2, revisionsAfter: 4, digestsAfter: 6 } });
    const revision = async () => {
      const serviceRevisionArns = [ecs.truth().revisionArn!];
      const { serviceRevisions } = await ecs.call('ecs', 'DescribeServiceRevisions', { serviceRevisionArns });
      return (serviceRevisions as { containerImages: Json[] }[])[0];
    };
    expect((await describeOurs(ecs))?.targetServiceRevision).toBeUndefined();
    expect(await revision()).toBeUndefined();
    to(4);
    expect((await describeOurs(ecs))?.targetServiceRevision).toBeDefined();
    expect((await revision())?.containerImages[0]?.imageDigest).toBeUndefined();
    to(6);
    expect((await revision())?.containerImages[0]?.imageDigest).toBe(ecs.truth().digests.web);
  });

  test('list stopped tasks late', async () => {
    const stopped = async (ecs: Ecs) => {
      const { taskArns } = await ecs.call('ecs', 'ListTasks', {
        ...CLUSTER,
        serviceName: 'web',
        desiredStatus: 'STOPPED',
      });
      return (taskArns as string[]).length;
    };
    const { ecs, to } = await begin({ consistency: { tasksListedAfter: 4 } }, { tasks: [imageNotFound] });
    to(27);
    expect(ecs.truth().causes.length).toBeGreaterThan(0);
    expect(await stopped(ecs)).toBe(0);
    to(31);
    expect(await stopped(ecs)).toBeGreaterThan(0);
  });

  test('go back in time once', async () => {
    const backwards = [{ operation: 'DescribeServiceDeployments', at: 80, by: 60 }];
    const { ecs, to } = await begin({ consistency: { backwards } });
    const seen: unknown[] = [];
    for (const at of [5, 79, 81, 82]) {
      to(at);
      seen.push((await describeOurs(ecs))?.status);
    }
    expect(seen).toEqual(['IN_PROGRESS', 'SUCCESSFUL', 'IN_PROGRESS', 'SUCCESSFUL']);
  });
});

describe('calls', () => {
  test('are throttled in their time', async () => {
    const { ecs, to } = await begin({ throttled: [{ from: 10, for: 20, operations: ['DescribeServices'] }] });
    to(9);
    await service(ecs);
    to(10);
    await expect(service(ecs)).rejects.toMatchObject({ code: 'ThrottlingException', status: 400 });
    to(30);
    await service(ecs);
  });

  test('are denied in the words of IAM', async () => {
    const { ecs } = await begin({ denied: ['DescribeTasks'] });
    const reply = await ecs.answer('ecs', 'DescribeTasks', { ...CLUSTER, tasks: ['one'] });
    expect(reply).toMatchObject({ kind: 'fault', fault: { code: 'AccessDeniedException', status: 400 } });
    expect(ecs.journal.at(-1)?.fault?.message).toContain('is not authorized to perform: ecs:DescribeTasks');
  });

  test('are refused when the token has expired', async () => {
    const { ecs, to } = await begin({ expiresAt: 50 });
    to(51);
    await expect(service(ecs)).rejects.toMatchObject({ code: 'ExpiredTokenException' });
  });

  test('take effect although their answer is lost', async () => {
    const clock = virtualClock();
    const rollout: Rollout = { name: 'lost', expect: { outcome: 'succeeded', earlyStop: 'must not' } };
    const ecs = openEcs({ clock, rollout, errs: { lost: { UpdateService: 1 } } });
    const update = () => ecs.call('ecs', 'UpdateService', { ...CLUSTER, service: 'web', forceNewDeployment: true });
    await expect(update()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(ecs.truths()).toHaveLength(1);
    expect(ecs.journal.at(-1)).toMatchObject({ operation: 'UpdateService', broken: 'lost' });
    await update();
    expect(ecs.truths()).toHaveLength(2);
  });
});

describe('lists', () => {
  const stopping = { service: { desired: 30, breaker: 'off' }, tasks: [exitsAfter(5)] } as const;

  async function pages(ecs: Ecs, more: Json = {}): Promise<readonly (readonly string[])[]> {
    const found: string[][] = [];
    for (let nextToken: unknown; ;) {
      const input = { ...CLUSTER, serviceName: 'web', desiredStatus: 'STOPPED', ...more, nextToken };
      const output = await ecs.call('ecs', 'ListTasks', input);
      found.push(output.taskArns as string[]);
      nextToken = output.nextToken;
      if (nextToken === undefined) return found;
    }
  }

  test('have pages of a hundred', async () => {
    const { ecs, to } = await begin({}, stopping);
    to(250);
    const found = await pages(ecs);
    expect(found.length).toBeGreaterThan(1);
    expect(found[0]).toHaveLength(100);
    expect(new Set(found.flat()).size).toBe(found.flat().length);
  });

  test('have shorter ones where they are to, and forget after an hour', async () => {
    const { ecs, to } = await begin({ pageSize: 7 }, { ...stopping, others: [{ at: 100, does: 'scale', to: 0 }] });
    to(250);
    expect((await pages(ecs, { maxResults: 50 }))[0]).toHaveLength(7);
    to(4200);
    expect((await pages(ecs)).flat()).toEqual([]);
  });

  test('do not take a token of somebody else', async () => {
    const { ecs } = await begin({});
    const input = { ...CLUSTER, serviceName: 'web', nextToken: 'none' };
    await expect(ecs.call('ecs', 'ListTasks', input)).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });
});
