import { afterEach, describe, expect, test } from 'vitest';
import type { ErrorKind } from '../../src/base/errors.js';
import { exitCodes } from '../../src/base/errors.js';
import type { DeployResult } from '../../src/ecs/rollout/verdict/result.js';
import { rollback } from '../../src/commands/rollback.js';
import { status } from '../../src/commands/status.js';
import { logs } from '../../src/commands/logs.js';
import type { Consistency } from '../../src/sandbox/ecs/consistency/lags.js';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import type { Stage } from '../support/stage.js';
import { deployByCommandLine, deployOnStage, NEW, OLD, openStage } from '../support/stage.js';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function stage(...about: Parameters<typeof openStage>): Promise<Stage> {
  const opened = await openStage(...about);
  open.push(opened.close);
  return opened;
}

const calls = (sandbox: Sandbox, operation: string) => sandbox.journal.filter((entry) => entry.operation === operation);

interface Expected {
  /** Of the result; not looked at when left out. */
  readonly outcome?: DeployResult['outcome'];
  readonly kind?: ErrorKind;
  readonly cause?: string;
  readonly says?: RegExp;
  readonly args?: readonly string[];
  readonly service?: Readonly<Record<string, unknown>>;
}

const steady: Expected = { outcome: 'steady' };
const back = (cause: string | undefined, says: RegExp): Expected => ({
  outcome: 'rolled-back',
  kind: 'deploy-failed',
  ...(cause !== undefined && { cause }),
  says,
});
const late = ['--no-fail-fast', '--timeout', '2m'];
const crashed: Expected = { outcome: 'timeout', kind: 'timeout', cause: 'exit', says: /exit code 1/, args: late };

const table: Readonly<Record<string, Expected>> = {
  ok: steady,
  slow: steady,
  'blue-green': steady,
  canary: steady,
  linear: steady,
  pause: { outcome: 'paused', kind: 'paused', says: /hook-1/ },
  'pause-timeout': { outcome: 'paused', kind: 'paused', says: /hook-1/ },
  'hook-ok': steady,
  'hook-failed': back('hook', /smoke-test failed/),
  'hook-timeout': back('hook', /ran out of time/),
  'early-success': steady,
  'early-success-blocking': steady,
  'scaled-during': steady,
  'scaled-after': steady,

  'failed-no-rollback': { outcome: 'failed', kind: 'deploy-failed', cause: 'exit', says: /was not rolled back/ },
  'rollback-failed': { outcome: 'failed', kind: 'deploy-failed', cause: 'exit', says: /so did its rollback/ },
  'no-completed': { outcome: 'failed', kind: 'deploy-failed', cause: 'exit', says: /was not rolled back/ },
  'breaker-count': back('exit', /exit code 1/),
  'breaker-keeps-count': back('health', /container health checks/),
  alarm: back('alarm', /web-5xx/),
  'alarm-no-rollback': { outcome: 'failed', kind: 'deploy-failed', cause: 'alarm', says: /web-5xx/ },
  superseded: { outcome: 'superseded', kind: 'superseded', says: /newer deployment/ },
  'superseded-late': { outcome: 'superseded', kind: 'superseded', says: /newer deployment/ },
  'in-flight': steady,
  'user-stop': { outcome: 'stopped', kind: 'deploy-failed', says: /rolled back by user/ },
  'stop-refused': { ...crashed, args: ['--timeout', '2m'] },
  'service-deleted': { outcome: 'deleted', kind: 'deploy-failed', says: /deleted/ },
  'deployment-forgotten': { outcome: 'timeout', kind: 'timeout', args: ['--timeout', '2m'] },

  'cannot-pull-404': back('image', /not found/),
  'cannot-pull-403': back('image', /403 Forbidden/),
  'cannot-pull-wrong-arch': back('image', /platform/),
  'cannot-pull-timeout': back('network', /i\/o timeout/),
  'secret-denied': back('secrets', /secretsmanager:GetSecretValue/),
  'missing-log-group': back('start', /log group does not exist/),
  'cannot-start': back('start', /executable file not found/),
  'crash-loop': back('exit', /exit code 1/),
  'crash-loop-breaker': back('exit', /exit code 1/),
  oom: back('memory', /OutOfMemory/),
  'elb-unhealthy': back('health', /ELB health checks/),
  'elb-timeout': back('health', /ELB health checks/),
  'container-unhealthy': back('health', /container health checks/),
  capacity: { outcome: 'timeout', kind: 'timeout', cause: 'capacity', says: /unable to place a task/, args: late },
  'many-events': crashed,
  'many-stopped-tasks': crashed,

  spot: steady,
  'secrets-throttled-once': steady,
  'registry-429-once': steady,
  'bad-host': { ...steady, cause: 'start' },
  'eni-timeout': steady,
  // Once told, a cause stays in the result.
  'pull-timeout-once': { ...steady, cause: 'network' },
  'one-bad-task': { ...steady, cause: 'exit' },
  'bad-among-healthy': { ...steady, service: { desiredCount: 4 }, cause: 'exit' },
  'stale-event': steady,

  throttled: steady,
  'throttled-before': steady,
  'throttled-throughout': steady,
  'denied-list-service-deployments': steady,
  'denied-describe-service-revisions': steady,
  'denied-service-deployments': steady,
  'denied-describe-tasks': steady,
  'denied-get-log-events': back('exit', /exit code 1/),
  'denied-stop-service-deployment': { ...crashed, args: ['--timeout', '2m'] },
  'no-service-deployments': steady,
  'expired-token': { kind: 'credentials', says: /expired/ },
  'stale-reads': steady,

  'task-exit-1': steady,
  'task-sidecar': steady,
  'task-not-started': steady,
  'task-quick': steady,
  'task-long': steady,
  'task-no-memory': steady,
};

