import { afterEach, describe, expect, test } from 'vitest';
import { virtualClock } from '../../../../base/clock.js';
import { createLogs } from '../../../logs.js';
import type { ContainerSpec, RunningContainer, TaskRunner } from '../../../runners/task-runner.js';
import { createEcs } from '../../ecs.js';
import { scenarios } from '../../scenario.js';

interface Task {
  readonly taskArn: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  readonly containers: readonly { readonly name: string; readonly exitCode?: number; readonly reason?: string }[];
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const awslogs = {
  logDriver: 'awslogs',
  options: { 'awslogs-group': '/ecs/migrate', 'awslogs-region': 'eu-central-1', 'awslogs-stream-prefix': 'run' },
};

/** An ECS with a definition `migrate`: one essential container `main`, and a `sidecar` that is not. */
async function open(scenario?: string, runner?: TaskRunner) {
  const clock = virtualClock();
  const setting = { clock, region: 'eu-central-1', accountId: '123456789012' };
  const logs = createLogs(setting);
  const ecs = createEcs(setting, { logs, runner, resolveImage: () => `sha256:${'a'.repeat(64)}` });
  closing.push(() => ecs.close());
  const script = scenario === undefined ? undefined : scenarios.get(scenario);
  if (script) ecs.useScenario(script, 'migrate');
  const call = async <Output>(operation: string, input: Record<string, unknown> = {}) =>
    (await ecs.operations[operation]?.(input)) as Output;
  await call('RegisterTaskDefinition', {
    family: 'migrate',
    memory: '512',
    containerDefinitions: [
      { name: 'main', image: 'registry.example/app:v1', command: ['migrate'], logConfiguration: awslogs },
      { name: 'sidecar', image: 'registry.example/log:v1', essential: false },
    ],
    tags: [{ key: 'commit', value: 'f00' }],
  });
  const run = async (more: Record<string, unknown> = {}) =>
    call<{ tasks: Task[]; failures: unknown[] }>('RunTask', { taskDefinition: 'migrate', ...more });
  const look = async (task: Task | undefined) => {
    const { tasks } = await call<{ tasks: Task[] }>('DescribeTasks', { tasks: [task?.taskArn] });
    if (!tasks[0]) throw new Error('the task is gone');
    return tasks[0];
  };
  const lines = async (task: Task | undefined) => {
    const logStreamName = `run/main/${task?.taskArn.split('/').at(-1) ?? ''}`;
    const answer = await logs.operations.GetLogEvents?.({ logGroupName: '/ecs/migrate', logStreamName });
    return (answer as { events: { message: string }[] }).events.map((event) => event.message);
  };
  return { clock, call, run, look, lines };
}

describe('a simulated task', () => {
  test('goes from PROVISIONING to STOPPED by the clock', async () => {
    const { clock, run, look } = await open();
    const [task] = (await run({ startedBy: 'me', group: 'jobs' })).tasks;
    expect(task).toMatchObject({
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      startedBy: 'me',
      group: 'jobs',
    });
    const seen: string[] = [];
    for (let second = 0; second < 10; second++) {
      clock.advance(1000);
      const { lastStatus } = await look(task);
      if (seen.at(-1) !== lastStatus) seen.push(lastStatus);
    }
    expect(seen).toEqual(['PENDING', 'RUNNING', 'STOPPED']);
    expect(await look(task)).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [
        { name: 'main', exitCode: 0 },
        { name: 'sidecar', exitCode: 0 },
      ],
    });
  });

  test('writes its lines while it runs, and exits with 1', async () => {
    const { clock, run, look, lines } = await open('task-exit-1');
    const [task] = (await run()).tasks;
    clock.advance(3500);
    await look(task);
    expect(await lines(task)).toEqual(['Server is starting']);
    clock.advance(10_000);
    expect((await look(task)).containers[0]).toMatchObject({ exitCode: 1 });
    expect(await lines(task)).toEqual(['Server is starting', 'Error: DATABASE_URL is not set']);
  });

