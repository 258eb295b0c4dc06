import { describe, expect, test } from 'vitest';
import * as does from '../support/ecs/rollouts/behaviours.js';
import type { Errs } from '../support/ecs/errs/errs.js';
import type { Behaviour } from '../support/ecs/rollouts/rollout.js';
import { randomOf } from '../support/ecs/random.js';
import { runAtAnotherEcs } from '../support/run-at-another-ecs.js';

const passes = does.exitsAfter(20, 0, ['Migrating', 'Migrated']);

describe('on an ECS of another author', () => {
  test.each<[string, Behaviour, number, string, number | undefined, RegExp | undefined]>([
    ['a task that ends well', passes, 0, 'passed', 0, undefined],
    ['one that is over at once', does.exitsAtOnce(0, ['Migrated']), 0, 'passed', 0, undefined],
    ['one that exits', does.exitsAfter(20, 3), 5, 'failed', 3, /^the task migrate failed: web: .*3/],
    ['one that exits at once', does.exitsAtOnce(2), 5, 'failed', 2, /^the task migrate failed/],
    ['out of memory', does.runsOutOfMemory(9), 5, 'failed', 137, /memory/i],
    ['no such image', does.imageNotFound, 5, 'failed', undefined, /never started: .*not found/],
    ['an image that may not be pulled', does.imageForbidden, 5, 'failed', undefined, /never started: .*403/],
    ['a secret that may not be read', does.secretForbidden, 5, 'failed', undefined, /never started: .*GetSecretValue/],
    ['no log group', does.logGroupNotFound, 5, 'failed', undefined, /never started: .*log group/],
    ['a program that is not there', does.commandNotFound, 5, 'failed', undefined, /never started: .*no such file/],
    ['a task that Spot takes back', does.interrupted(10), 5, 'stopped', undefined, /was stopped .*[Ss]pot/],
    ['no room', does.noCapacity, 5, 'not-started', undefined, /started no task.*Capacity is unavailable/],
    ['no room for its CPU', does.noInstance, 5, 'not-started', undefined, /started no task.*CPU/],
    ['the quota', does.overQuota, 5, 'not-started', undefined, /started no task.*limit/],
    ['one that never ends', does.fine(), 7, 'timeout', undefined, /did not end within 15m00s, and was stopped/],
  ])('%s', async (_name, behaviour, code, outcome, exitCode, message) => {
    for (const consistency of [{}, 'eventual'] as const) {
      const told = await runAtAnotherEcs(behaviour, { errs: { consistency } });
      const said = [told.exitCode, told.result?.outcome, told.result?.exitCode];
      expect(said, told.error?.message).toEqual([code, outcome, exitCode]);
      if (message) expect(told.error?.message).toMatch(message);
      expect(told.error?.hint).not.toBe('');
      expect(told.begun).toBe(outcome === 'not-started' ? 0 : 1);
    }
  });

  test('lines that come late are shown once, each of them', async () => {
    const logs = Array.from({ length: 40 }, (_, at) => `line ${at}`);
    for (const linesAfter of [0, 2, 4]) {
      const told = await runAtAnotherEcs(does.exitsAfter(4, 1, logs), { errs: { consistency: { linesAfter } } });
      expect(told.lines).toEqual(logs);
      expect(told.result?.cause?.logs).toEqual(logs.slice(-20));
    }
  });

  test('an answer of RunTask that is lost, and then throttling, begin no second task', async () => {
    const errs: Errs = { lost: { RunTask: 2 }, throttled: [{ from: 0, for: 40, operations: ['RunTask'] }] };
    const told = await runAtAnotherEcs(passes, { errs });
    expect([told.exitCode, told.begun, told.lines]).toEqual([0, 1, ['Migrating', 'Migrated']]);
  });

  test('a token that another run has used gets the task of that run', async () => {
    const told = await runAtAnotherEcs(passes, { request: { clientToken: 'a'.repeat(64), count: 2 } });
    expect([told.exitCode, told.begun, told.result?.tasks.length]).toEqual([0, 2, 2]);
  });

  test.each([
    ['ecs:DescribeTasks', 3, 'unknown'],
    ['logs:GetLogEvents', 0, 'passed'],
    ['ecs:RunTask', 3, 'not-started'],
    ['ecs:StopTask', 0, 'passed'],
  ])('%s is denied', async (action, code, outcome) => {
    const told = await runAtAnotherEcs(passes, { errs: { denied: [action.replace('ecs:', '')] } });
    expect([told.exitCode, told.result?.outcome], told.error?.message).toEqual([code, outcome]);
  });

  test('whatever happens: 0 only when the program ended with 0, and never two tasks', async () => {
    const wrong: string[] = [];
    for (let seed = 1; seed <= 400; seed++) {
      const random = randomOf('runs', seed);
      const [name, behaviour, code] = random.pick<readonly [string, Behaviour, number]>([
        ['passes', does.exitsAfter(random.int(1, 200), 0, ['done']), 0],
        ['passes at once', does.exitsAtOnce(0, ['done']), 0],
        ['exits', does.exitsAfter(random.int(1, 200), random.int(1, 255)), 5],
        ['exits at once', does.exitsAtOnce(random.int(1, 255)), 5],
        ['no image', does.imageNotFound, 5],
        ['memory', does.runsOutOfMemory(random.int(1, 60)), 5],
        ['spot', does.interrupted(random.int(1, 60)), 5],
        ['no room', does.noCapacity, 5],
      ]);
      const operations = random.pick([['DescribeTasks'], ['RunTask'], ['GetLogEvents'], 'all'] as const);
      const errs: Errs = {
        consistency: random.pick([{}, 'eventual', { tasksDescribableAfter: 8, linesAfter: 3 }] as const),
        ...(random.int(0, 1) === 1 && { lost: { RunTask: random.int(1, 3) } }),
        throttled: [{ from: random.int(0, 60), for: random.int(1, 60), operations }],
        faults: [{ from: random.int(0, 60), for: random.int(1, 60), operations, kind: 'reset', every: 2 }],
      };
      const told = await runAtAnotherEcs(behaviour, { seed, errs });
      if (told.exitCode !== code) wrong.push(`${seed} ${name}: ${told.exitCode} ${told.error?.message}`);
      if (told.begun > 1) wrong.push(`${seed} ${name}: ${told.begun} tasks`);
    }
    expect(wrong).toEqual([]);
  });
});
