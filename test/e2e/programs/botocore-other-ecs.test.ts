import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { virtualClock } from '../../../src/base/clock.js';
import { requireBotocore } from '../../support/aws-tools.js';
import { openBotocore } from '../../support/botocore.js';
import { openEcs } from '../../support/ecs/open.js';
import { startEcs } from '../../support/ecs/start.js';
import { allRollouts } from '../../support/ecs/rollouts/all.js';
import { definitionFor } from '../../support/ecs/rollouts/definition.js';
import type { Ecs } from '../../support/ecs/open.js';
import type { Rollout } from '../../support/ecs/rollouts/rollout.js';
import type { JournalEntry } from '../../support/ecs/truth/journal.js';

const python = requireBotocore();

/** Of models newer than the one that is installed with the tests: https://awsapichanges.com/archive/service/ecs */
const NEWER =
  /(resetOnHealthyTask|thresholdConfiguration|earlySuccessCriteria) is not in the model|Unknown parameter in (input: )?"?deploymentConfiguration/;
/** Seconds after the deployment began. */
const AT = [0, 3, 25, 45, 90, 600];

test.skipIf(!python)('every answer and every error is one that the model of AWS knows', async () => {
  const distinct = new Map<string, JournalEntry>();
  for (const rollout of allRollouts)
    for (const entry of await readEverything(rollout))
      if (entry.broken === undefined) distinct.set(`${entry.operation} ${shapeOf([entry.output, entry.fault])}`, entry);
  const entries = [...distinct.values()];
  const wrong = await check(entries);
  expect(wrong.filter((one) => !NEWER.test(one))).toEqual([]);
  const checked = new Set(entries.filter((entry) => entry.output).map((entry) => entry.operation));
  expect([...checked].sort()).toEqual([
    'ContinueServiceDeployment',
    'CreateService',
    'DeleteService',
    'DeregisterTaskDefinition',
    'DescribeClusters',
    'DescribeServiceDeployments',
    'DescribeServiceRevisions',
    'DescribeServices',
    'DescribeTaskDefinition',
    'DescribeTasks',
    'FilterLogEvents',
    'GetLogEvents',
    'ListServiceDeployments',
    'ListServices',
    'ListTaskDefinitions',
    'ListTasks',
    'RegisterTaskDefinition',
    'RunTask',
    'StopServiceDeployment',
    'StopTask',
    'UpdateService',
  ]);
});

