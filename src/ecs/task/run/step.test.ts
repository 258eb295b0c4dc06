import { describe, expect, test } from 'vitest';
import type { Task } from '../../shapes.js';
import type { RunAct, RunEvent, RunObservation, RunState } from './state.js';
import { beginRunState } from './state.js';
import { runStep } from './step.js';

const T0 = 1_000_000;
const definition = { family: 'web', containerDefinitions: [{ name: 'main' }, { name: 'proxy' }] };
const goal = { definition, deciding: { container: 'main', named: false }, arns: ['a'] };

function task(lastStatus: string, more: Partial<Task> = {}): Task {
  return { taskArn: 'a', taskDefinitionArn: 't', lastStatus, containers: [{ name: 'main' }], ...more };
}
const stopped = (exitCode: number | undefined, more: Partial<Task> = {}) =>
  task('STOPPED', { stopCode: 'EssentialContainerExited', containers: [{ name: 'main', exitCode }], ...more });

const seen = (...tasks: Task[]): RunObservation => ({ tasks: { is: 'seen', value: tasks } });
const closed = (is: 'unread' | 'denied' | 'absent'): RunObservation => ({
  tasks: { is, operation: 'DescribeTasks', why: `${is} it is` },
});

/** Looks at seconds after the beginning, until something ends it. */
function follow(looks: readonly (readonly [number, RunObservation])[], begun: Partial<RunState> = {}) {
  let state: RunState = { ...beginRunState(goal, [task('PROVISIONING')], T0), ...begun };
  const events: RunEvent[] = [];
  let act: RunAct = { do: 'wait', ms: 0 };
  for (const [seconds, look] of looks) {
    const stepped = runStep(state, look, T0 + seconds * 1000);
    state = stepped.state;
    events.push(...stepped.events);
    act = stepped.act;
    if (act.do === 'end') break;
  }
  return { state, act, events };
}

const over = { do: 'end', why: 'over' };

describe('the end', () => {
  test.each<[string, readonly (readonly [number, RunObservation])[], unknown]>([
    ['comes when the task is over', [[2, seen(stopped(0))]], over],
    [
      'comes when its programs have ended, before its network is given back',
      [
        [
          2,
          seen(
            task('DEPROVISIONING', {
              stopCode: 'EssentialContainerExited',
              containers: [{ name: 'main', lastStatus: 'STOPPED', exitCode: 0 }],
            }),
          ),
        ],
      ],
      over,
    ],
    ['does not come while it runs', [[2, seen(task('RUNNING'))]], { do: 'wait', ms: 2000 }],
    ['is looked for less often after half an hour', [[1801, seen(task('RUNNING'))]], { do: 'wait', ms: 5000 }],
    [
      'is not undone by an older look',
      [
        [2, seen(task('RUNNING', { version: 3 }))],
        [4, seen(stopped(0, { version: 2 }))],
      ],
      { do: 'wait', ms: 2000 },
    ],
    ['waits for exit codes that are late', [[2, seen(stopped(undefined))]], { do: 'wait', ms: 2000 }],
    [
      'but not for ever',
      [
        [2, seen(stopped(undefined))],
        [13, seen(stopped(undefined))],
      ],
      over,
    ],
    [
      'needs none where a reason tells',
      [[2, seen(stopped(undefined, { containers: [{ name: 'main', reason: 'r' }] }))]],
      over,
    ],
    [
      'is not told of a task that ECS does not show yet',
      [
        [2, seen()],
        [4, seen()],
        [6, seen()],
        [20, seen()],
      ],
      { do: 'wait', ms: 2000 },
    ],
    [
      'is open when ECS never shows it',
      [
        [2, seen()],
        [30, seen()],
        [70, seen()],
      ],
      { do: 'end', why: 'gone' },
    ],
    [
      'is open when ECS forgets it',
      [
        [2, seen(task('RUNNING'))],
        [4, seen()],
        [6, seen()],
        [8, seen()],
      ],
      { do: 'end', why: 'gone' },
    ],
    [
      'is open no longer when it is shown again',
      [
        [2, seen(task('RUNNING'))],
        [4, seen()],
        [6, seen()],
        [8, seen(task('RUNNING'))],
        [10, seen()],
      ],
      { do: 'wait', ms: 2000 },
    ],
    ['cannot be seen', [[2, closed('denied')]], { do: 'end', why: 'denied', detail: 'denied it is' }],
    ['cannot be told by such an ECS', [[2, closed('absent')]], { do: 'end', why: 'absent', detail: 'absent it is' }],
    [
      'waits for looks that do not come through',
      [
        [2, closed('unread')],
        [900, closed('unread')],
      ],
      { do: 'wait', ms: 2000 },
    ],
  ])('%s', (_name, looks, act) => {
    expect(follow(looks).act).toEqual(act);
  });

  test('comes when all of several are over, and each is told once', () => {
    const two = { ...goal, arns: ['a', 'b'] };
    const b = (one: Task) => ({ ...one, taskArn: 'b' });
    const begun = beginRunState(two, [task('PENDING'), b(task('PENDING'))], T0);
    const { act, events } = follow(
      [
        [2, seen(stopped(0), b(task('RUNNING')))],
        [4, seen(b(task('RUNNING')))],
        [6, seen(b(stopped(1)))],
      ],
      begun,
    );
    expect(act).toEqual(over);
    expect(events.filter(({ kind }) => kind === 'ended')).toMatchObject([
      { task: { taskArn: 'a' } },
      { task: { taskArn: 'b' } },
    ]);
  });
});

describe('what is told', () => {
  test('is each change of its status, once', () => {
    const looks = [
      [2, seen(task('PENDING'))],
      [4, seen(task('PENDING'))],
      [6, seen(task('RUNNING'))],
      [8, seen(stopped(0))],
    ] as const;
    const told = follow(looks).events.flatMap((event) => (event.kind === 'progress' ? [event.progress] : []));
    expect(told).toEqual([
      { stage: 'PENDING', running: 0, desired: 1, starting: 1 },
      { stage: 'RUNNING', running: 1, desired: 1, starting: 0 },
      { stage: 'STOPPED', running: 0, desired: 1, starting: 0 },
    ]);
  });

  test('is a wait for looks, after ten seconds, and again when it comes again', () => {
    const looks = [2, 6, 13, 20].map((at) => [at, closed('unread')] as const);
    const again = [30, 41].map((at) => [at, closed('unread')] as const);
    const { events } = follow([...looks, [22, seen(task('PENDING'))], ...again]);
    expect(events.filter(({ kind }) => kind === 'waiting')).toMatchObject([{ ms: 11_000 }, { ms: 11_000 }]);
  });

  test('is that ECS does not show the task, after ten seconds', () => {
    const { events } = follow([2, 6, 12, 14].map((at) => [at, seen()] as const));
    expect(events.filter(({ kind }) => kind === 'notice')).toHaveLength(1);
  });
});

test('an essential container that ends while the one that decides runs is remembered', () => {
  const running = { name: 'main', lastStatus: 'RUNNING' };
  const gone = { name: 'proxy', lastStatus: 'STOPPED', exitCode: 0 };
  const { state } = follow([
    [2, seen(task('RUNNING', { containers: [running, gone] }))],
    [4, seen(stopped(0, { containers: [{ name: 'main', exitCode: 0 }, gone] }))],
  ]);
  expect(state.first.get('a')).toBe('proxy');
});
