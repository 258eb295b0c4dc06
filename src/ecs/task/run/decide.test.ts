import { describe, expect, test } from 'vitest';
import type { Task } from '../../shapes.js';
import type { Deciding, TaskEnd } from './decide.js';
import { endedFirst, endOfTask, isOver } from './decide.js';

const definition = {
  family: 'web',
  containerDefinitions: [{ name: 'main' }, { name: 'proxy' }, { name: 'log', essential: false }],
};
const EXITED = 'EssentialContainerExited';

type Ends = Readonly<Record<string, number | readonly [number | undefined, string] | undefined>>;

function task(ends: Ends, more: Partial<Task> = {}): Task {
  const containers = Object.entries(ends).map(([name, end]) => {
    const [exitCode, reason] = typeof end === 'object' ? end : [end, undefined];
    return { name, exitCode, reason };
  });
  return { taskArn: 'a', taskDefinitionArn: 't', lastStatus: 'STOPPED', stopCode: EXITED, ...more, containers };
}

const main: Deciding = { container: 'main', named: false };
const named: Deciding = { container: 'main', named: true };
const all: Deciding = { container: undefined, named: false };
const failed = (container: string, exitCode: number, early = false): TaskEnd => ({
  is: 'failed',
  container,
  exitCode,
  early,
});
const passed: TaskEnd = { is: 'passed' };

describe('how a task ended', () => {
  test.each<[string, Deciding, Task, TaskEnd]>([
    ['with 0', main, task({ main: 0 }), passed],
    ['with 3', main, task({ main: 3 }), failed('main', 3)],
    ['with 0, and ECS stopped the others', main, task({ main: 0, proxy: 143, log: 137 }), passed],
    ['with 0, and the sidecar that is not essential failed', main, task({ main: 0, proxy: 0, log: 3 }), passed],
    ['with 0, and another essential one failed', main, task({ main: 0, proxy: 1 }), failed('proxy', 1)],
    [
      'with 0, and another essential one was killed for memory',
      main,
      task({ main: 0, proxy: [137, 'OutOfMemoryError'] }),
      failed('proxy', 137),
    ],
    ['with 0, named, and another one does not heed SIGTERM well', named, task({ main: 0, proxy: 1 }), passed],
    ['killed', main, task({ main: 137 }), failed('main', 137)],
    ['with 143 because the other one failed', main, task({ main: 143, proxy: 2 }), failed('main', 143)],
    ['one that never started', main, task({ main: undefined, proxy: 0 }), { is: 'not-started', container: 'main' }],
    ['without the container that decides', main, task({ proxy: 0 }), { is: 'not-started', container: 'main' }],
    [
      'never at all',
      main,
      task({ main: [undefined, 'CannotPull'] }, { stopCode: 'TaskFailedToStart' }),
      { is: 'not-started', container: 'main' },
    ],
    [
      'before it ran, by what it depends on',
      main,
      task({ main: undefined, log: 4 }, { stopCode: 'TaskFailedToStart' }),
      failed('log', 4),
    ],
    [
      'by hand, and the program ended with 0',
      named,
      task({ main: 0 }, { stopCode: 'UserInitiated' }),
      { is: 'stopped' },
    ],
    ['on Spot', main, task({ main: 143 }, { stopCode: 'SpotInterruption' }), { is: 'stopped' }],
    ['for a reason that nobody knows yet', main, task({ main: 0 }, { stopCode: 'NewReason' }), { is: 'stopped' }],
    ['without a code of the stop', main, task({ main: 0 }, { stopCode: undefined }), passed],
    ['all with 0', all, task({ main: 0, proxy: 0 }), passed],
    ['one with 0, the others stopped', all, task({ main: 143, proxy: 0, log: 1 }), passed],
    ['one of all with 2', all, task({ main: 0, proxy: 2 }), failed('proxy', 2)],
    ['all by a signal', all, task({ main: 143, proxy: 143 }), failed('main', 143)],
    ['one of all never', all, task({ main: 0, proxy: undefined }), { is: 'not-started', container: 'proxy' }],
  ])('%s', (_name, deciding, one, end) => {
    expect(endOfTask(one, definition, deciding, undefined)).toEqual(end);
  });

  test('with 0 after another essential one was seen to end first: it was stopped', () => {
    for (const deciding of [main, named])
      expect(endOfTask(task({ main: 0, proxy: 0 }), definition, deciding, 'proxy')).toEqual(failed('proxy', 0, true));
  });
});

describe('what a look shows', () => {
  const looked = (states: Readonly<Record<string, [string, number?]>>, more: Partial<Task> = {}): Task => ({
    ...task({}, { lastStatus: 'RUNNING', stopCode: undefined, ...more }),
    containers: Object.entries(states).map(([name, [lastStatus, exitCode]]) => ({ name, lastStatus, exitCode })),
  });

  test.each<[Parameters<typeof looked>[0], string | undefined]>([
    [{ main: ['RUNNING'], proxy: ['RUNNING'] }, undefined],
    [{ main: ['RUNNING'], proxy: ['STOPPED', 1] }, 'proxy'],
    [{ main: ['RUNNING'], proxy: ['STOPPED', 0] }, 'proxy'],
    [{ main: ['RUNNING'], log: ['STOPPED', 0] }, undefined],
    [{ main: ['STOPPED', 0], proxy: ['STOPPED', 0] }, undefined],
    [{ main: ['PENDING'], proxy: ['STOPPED', 0] }, undefined],
  ])('%j: first %s', (states, first) => {
    expect(endedFirst(looked(states), definition, main)).toBe(first);
  });

  test.each<[string, Task, boolean]>([
    ['runs', looked({ main: ['RUNNING'] }), false],
    ['is STOPPED', looked({ main: ['PENDING'] }, { lastStatus: 'STOPPED' }), true],
    [
      'gives its network back',
      looked({ main: ['STOPPED', 0] }, { lastStatus: 'DEPROVISIONING', stopCode: EXITED }),
      true,
    ],
    [
      'still stops another container',
      looked({ main: ['STOPPED', 0], proxy: ['RUNNING'] }, { lastStatus: 'STOPPING', stopCode: EXITED }),
      false,
    ],
    ['is to stop', looked({ main: ['RUNNING'] }, { stopCode: EXITED }), false],
  ])('one that %s is over: %s', (_name, one, over) => {
    expect(isOver(one)).toBe(over);
  });
});