  test.each([
    ['task-sidecar', 'EssentialContainerExited', [{ exitCode: 0 }, { exitCode: 3 }]],
    ['task-quick', 'EssentialContainerExited', [{ exitCode: 0 }, { exitCode: 0 }]],
    ['task-not-started', 'TaskFailedToStart', [{ reason: expect.stringMatching(/^CannotStart/) as string }, {}]],
  ])('%s', async (name, stopCode, containers) => {
    const { clock, run, look } = await open(name);
    const [task] = (await run()).tasks;
    clock.advance(20_000);
    const end = await look(task);
    expect(end).toMatchObject({ lastStatus: 'STOPPED', stopCode, containers });
    expect(end.containers.filter((one) => 'exitCode' in one)).toHaveLength(name === 'task-not-started' ? 0 : 2);
  });

  test('nothing is started where there is no memory, and that is no error', async () => {
    const { run, call } = await open('task-no-memory');
    expect(await run()).toMatchObject({ tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] });
    expect(await call('ListTasks')).toEqual({ taskArns: [] });
  });

  test('StopTask ends it with 143 and the reason; once more changes nothing', async () => {
    const { clock, run, call, look } = await open('task-long');
    const [task] = (await run()).tasks;
    clock.advance(60_000);
    const stop = { task: task?.taskArn, reason: 'enough' };
    expect((await call<{ task: Task }>('StopTask', stop)).task).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
    });
    clock.advance(5000);
    await call('StopTask', { ...stop, reason: 'again' });
    expect(await look(task)).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: 'enough',
      containers: [{ exitCode: 143 }, { exitCode: 143 }],
    });
    await expect(call('StopTask', { task: 'nothing' })).rejects.toMatchObject({ type: 'InvalidParameterException' });
  });

  test('a task of a service that is stopped is replaced', async () => {
    const { call, look } = await open();
    await call('CreateService', { serviceName: 'web', taskDefinition: 'migrate', desiredCount: 1 });
    const list = async () => (await call<{ taskArns: string[] }>('ListTasks', { serviceName: 'web' })).taskArns;
    const [first] = await list();
    await call('StopTask', { task: first });
    expect(await list()).toHaveLength(1);
    expect(await list()).not.toContain(first);
    expect(await look({ taskArn: first } as Task)).toMatchObject({ stopCode: 'UserInitiated' });
  });
});

describe('RunTask', () => {
  test('the same client token answers with the same tasks, or is refused with other wishes', async () => {
    const { run } = await open();
    const first = await run({ clientToken: 'once', count: 2 });
    const again = await run({ clientToken: 'once', count: 2 });
    expect(again.tasks.map((task) => task.taskArn)).toEqual(first.tasks.map((task) => task.taskArn));
    expect((await run({ clientToken: 'twice', count: 2 })).tasks[0]?.taskArn).not.toBe(first.tasks[0]?.taskArn);
    await expect(run({ clientToken: 'once', count: 1 })).rejects.toMatchObject({ type: 'ConflictException' });
  });

  test('its tags and those of the definition are on the task', async () => {
    const { run, call } = await open();
    const [task] = (await run({ propagateTags: 'TASK_DEFINITION', tags: [{ key: 'run', value: '1' }] })).tasks;
    expect(await call('DescribeTasks', { tasks: [task?.taskArn], include: ['TAGS'] })).toMatchObject({
      tasks: [{ tags: [{ key: 'commit' }, { key: 'run', value: '1' }] }],
    });
  });

  test.each([
    ['eleven tasks', { count: 11 }],
    ['a startedBy with a space', { startedBy: 'a b' }],
    ['a long client token', { clientToken: 'x'.repeat(65) }],
    ['a launch type and a strategy', { launchType: 'FARGATE', capacityProviderStrategy: [] }],
    ['tags of a service', { propagateTags: 'SERVICE' }],
    ['propagateTags NONE', { propagateTags: 'NONE' }],
    ['a container that there is not', { overrides: { containerOverrides: [{ name: 'web' }] } }],
    ['long overrides', { overrides: { containerOverrides: [{ name: 'main', command: ['x'.repeat(9000)] }] } }],
  ])('refuses %s', async (_, more) => {
    const { run } = await open();
    await expect(run(more)).rejects.toMatchObject({ type: 'InvalidParameterException' });
  });

  test('refuses an inactive definition, and awsvpc without a network', async () => {
    const { run, call } = await open();
    await call('RegisterTaskDefinition', {
      family: 'vpc',
      networkMode: 'awsvpc',
      containerDefinitions: [{ name: 'a', image: 'a', memory: 64 }],
    });
    await expect(run({ taskDefinition: 'vpc' })).rejects.toMatchObject({ type: 'InvalidParameterException' });
    await call('DeregisterTaskDefinition', { taskDefinition: 'migrate:1' });
    await expect(run({ taskDefinition: 'migrate:1' })).rejects.toMatchObject({ type: 'ClientException' });
  });
});

