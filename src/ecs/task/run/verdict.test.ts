import { describe, expect, test } from 'vitest';
import type { ErrorKind } from '../../../base/errors.js';
import type { Task } from '../../shapes.js';
import { causeOfRun } from './cause.js';
import type { TaskEnd } from './decide.js';
import { placementFailures, placementHint } from './failures.js';
import type { FollowedRun } from './follow.js';
import type { RunOutcome } from './result.js';
import type { RunCircumstances } from './verdict.js';
import { explainPlacement, explainRun } from './verdict.js';

const cause = {
  class: 'exit',
  certainty: 'likely',
  text: 'It exited',
  exitCode: 3,
  container: 'main',
  hint: 'Read.',
} as const;
const about: RunCircumstances = {
  name: 'migrate',
  count: 1,
  bad: [],
  failures: [],
  timeoutMs: 60_000,
  look: 'lading logs --task 1',
};

type Followed = Pick<FollowedRun, 'why' | 'stop' | 'detail'>;
const over: Followed = { why: 'over', stop: 'no', detail: undefined };

describe('each ending has words of its own', () => {
  test.each<[Followed, Partial<RunCircumstances>, RunOutcome, ErrorKind, string, RegExp]>([
    [
      over,
      { bad: [{ is: 'failed', cause }] },
      'failed',
      'deploy-failed',
      'TASK_FAILED',
      /^the task migrate failed: main: It exited \(exit code 3\)$/,
    ],
    [over, { bad: [{ is: 'not-started', cause }] }, 'failed', 'deploy-failed', 'TASK_NOT_STARTED', /never started/],
    [
      over,
      { bad: [{ is: 'stopped', cause }] },
      'stopped',
      'deploy-failed',
      'TASK_STOPPED',
      /was stopped before its end/,
    ],
    [
      over,
      { bad: [{ is: 'failed', cause }], count: 3 },
      'failed',
      'deploy-failed',
      'TASK_FAILED',
      /^1 of 3 tasks of migrate failed/,
    ],
    [
      over,
      { failures: ['RESOURCE:MEMORY'], count: 2 },
      'not-started',
      'deploy-failed',
      'TASK_NOT_PLACED',
      /^ECS started only 1 of 2 tasks of migrate: RESOURCE:MEMORY$/,
    ],
    [
      { ...over, why: 'timeout', stop: 'asked' },
      {},
      'timeout',
      'timeout',
      'TIMEOUT',
      /did not end within 1m00s, and was stopped/,
    ],
    [{ ...over, why: 'timeout', stop: 'denied' }, {}, 'timeout', 'timeout', 'TIMEOUT', /goes on: .*ecs:StopTask/],
    [{ ...over, why: 'timeout', stop: 'refused' }, {}, 'timeout', 'timeout', 'TIMEOUT', /refused to stop it/],
    [{ ...over, stop: 'asked' }, { bad: [{ is: 'stopped', cause }] }, 'timeout', 'timeout', 'TIMEOUT', /was stopped/],
    [
      { ...over, stop: 'asked' },
      { bad: [{ is: 'failed', cause }] },
      'failed',
      'deploy-failed',
      'TASK_FAILED',
      /failed/,
    ],
    [{ ...over, why: 'gone' }, {}, 'unknown', 'timeout', 'UNPROVEN', /no longer knows the task/],
    [{ ...over, why: 'denied', detail: 'no' }, {}, 'unknown', 'credentials', 'ACCESS_DENIED', /cannot be seen: no$/],
    [{ ...over, why: 'absent' }, {}, 'unknown', 'remote', 'UNKNOWN_OPERATION', /cannot be seen/],
  ])('%j %j', (followed, more, outcome, kind, code, message) => {
    const verdict = explainRun(followed, { ...about, ...more });
    expect(verdict).toMatchObject({ outcome, kind, code, message: expect.stringMatching(message) as string });
    expect(verdict?.hint).toBeTruthy();
  });

  test('and one that went well has none, also when it came late', () => {
    expect(explainRun(over, about)).toBeUndefined();
    expect(explainRun({ ...over, stop: 'asked' }, about)).toBeUndefined();
  });
});