async function expectVerdict(name: string, expected: Expected, consistency: Consistency): Promise<void> {
  const opened = await stage(name, expected.service, { consistency });
  const { exitCode, json, service, text } = await deployByCommandLine(opened, expected.args ?? []);
  if (expected.outcome !== undefined) expect(json.outcome).toBe(expected.outcome);
  expect(exitCode).toBe(expected.kind === undefined ? 0 : exitCodes[expected.kind]);
  expect(json.error?.kind).toBe(expected.kind);
  if (expected.says) {
    expect(json.error?.message).toMatch(expected.says);
    expect(text).toMatch(expected.says);
  }
  expect(service?.cause?.class).toBe(expected.cause);
  if (expected.cause) {
    expect(service?.cause?.hint).toBeTruthy();
    expect(text).toContain(`hint: ${service?.cause?.hint}`);
  }
  const done = (operation: string) => calls(opened.sandbox, operation).filter((entry) => entry.output !== undefined);
  expect(done('UpdateService')).toHaveLength(1);
  expect(done('RegisterTaskDefinition')).toHaveLength(1);
}

describe('the verdict over each scenario', () => {
  test('no scenario is forgotten', () => {
    expect(Object.keys(table).concat('access-denied').sort()).toEqual([...scenarios.keys()].sort());
  });

  describe.each(['strong', 'eventual'] as const)('with %s reads', (consistency) => {
    test.each(Object.entries(table))('%s', async (name, expected) => expectVerdict(name, expected, consistency));
  });
});

test('a permission that is refused is told with the action to allow, and the verdict is what remains', async () => {
  const { sandbox, world } = await stage('access-denied');
  const { result, error } = await deployOnStage(world);
  expect(error).toBeUndefined();
  expect(result).toMatchObject({
    outcome: 'steady',
    unseen: [{ what: 'ecs:DescribeServiceDeployments is denied', allow: 'ecs:DescribeServiceDeployments' }],
  });
  expect(calls(sandbox, 'UpdateService')).toHaveLength(1);
});

