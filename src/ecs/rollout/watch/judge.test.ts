import { describe, expect, test } from 'vitest';
import { skipped } from '../../seen.js';
import type { Task } from '../../shapes.js';
import type { Observation } from './state.js';
import type { Look } from '../../../../test/support/ecs-looks.js';
import {
  T0,
  crashed,
  denied,
  died,
  done,
  going,
  noBreaker,
  notFound,
  record,
  seen,
  up,
} from '../../../../test/support/ecs-looks.js';

/** More than twice as many as ECS itself takes of two tasks. */
const seven = <Item>(one: () => Item) => Array.from({ length: 7 }, one);

describe('when it is turned back', () => {
  const look = (stopped: readonly Task[], running: readonly Task[] = [], more: Partial<Observation> = {}): Look => ({
    at: 20,
    record: going,
    service: noBreaker,
    stopped: seen(stopped),
    running: seen(running),
    ...more,
  });
  const counting = (count: number) =>
    seen(
      record('IN_PROGRESS', { deploymentCircuitBreaker: { status: 'MONITORING', failureCount: count, threshold: 3 } }),
    );

  test.each<[string, readonly Look[], string]>([
    ['an image that does not exist: at the first', [look([notFound()])], 'turn back'],
    ['but not before the running tasks were looked at', [{ ...look([notFound()]), running: skipped }], 'wait'],
    ['nor when a task of ours came up all the same', [look([notFound()], [up()])], 'wait'],
    ['one crash is none', [look([crashed()])], 'wait'],
    ['six crashes may yet be followed by one that comes up', [look(seven(crashed).slice(1))], 'wait'],
    ['two crashes are below what ECS takes', [look([crashed(), crashed()])], 'wait'],
    ['seven crashes: more than twice as many as ECS takes', [look(seven(crashed))], 'turn back'],
    ['seven crashes beside a healthy task', [look(seven(crashed), [up()])], 'wait'],
    [
      'seven crashes beside a task of another deployment',
      [look(seven(crashed), [up({ startedBy: 'ecs-svc/1' })])],
      'turn back',
    ],
    ['seven crashes of another deployment', [look(seven(() => crashed({ startedBy: 'ecs-svc/1' })))], 'wait'],
    [
      'seven crashes before a task ran well, and one after it',
      [look(seven(crashed), [up()]), { ...look([crashed({ stoppedAt: T0 + 40 })], []), at: 50 }],
      'wait',
    ],
    [
      'what may pass is never counted',
      [look(seven(() => died('CannotPullContainerError: toomanyrequests: rate exceeded')))],
      'wait',
    ],
    ['a bad host is never counted', [look(seven(() => died('', { stopCode: 'InfrastructureHealth' })))], 'wait'],
    [
      'what its own breaker sees is left to ECS',
      [
        look(
          seven(() => died('Task failed container health checks', { startedAt: T0 + 5 })),
          [],
          { record: counting(2) },
        ),
      ],
      'wait',
    ],
    ['crashes are not seen by its own breaker', [look(seven(crashed), [], { record: counting(0) })], 'turn back'],
    [
      'ten tasks: four crashes are below what ECS takes',
      [
        look(
          [1, 2, 3, 4].map(() => crashed()),
          [],
          {
            record: seen(
              record('IN_PROGRESS', {
                targetServiceRevision: { arn: 'r', requestedTaskCount: 10, runningTaskCount: 0, pendingTaskCount: 10 },
              }),
            ),
          },
        ),
      ],
      'wait',
    ],
    [
      'there is nothing to go back to, and it is certain',
      [look([notFound()], [], { record: seen(record('IN_PROGRESS', { sourceServiceRevisions: [] })) })],
      'stuck no-source',
    ],
    [
      'there is nothing to go back to, and it may yet come up',
      [
        look(seven(crashed), [], {
          record: seen(record('IN_PROGRESS', { sourceServiceRevisions: [] })),
        }),
      ],
      'wait',
    ],
    ['ECS refuses', [look([notFound()]), { ...look([]), at: 23, turned: 'refused' }], 'stuck refused'],
    ['this role may not ask', [look([notFound()]), { ...look([]), at: 23, turned: 'denied' }], 'stuck denied'],
    ['it is asked once', [look([notFound()]), { ...look([]), at: 23, turned: 'asked' }], 'wait'],
    ['it is turned back already', [look([notFound()], [], { record: seen(record('ROLLBACK_IN_PROGRESS')) })], 'wait'],
    ['tasks that may not be described tell nothing', [look([], [], { stopped: denied('DescribeTasks') })], 'wait'],
  ])('%s', (_name, looks, expected) => {
    expect(done(looks)).toBe(expected);
  });

  test('never without fail-fast', () => {
    const goal = {
      failFast: false,
      definition: { family: 'web', containerDefinitions: [{ name: 'web' }] },
      of: 'deployment' as const,
    };
    expect(done([look([notFound(), ...seven(crashed)])], { goal })).toBe('wait');
  });
});