describe('a task that is placed nowhere', () => {
  test('is told in ECS’s words, with the instance and the detail', () => {
    const failures = [
      { arn: 'arn:container-instance/sea/i1', reason: 'RESOURCE:CPU' },
      { reason: 'AGENT', detail: 'gone' },
      {},
    ];
    expect(placementFailures({ tasks: [], failures })).toEqual([
      'RESOURCE:CPU (i1)',
      'AGENT: gone',
      'ECS gives no reason',
    ]);
  });

  test.each([
    ['RESOURCE:MEMORY', /memory/],
    ['RESOURCE:CPU', /CPU/],
    ['RESOURCE:ENI', /network interface/],
    ['RESOURCE:PORTS', /port/],
    ['AGENT', /agent/],
    ['ATTRIBUTE', /attributes/],
    ['Capacity is unavailable at this time. Please try again later', /room/],
    ["You've reached the limit on the number of vCPUs you can run concurrently.", /limit/],
    ['Something new', /room for the task/],
  ])('%s', (reason, hint) => {
    expect(placementHint(reason)).toMatch(hint);
    expect(explainPlacement({ ...about, failures: [reason] }).message).toBe(
      `ECS started no task of migrate: ${reason}`,
    );
  });
});

describe('why a task ended badly', () => {
  const definition = { family: 'web', containerDefinitions: [{ name: 'main' }, { name: 'proxy' }] };
  const stopped = (more: Partial<Task>): Task => ({
    taskArn: 'a',
    taskDefinitionArn: 't',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [],
    ...more,
  });
  const main = (exitCode: number, reason?: string) => [{ name: 'main', exitCode, reason }];
  const failed = (container: string, exitCode: number, early = false): Exclude<TaskEnd, { is: 'passed' }> => ({
    is: 'failed',
    container,
    exitCode,
    early,
  });

  test.each<[string, Task, Exclude<TaskEnd, { is: 'passed' }>, object]>([
    [
      'it exited',
      stopped({ containers: main(3) }),
      failed('main', 3),
      { class: 'exit', container: 'main', exitCode: 3, text: 'Essential container in task exited' },
    ],
    [
      'it had too little memory',
      stopped({ containers: main(137, 'OutOfMemoryError: Container killed due to memory usage') }),
      failed('main', 137),
      { class: 'memory', exitCode: 137 },
    ],
    [
      'another one ended first, and well',
      stopped({ containers: [...main(0), { name: 'proxy', exitCode: 0 }] }),
      failed('proxy', 0, true),
      { class: 'exit', container: 'proxy', exitCode: 0, text: expect.stringContaining('ended first') as string },
    ],
    [
      'its image is not there',
      stopped({
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'CannotPullContainerError: r.io/web:1: not found',
        containers: [{ name: 'main', reason: 'CannotPullContainerError: r.io/web:1: not found' }],
      }),
      { is: 'not-started', container: 'main' },
      { class: 'image', container: 'main', exitCode: undefined, hint: expect.stringContaining('Push') as string },
    ],
    [
      'it never started, and nobody says why',
      stopped({ containers: [{ name: 'main' }, { name: 'proxy', exitCode: 0 }] }),
      { is: 'not-started', container: 'main' },
      { hint: expect.stringContaining('never started') as string, exitCode: undefined },
    ],
    [
      'somebody stopped it',
      stopped({ stopCode: 'UserInitiated', stoppedReason: 'enough', containers: main(0) }),
      { is: 'stopped' },
      { class: 'platform', text: 'enough', exitCode: undefined, hint: expect.stringContaining('StopTask') as string },
    ],
    [
      'AWS took it, and nobody starts another one',
      stopped({
        stopCode: 'SpotInterruption',
        stoppedReason: 'Your Spot Task was interrupted.',
        containers: main(143),
      }),
      { is: 'stopped' },
      { class: 'platform', hint: expect.not.stringContaining('another') as string },
    ],
  ])('%s', (_name, task, end, expected) => {
    expect(causeOfRun(task, definition, end)).toMatchObject({ ...expected, taskArn: 'a' });
  });
});
