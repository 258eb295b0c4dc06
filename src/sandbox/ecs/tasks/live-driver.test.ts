import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../base/clock.js';
import { createLogs } from '../../logs.js';
import type { RunningContainer, TaskRunner } from '../../runners/task-runner.js';
import { createEcs } from '../ecs.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Containers of `good` run until they are stopped; those of `bad` exit with 1 at once. */
function runner(): TaskRunner & { readonly running: Set<string> } {
  const running = new Set<string>();
  let count = 0;
  return {
    running,
    async start(spec) {
      const url = `http://127.0.0.1:${++count}`;
      let exit: (code: number) => void = () => undefined;
      const exited = new Promise<{ exitCode: number }>((resolve) => (exit = (exitCode) => resolve({ exitCode })));
      running.add(url);
      void exited.then(() => running.delete(url));
      if (spec.image.startsWith('bad')) exit(1);
      return { url, exited, stop: async () => exit(143) } satisfies RunningContainer;
    },
  };
}

interface Service {
  readonly status: string;
  readonly runningCount: number;
  readonly taskDefinition: string;
  readonly currentServiceDeployment: string;
}

async function open(service: Readonly<Record<string, unknown>> = {}) {
  const setting = { clock: systemClock, region: 'eu-central-1', accountId: '123456789012' };
  const containers = runner();
  const ecs = createEcs(setting, { logs: createLogs(setting), runner: containers, resolveImage: () => undefined });
  closing.push(() => ecs.close());
  const call = <Output>(operation: string, input: Readonly<Record<string, unknown>>) =>
    ecs.operations[operation]?.(input) as Output;
  for (const image of ['good:v1', 'bad:v2', 'good:v3'])
    call('RegisterTaskDefinition', { family: 'web', containerDefinitions: [{ name: 'web', image, memory: 64 }] });
  call('CreateService', { serviceName: 'web', taskDefinition: 'web:1', desiredCount: 2, ...service });
  const look = () => call<{ services: Service[] }>('DescribeServices', { services: ['web'] }).services[0] as Service;
  const statusOf = (arn: string) =>
    call<{ serviceDeployments: { status: string }[] }>('DescribeServiceDeployments', { serviceDeploymentArns: [arn] })
      .serviceDeployments[0]?.status;
  const until = async (arn: string, status: string) => {
    for (let tries = 0; statusOf(arn) !== status; tries++) {
      if (tries > 400) throw new Error(`it is ${statusOf(arn)}, not ${status}`);
      await delay(25);
    }
  };
  const deploy = (taskDefinition: string) =>
    call<{ service: Service }>('UpdateService', { service: 'web', taskDefinition }).service.currentServiceDeployment;
  await until(look().currentServiceDeployment, 'SUCCESSFUL');
  return { call, look, until, deploy, urls: () => ecs.urls('default', 'web'), containers };
}

describe('a service whose tasks really run', () => {
  test('is rolled out: new tasks first, then the old ones go', async () => {
    const { deploy, until, urls, look, containers } = await open();
    const before = urls();
    expect(before).toHaveLength(2);
    await until(deploy('web:3'), 'SUCCESSFUL');
    expect(urls()).toHaveLength(2);
    expect(urls().some((url) => before.includes(url))).toBe(false);
    expect([...containers.running].sort()).toEqual([...urls()].sort());
    expect(look()).toMatchObject({ runningCount: 2, taskDefinition: expect.stringMatching(/web:3$/) as string });
  });

  test('goes back by its circuit breaker, and serves all the while', async () => {
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    const { deploy, until, urls, look } = await open({ deploymentConfiguration });
    const before = urls();
    await until(deploy('web:2'), 'ROLLBACK_SUCCESSFUL');
    expect(urls()).toEqual(before);
    expect(look()).toMatchObject({ runningCount: 2, taskDefinition: expect.stringMatching(/web:1$/) as string });
  });

  test('goes back when it is told to', async () => {
    const { call, deploy, until, urls } = await open();
    const before = urls();
    const arn = deploy('web:2');
    await delay(100);
    call('StopServiceDeployment', { serviceDeploymentArn: arn });
    await until(arn, 'ROLLBACK_SUCCESSFUL');
    expect(urls()).toEqual(before);
  });

  test('is scaled, replaces what somebody stops, and ends with its deletion', async () => {
    const { call, look, urls, containers } = await open();
    call('UpdateService', { service: 'web', desiredCount: 1 });
    await expect.poll(() => [urls().length, containers.running.size]).toEqual([1, 1]);
    const [url] = urls();
    const { taskArns } = call<{ taskArns: string[] }>('ListTasks', { serviceName: 'web' });
    call('StopTask', { task: taskArns[0] });
    await expect.poll(() => urls().length === 1 && urls()[0] !== url, { timeout: 5000 }).toBe(true);
    call('DeleteService', { service: 'web', force: true });
    await expect.poll(() => [look().status, containers.running.size]).toEqual(['INACTIVE', 0]);
  });
});