test('the cause is told within three seconds of the event, with the last log lines', async () => {
  const { sandbox, world } = await stage('crash-loop');
  await deployOnStage(world);
  const told = world.events.flatMap((event) =>
    event.type === 'rollout' && event.change.kind === 'cause' ? [{ at: event.at, cause: event.change.cause }] : [],
  );
  const died =
    Number((calls(sandbox, 'DescribeTasks')[0]?.output as { tasks: { stoppedAt: number }[] }).tasks[0]?.stoppedAt) *
    1000;
  expect((told[0]?.at ?? Infinity) - died).toBeLessThanOrEqual(3000);
  expect(told.map(({ cause }) => cause.logs)).toEqual([['Server is starting', 'Error: DATABASE_URL is not set']]);
});

test('the second deployment of the same image registers nothing and updates nothing', async () => {
  const { sandbox, world } = await stage('ok');
  expect((await deployOnStage(world)).result?.outcome).toBe('steady');
  const again = await deployOnStage(world);
  expect(again.result).toMatchObject({ outcome: 'unchanged', registered: false });
  expect(calls(sandbox, 'UpdateService')).toHaveLength(1);
  expect(calls(sandbox, 'RegisterTaskDefinition')).toHaveLength(1);
});

test('a forced deployment sends the force alone', async () => {
  const { sandbox, world } = await stage('ok');
  const { result } = await deployOnStage(world, { images: [], force: true });
  expect(result).toMatchObject({ outcome: 'steady', registered: false });
  expect(calls(sandbox, 'UpdateService').map((entry) => entry.input)).toEqual([
    { cluster: 'default', service: 'web', forceNewDeployment: true },
  ]);
});

test.each([
  [
    'two who register at the same time',
    {
      operation: 'RegisterTaskDefinition',
      type: 'ClientException',
      message: 'Too many concurrent attempts to create a new revision of the specified family.',
      times: 3,
    },
  ],
  [
    'a throttled registration',
    { operation: 'RegisterTaskDefinition', type: 'ThrottlingException', message: 'Rate exceeded', times: 3 },
  ],
  ['connections that are reset', { reset: true, times: 3 }],
  ['a service that has trouble', { operation: 'UpdateService', type: 'ServerException', status: 500, times: 2 }],
  ['an answer to UpdateService that is lost', { operation: 'UpdateService', lost: true }],
] as const)('survives %s: one revision, one deployment, even a forced one', async (_name, fault) => {
  const { sandbox, world } = await stage('ok');
  sandbox.inject({ service: 'ecs', ...fault });
  const { result } = await deployOnStage(world, { force: true });
  expect(result?.outcome).toBe('steady');
  const done = (operation: string) => calls(sandbox, operation).filter((entry) => entry.output !== undefined);
  expect(done('RegisterTaskDefinition')).toHaveLength(1);
  expect(done('UpdateService')).toHaveLength(1);
});

test.each(['DRAINING', 'INACTIVE'])('a service that is %s is told as it is, and nothing is changed', async (status) => {
  const { sandbox, world } = await stage('ok');
  await sandbox.call('ecs', 'DeleteService', { service: 'web', force: true });
  await world.clock.sleep(status === 'INACTIVE' ? 30_000 : 3000);
  const { error } = await deployOnStage(world);
  expect(error).toMatchObject({ kind: 'input', message: expect.stringContaining(status) as string });
  expect(calls(sandbox, 'UpdateService')).toEqual([]);
});

test('reads ECS at most once a second over two minutes and more', async () => {
  const { sandbox, world } = await stage('slow');
  const { result } = await deployOnStage(world);
  const reads = sandbox.journal.filter((entry) => entry.service === 'ecs' && /^(Describe|List)/.test(entry.operation));
  expect(reads.length / ((result?.ms ?? 0) / 1000)).toBeLessThanOrEqual(1);
});