test.skipIf(!python)("the server is understood by botocore's own client", async () => {
  const rollout: Rollout = { name: 'well', expect: { outcome: 'succeeded', earlyStop: 'must not' } };
  const ecs = await startEcs({ clock: virtualClock(), rollout, errs: { denied: ['ListTasks'] } });
  const botocore = openBotocore()!;
  const env = { AWS_ENDPOINT_URL: ecs.endpoint, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const call = (operation: string, input: Readonly<Record<string, unknown>>) =>
    botocore.call(env, 'ecs', operation, input);
  await call('RegisterTaskDefinition', definitionFor(rollout));
  const names = { cluster: 'production', service: 'web' };
  expect(await call('UpdateService', { ...names, taskDefinition: 'web' })).toMatchObject({
    output: { service: { deployments: [{ status: 'PRIMARY' }, { status: 'ACTIVE' }] } },
  });
  expect(await call('ListTasks', { cluster: 'production' })).toMatchObject({
    error: { code: 'AccessDeniedException', status: 400 },
  });
  await botocore.close();
  await ecs.close();
});

/** Keys, kinds and the values of enumerations: of answers that have these in common one is enough. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort().join()}]`;
  if (typeof value === 'string') return /^[A-Z_]+$/i.test(value) ? value : 'text';
  if (typeof value !== 'object' || value === null) return typeof value;
  return `{${Object.entries(value)
    .map(([key, entry]) => `${key}:${shapeOf(entry)}`)
    .join()}}`;
}

/** Calls every operation, most of them again and again while the rollout goes on. */
async function readEverything(rollout: Rollout): Promise<readonly JournalEntry[]> {
  const clock = virtualClock();
  const ecs = openEcs({ clock, rollout });
  const make = (operation: string, input: object) => ecs.answer('ecs', operation, input as Record<string, unknown>);
  const names = { cluster: 'production', service: 'web' };
  const network = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0aaa1111222233334'] } } };
  await make('RegisterTaskDefinition', { ...definitionFor(rollout), tags: [{ key: 'commit', value: 'abc' }] });
  if (rollout.does === 'creates') {
    const deploymentConfiguration = rollout.service?.configuration;
    const settings = {
      desiredCount: 2,
      launchType: 'FARGATE',
      ...(deploymentConfiguration && { deploymentConfiguration }),
    };
    await make('CreateService', {
      cluster: 'production',
      serviceName: 'web',
      taskDefinition: 'web',
      ...settings,
      ...network,
    });
  } else await make('UpdateService', { ...names, taskDefinition: 'web' });
  await make('RunTask', { cluster: 'production', taskDefinition: 'web', launchType: 'FARGATE', ...network });
  const start = clock.now();
  for (const at of AT) {
    clock.advance(Math.max(0, start + at * 1000 - clock.now()));
    await read(ecs);
  }
  for (const operation of ['ContinueServiceDeployment', 'StopServiceDeployment']) {
    const { serviceDeploymentArn = 'none' } = ecs.truth();
    const hookId = lastHook(ecs.journal) ?? 'none';
    await make(operation, { serviceDeploymentArn, ...(operation.startsWith('Continue') && { hookId }) });
  }
  await make('DeregisterTaskDefinition', { taskDefinition: 'web:1' });
  await make('DeleteService', { ...names, force: true });
  await read(ecs);
  return ecs.journal;
}

async function read(ecs: Ecs): Promise<void> {
  const call = async (operation: string, input: object, service = 'ecs') => {
    const reply = await ecs.answer(service, operation, input as Record<string, unknown>);
    return reply.kind === 'output' ? reply.output : {};
  };
  const cluster = 'production';
  const truth = ecs.truth();
  await call('DescribeClusters', { clusters: [cluster] });
  await call('ListServices', { cluster });
  await call('DescribeServices', { cluster, services: ['web', 'none'], include: ['TAGS'] });
  await call('ListServiceDeployments', { cluster, service: 'web', maxResults: 1 });
  await call('DescribeServiceDeployments', { serviceDeploymentArns: [truth.serviceDeploymentArn ?? 'none'] });
  await call('DescribeServiceRevisions', { serviceRevisionArns: [truth.revisionArn ?? 'none'] });
  await call('ListTaskDefinitions', { familyPrefix: 'web', sort: 'DESC' });
  await call('DescribeTaskDefinition', { taskDefinition: 'web', include: ['TAGS'] });
  for (const desiredStatus of ['RUNNING', 'STOPPED']) {
    const { taskArns = [] } = (await call('ListTasks', { cluster, desiredStatus })) as { taskArns?: string[] };
    const tasks = taskArns.slice(0, 8);
    if (tasks.length === 0) continue;
    await call('DescribeTasks', { cluster, tasks });
    const [first = ''] = tasks;
    const logStreamName = `web/web/${first.slice(first.lastIndexOf('/') + 1)}`;
    await call('GetLogEvents', { logGroupName: '/ecs/web', logStreamName, limit: 5 }, 'logs');
    await call('FilterLogEvents', { logGroupName: '/ecs/web', logStreamNames: [logStreamName] }, 'logs');
    if (desiredStatus === 'RUNNING' && ecs.journal.length < 30) await call('StopTask', { cluster, task: first });
  }
}

function lastHook(journal: readonly JournalEntry[]): string | undefined {
  const hooks = journal.flatMap(({ output }) => JSON.stringify(output ?? {}).match(/(?<="hookId":")[^"]+/g) ?? []);
  return hooks.at(-1);
}

/** What the model objects to, each once. */
async function check(entries: readonly JournalEntry[]): Promise<readonly string[]> {
  const child = spawn(python!, [join(import.meta.dirname, '../../support/botocore_check.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(`${JSON.stringify({ check: entries })}\n`);
  const pieces: Buffer[] = [];
  for await (const piece of child.stdout) pieces.push(piece as Buffer);
  return (JSON.parse(Buffer.concat(pieces).toString()) as { wrong: string[] }).wrong;
}