/** A runner whose containers end when the test says so. */
function handRunner() {
  const started: {
    readonly spec: ContainerSpec;
    say(line: string): void;
    exit(code: number): void;
    ended(): boolean;
  }[] = [];
  const waiting: (() => void)[] = [];
  const runner: TaskRunner = {
    async start(spec, onLine) {
      let exit: (code: number) => void = () => undefined;
      const exited = new Promise<{ exitCode: number }>((resolve) => (exit = (exitCode) => resolve({ exitCode })));
      if (spec.command?.[0] === 'nothing') return { reason: 'CannotStartContainerError: nothing' };
      let ended = false;
      void exited.then(() => (ended = true));
      started.push({ spec, say: onLine, exit, ended: () => ended });
      for (const wake of waiting.splice(0)) wake();
      return { url: undefined, exited, stop: async () => void exit(143) } satisfies RunningContainer;
    },
  };
  async function until(count: number): Promise<void> {
    while (started.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
  }
  return { runner, started, until };
}

describe('a task that really runs', () => {
  const when = async (status: string, look: () => Promise<Task>): Promise<Task> => {
    for (;;) {
      const task = await look();
      if (task.lastStatus === status) return task;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  test('has the overrides, logs its lines, and ends with its essential container', async () => {
    const { runner, started, until } = handRunner();
    const { run, look, lines } = await open(undefined, runner);
    const main = { name: 'main', command: ['seed'], environment: [{ name: 'TABLE', value: 'orders' }] };
    const [task] = (await run({ overrides: { containerOverrides: [main] } })).tasks;
    await until(2);
    expect(started[0]?.spec).toMatchObject({
      image: `registry.example/app@sha256:${'a'.repeat(64)}`,
      command: ['seed'],
      env: { TABLE: 'orders' },
    });
    started[0]?.say('Migrated 3 tables');
    await when('RUNNING', () => look(task));
    started[1]?.exit(7);
    expect(await look(task)).toMatchObject({ desiredStatus: 'RUNNING' });
    started[0]?.exit(2);
    expect(await when('STOPPED', () => look(task))).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 2 }, { exitCode: 7 }],
    });
    expect(await lines(task)).toEqual(['Migrated 3 tables']);
  });

  test('stops when it is told to', async () => {
    const { runner, until } = handRunner();
    const { run, call, look } = await open(undefined, runner);
    const [task] = (await run()).tasks;
    await until(2);
    await call('StopTask', { task: task?.taskArn });
    expect(await when('STOPPED', () => look(task))).toMatchObject({
      stopCode: 'UserInitiated',
      containers: [{ exitCode: 143 }, { exitCode: 143 }],
    });
  });

  test('that cannot start has no exit code', async () => {
    const { run, look } = await open(undefined, handRunner().runner);
    const main = { name: 'main', command: ['nothing'] };
    const [task] = (await run({ overrides: { containerOverrides: [main] } })).tasks;
    const end = await when('STOPPED', () => look(task));
    expect(end).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotStartContainerError: nothing' });
    expect(end.containers.some((one) => 'exitCode' in one)).toBe(false);
  });

  test('ends with the sandbox, even while it is being started', async () => {
    const { runner, started, until } = handRunner();
    const { run } = await open(undefined, runner);
    await run();
    await until(1);
    await closing.pop()?.();
    expect(started.length).toBeGreaterThan(0);
    expect(started.every((one) => one.ended())).toBe(true);
  });
});
