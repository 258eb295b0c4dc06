import { tmpdir } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { runCli } from '../../src/entry/cli.js';
import type { RunReleaseResult } from '../../src/release/run-alone.js';
import type { SandboxOptions } from '../../src/sandbox/start.js';
import type { Stage } from '../support/stage.js';
import { openStage } from '../support/stage.js';

let stage: Stage;
afterEach(() => stage.close());

async function open(scenario = 'ok', options: SandboxOptions = {}): Promise<void> {
  stage = await openStage(scenario, {}, options);
}

type Json = RunReleaseResult & {
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
};

/** `lading run` on the stage: its exit code, its result, and what a person reads. */
async function run(argv: readonly string[] = [], signal = new AbortController().signal) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(['run', '--service', 'web', '--json', ...argv], {
    env: stage.sandbox.env,
    cwd: tmpdir(),
    signal,
    clock: stage.clock,
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
  });
  return { code, json: JSON.parse(out.join('')) as Json, text: err.join('') };
}

const calls = (operation: string) => stage.sandbox.journal.filter((entry) => entry.operation === operation);

describe('the exit code of the container is the verdict', () => {
  test.each([
    ['ok', 0, 'passed', 0, undefined],
    ['task-quick', 0, 'passed', 0, undefined],
    ['task-exit-1', 5, 'failed', 1, /^the task web failed: web: .*exit(ed|s)? .*1/],
    ['task-not-started', 5, 'failed', undefined, /^the task web never started: .*executable file not found in \$PATH/],
    ['task-no-memory', 5, 'not-started', undefined, /^ECS started no task of web: RESOURCE:MEMORY/],
  ])('%s', async (scenario, code, outcome, exitCode, message) => {
    await open(scenario);
    const ended = await run(['--command', 'node', '--command', 'migrate.js', '--env', 'web:STEP=1']);
    expect([ended.code, ended.json.outcome, ended.json.exitCode], ended.text).toEqual([code, outcome, exitCode]);
    if (message) expect(ended.json.error?.message).toMatch(message);
    else expect(ended.json.error).toBeUndefined();
    expect(calls('RunTask')).toHaveLength(1);
    expect(calls('RunTask')[0]?.input).toMatchObject({
      cluster: 'default',
      count: 1,
      launchType: 'FARGATE',
      startedBy: 'lading/web',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'] } },
      overrides: {
        containerOverrides: [
          { name: 'web', command: ['node', 'migrate.js'], environment: [{ name: 'STEP', value: '1' }] },
        ],
      },
    });
    expect(calls('UpdateService')).toEqual([]);
    expect(calls('RegisterTaskDefinition')).toEqual([]);
  });

  test('its lines come as they are printed, and are not told twice', async () => {
    await open('task-exit-1');
    const { text, json } = await run();
    const lines = json.tasks[0]?.cause?.logs ?? [];
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(text.split(line).length - 1, text).toBe(1);
    expect(json.tasks[0]).toMatchObject({ exitCode: 1, cause: { class: 'exit', exitCode: 1, container: 'web' } });
  });
});

describe('the same client token', () => {
  const token = ['--client-token', 'release-7'];

  test('starts no second task', async () => {
    await open();
    const first = await run(token);
    const second = await run(token);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(second.json.tasks[0]?.tasks?.[0]?.arn).toBe(first.json.tasks[0]?.tasks?.[0]?.arn);
    const third = await run();
    expect(third.json.tasks[0]?.tasks?.[0]?.arn).not.toBe(first.json.tasks[0]?.tasks?.[0]?.arn);
  });

  test('for another task is a mistake', async () => {
    await open();
    await run(token);
    const { code, json } = await run([...token, '--command', 'other']);
    expect([code, json.error?.message]).toEqual([
      2,
      expect.stringContaining('--client-token: "release-7" stands for another task already') as string,
    ]);
  });

  test('is sent when nobody gives one, and is another each time', async () => {
    await open();
    await run();
    await run();
    const tokens = calls('RunTask').map(({ input }) => (input as { clientToken?: string }).clientToken);
    expect(new Set(tokens).size).toBe(2);
    expect(tokens).not.toContain(undefined);
  });
});