test('a dry run changes nothing and says what would', async () => {
  const { sandbox, world } = await stage('ok');
  const { result } = await deployOnStage(world, { dryRun: true });
  expect(result).toMatchObject({ outcome: 'planned', changes: [`containerDefinitions.web.image: ${OLD} → ${NEW}`] });
  expect(calls(sandbox, 'UpdateService')).toEqual([]);
});

test('cancelling ends at once and says how to look again', async () => {
  const { world, abort } = await stage('slow');
  const clock = world.clock;
  const sleep = clock.sleep.bind(clock);
  Object.assign(clock, { sleep: async (ms: number, signal?: AbortSignal) => (abort.abort(), sleep(ms, signal)) });
  const { error } = await deployOnStage(world);
  expect(error).toMatchObject({ kind: 'cancelled' });
  expect(error?.hint).toContain('lading status');
});

test('a service with no task succeeds with a warning', async () => {
  const { world } = await stage('ok', { desiredCount: 0 });
  expect((await deployOnStage(world)).result?.outcome).toBe('steady');
  expect(world.events).toContainEqual(
    expect.objectContaining({
      type: 'message',
      level: 'warning',
      text: expect.stringContaining('desired count of 0') as string,
    }),
  );
});

test('a controller that is not ECS is refused before anything is changed', async () => {
  const { sandbox, world } = await stage('ok', { deploymentController: { type: 'CODE_DEPLOY' } });
  expect((await deployOnStage(world)).error).toMatchObject({ kind: 'input', code: 'CONTROLLER_UNSUPPORTED' });
  expect(calls(sandbox, 'UpdateService')).toEqual([]);
});

test('a missing service and a missing container say what there is', async () => {
  const { world } = await stage('ok');
  expect((await deployOnStage(world, { service: 'wep' })).error).toMatchObject({
    kind: 'input',
    code: 'SERVICE_MISSING',
  });
  const { error } = await deployOnStage(world, { images: [{ container: 'api', image: NEW }] });
  expect(error).toMatchObject({ kind: 'input', hint: 'It has web.' });
});

test('status, logs and rollback after a failure and a success', async () => {
  const { sandbox, world } = await stage('crash-loop');
  await deployOnStage(world);
  const values = {
    cluster: 'default',
    service: 'web',
    region: undefined,
    role: undefined,
    services: [],
    only: undefined,
  };
  const shown = await status.run(values, world);
  expect(shown).toMatchObject({
    running: 1,
    images: [{ container: 'web', image: OLD }],
    lastFailure: { class: 'exit', exitCode: 1 },
  });
  const lines = await logs.run(
    { ...values, since: 3_600_000, container: undefined, task: undefined, follow: undefined },
    world,
  );
  expect(lines.lines.map((line) => line.text)).toContain('Error: DATABASE_URL is not set');

  sandbox.useScenario(scenarios.get('ok') as never);
  await deployOnStage(world);
  const back = { ...values, timeout: 900_000, dryRun: undefined };
  expect(await rollback.run({ ...back, dryRun: true }, world)).toMatchObject({
    how: 'planned',
    to: expect.stringMatching(/web:1$/) as string,
  });
  const result = await rollback.run(back, world);
  expect(result).toMatchObject({
    how: 'deployed',
    to: expect.stringMatching(/web:1$/) as string,
    deployment: { outcome: 'steady', registered: false },
  });
});

test('a rollback turns back the deployment in flight', async () => {
  const { sandbox, world } = await stage('slow');
  await deployOnStage(world, { wait: 'none' });
  // Nobody is that fast; the record of what is to be turned back comes some seconds late.
  await world.clock.sleep(6000);
  const place = {
    cluster: 'default',
    service: 'web',
    region: undefined,
    role: undefined,
    services: [],
    only: undefined,
  };
  const values = { ...place, timeout: 900_000, dryRun: undefined };
  expect(await rollback.run(values, world)).toMatchObject({ how: 'stopped' });
  expect(calls(sandbox, 'StopServiceDeployment')).toHaveLength(1);
});