describe('what does not end', () => {
  test('in time is stopped', async () => {
    await open('task-long');
    const { code, json } = await run(['--timeout', '5m']);
    expect([code, json.outcome, json.error?.code]).toEqual([7, 'timeout', 'TIMEOUT']);
    expect(json.error?.message).toBe('the task web did not end within 5m00s, and was stopped');
    expect(calls('StopTask').map(({ input }) => input)).toMatchObject([
      { cluster: 'default', reason: 'lading: it did not end within 5m00s' },
    ]);
    expect(json.tasks[0]?.tasks?.[0]).toMatchObject({ status: 'STOPPED', stopCode: 'UserInitiated' });
  });

  test.each([
    ['stop', 1, /^ECS was asked to stop the task: look with/],
    ['leave', 0, /^The task goes on: look with .*stop it with `aws ecs stop-task --cluster default --task /],
  ])('when the run is cancelled: %s', async (what, stops, hint) => {
    await open('task-long');
    const abort = new AbortController();
    const sleep = stage.clock.sleep.bind(stage.clock);
    const began = stage.clock.now();
    stage.clock.sleep = (ms, signal) => {
      if (stage.clock.now() - began > 60_000) abort.abort();
      return sleep(ms, signal);
    };
    const { code, json } = await run(['--on-cancel', what], abort.signal);
    expect([code, json.outcome]).toEqual([130, 'unknown']);
    expect(json.error?.hint).toMatch(hint);
    expect(calls('StopTask')).toHaveLength(stops);
  });

  test('and may not be stopped is told', async () => {
    await open('task-long');
    stage.sandbox.inject({ service: 'ecs', operation: 'StopTask', type: 'AccessDeniedException', times: 99 });
    const { code, json } = await run(['--timeout', '1m']);
    expect([code, json.error?.message]).toEqual([
      7,
      'the task web did not end within 1m00s, and goes on: this role may not stop it (ecs:StopTask)',
    ]);
  });
});

describe('what AWS does wrong', () => {
  const inject = (operation: string, more: object) =>
    stage.sandbox.inject({ service: operation === 'GetLogEvents' ? 'logs' : 'ecs', operation, ...more });

  test('an answer of RunTask that is lost starts no second task', async () => {
    await open();
    inject('RunTask', { lost: true, times: 2 });
    const { code, json, text } = await run();
    expect([code, json.outcome], text).toEqual([0, 'passed']);
    const { taskArns } = (await stage.sandbox.call('ecs', 'ListTasks', { desiredStatus: 'STOPPED' })) as {
      taskArns: string[];
    };
    expect(taskArns).toEqual([json.tasks[0]?.tasks?.[0]?.arn]);
  });

  test.each(['DescribeServices', 'DescribeTaskDefinition', 'RunTask', 'DescribeTasks', 'GetLogEvents'])(
    '%s is throttled for a while',
    async (operation) => {
      await open('task-exit-1');
      inject(operation, { type: 'ThrottlingException', message: 'Rate exceeded', times: 12 });
      const { code, json, text } = await run();
      expect([code, json.outcome, json.exitCode], text).toEqual([5, 'failed', 1]);
    },
  );

  test('a task that may not be looked at goes on, and nobody calls it passed', async () => {
    await open();
    inject('DescribeTasks', { type: 'AccessDeniedException', times: 99 });
    const { code, json } = await run();
    expect([code, json.outcome, json.error?.code]).toEqual([3, 'unknown', 'ACCESS_DENIED']);
    expect(json.error?.hint).toContain('Allow ecs:DescribeTasks');
  });

  test('lines that may not be read are missed, and the verdict stands', async () => {
    await open('task-exit-1');
    inject('GetLogEvents', { type: 'AccessDeniedException', times: 99 });
    const { code, json, text } = await run();
    expect([code, json.exitCode]).toEqual([5, 1]);
    expect(json.tasks[0]?.unseen).toMatchObject([{ allow: 'logs:GetLogEvents' }]);
    expect(text).toContain('logs:GetLogEvents is denied');
  });

  test('RunTask that is denied begins nothing', async () => {
    await open();
    inject('RunTask', { type: 'AccessDeniedException', times: 99 });
    const { code, json } = await run();
    expect([code, json.outcome]).toEqual([3, 'not-started']);
  });
});

test('what would be run is told, and nothing is changed', async () => {
  await open();
  const { code, json } = await run(['--dry-run']);
  expect([code, json.outcome]).toEqual([0, 'planned']);
  expect(stage.sandbox.journal.filter(({ operation }) => /^(Run|Register|Stop|Update)/.test(operation))).toEqual([]);
});

test('not waited for: it has begun, and that is all that is said', async () => {
  await open('task-exit-1');
  const { code, json } = await run(['--no-wait', '--count', '3']);
  expect([code, json.outcome, json.tasks[0]?.tasks?.length]).toEqual([0, 'started', 3]);
  expect(calls('DescribeTasks')).toEqual([]);
});

test('another image is another revision, registered once', async () => {
  await open();
  const image = ['--image', `registry.example/web@sha256:${'c'.repeat(64)}`];
  const first = await run(image);
  const second = await run(image);
  expect([first.code, second.code], first.text).toEqual([0, 0]);
  expect([first, second].map(({ json }) => json.tasks[0]?.registered)).toEqual([true, false]);
  expect(calls('RegisterTaskDefinition')).toHaveLength(1);
  expect(calls('RunTask')[0]?.input).toMatchObject({ taskDefinition: expect.stringMatching(/web:2$/) as string });
});
