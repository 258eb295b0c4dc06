import { describe, expect, test } from 'vitest';
import type { Seen } from '../../seen.js';
import { endByDeadline } from './ending.js';
import type { End } from './state.js';
import type { Deployment, Look } from '../../../../test/support/ecs-looks.js';
import {
  T0,
  denied,
  deployment,
  done,
  follow,
  going,
  record,
  seen,
  service,
  unread,
} from '../../../../test/support/ecs-looks.js';

describe('what ends a deployment', () => {
  test.each<[string, readonly Look[], string]>([
    ['it goes on', [{ at: 5, record: going }], 'wait'],
    ['it is SUCCESSFUL', [{ at: 90, record: seen(record('SUCCESSFUL')) }], 'succeeded'],
    ['a status that nobody knows yet', [{ at: 5, record: seen(record('SOMETHING_NEW')) }], 'wait'],
    ['ECS went back', [{ at: 90, record: seen(record('ROLLBACK_SUCCESSFUL')) }], 'failed done'],
    ['ECS goes back', [{ at: 60, record: seen(record('ROLLBACK_IN_PROGRESS')) }], 'wait'],
    ['ECS could not go back', [{ at: 90, record: seen(record('ROLLBACK_FAILED')) }], 'failed failed'],
    [
      'a newer one took its place',
      [{ at: 30, record: seen(record('STOPPED', { statusReason: 'Replaced by a new service deployment.' })) }],
      'superseded',
    ],
    [
      'it failed, and a newer one took its place before ECS went back',
      [
        {
          at: 30,
          record: going,
          service: seen(
            service([deployment('2', 'PRIMARY', { rolloutState: 'FAILED' })], {
              deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
            }),
          ),
        },
        { at: 40, record: seen(record('STOPPED', { statusReason: 'Replaced by a new service deployment.' })) },
      ],
      'failed none',
    ],
    [
      'the breaker tripped, and then the service was deleted',
      [
        {
          at: 60,
          record: seen(record('STOPPED', { statusReason: 'ECS deployment circuit breaker: tasks failed to start.' })),
          service: seen(service([], { status: 'DRAINING' })),
        },
      ],
      'failed none',
    ],
    [
      'FAILED a moment before its record says that somebody stopped it',
      [
        { at: 60, record: going, service: seen(service([deployment('2', 'PRIMARY', { rolloutState: 'FAILED' })])) },
        { at: 63, record: seen(record('STOPPED', { statusReason: 'Stopped by user' })) },
      ],
      'stopped none',
    ],
    [
      'the breaker tripped, and nothing goes back',
      [
        {
          at: 60,
          record: seen(record('STOPPED', { statusReason: 'ECS deployment circuit breaker: tasks failed to start.' })),
        },
      ],
      'failed none',
    ],
    [
      'somebody stopped it',
      [{ at: 60, record: seen(record('STOPPED', { statusReason: 'Stopped by user' })) }],
      'stopped none',
    ],
    [
      'somebody asked to go back, and ECS did',
      [
        { at: 30, record: seen(record('ROLLBACK_REQUESTED')) },
        { at: 60, record: seen(record('ROLLBACK_SUCCESSFUL')) },
      ],
      'stopped done',
    ],
    [
      'a hook waits',
      [
        {
          at: 30,
          record: seen(record('IN_PROGRESS', { lifecycleHookDetails: [{ hookId: 'h', status: 'AWAITING_ACTION' }] })),
        },
      ],
      'paused',
    ],
    ['one read finds no service: it may be stale', [{ at: 30, record: going, service: seen(undefined) }], 'wait'],
    [
      'the service is being deleted',
      [
        { at: 30, record: going, service: seen(service([], { status: 'DRAINING' })) },
        { at: 33, record: going, service: seen(service([], { status: 'DRAINING' })) },
      ],
      'deleted',
    ],
    [
      'FAILED without a rollback that is configured',
      [60, 66].map((at) => ({
        at,
        record: going,
        service: seen(service([deployment('2', 'PRIMARY', { rolloutState: 'FAILED' })])),
      })),
      'failed none',
    ],
    [
      'FAILED while a rollback is to follow',
      [
        {
          at: 60,
          record: going,
          service: seen(
            service([deployment('2', 'PRIMARY', { rolloutState: 'FAILED' })], {
              deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
            }),
          ),
        },
      ],
      'wait',
    ],
    [
      'a read that goes back in time',
      [
        { at: 60, record: seen(record('ROLLBACK_IN_PROGRESS')) },
        { at: 62, record: seen(record('IN_PROGRESS')) },
        { at: 64, record: unread('DescribeServiceDeployments') },
        { at: 66, record: seen(record('ROLLBACK_SUCCESSFUL')) },
      ],
      'failed done',
    ],
  ])('%s', (_name, looks, expected) => {
    expect(done(looks)).toBe(expected);
  });
});

describe('where service deployments cannot be read', () => {
  const blind = { arn: undefined };
  const look = (
    at: number,
    deployments: readonly Deployment[],
    why: Seen<never> = denied('ListServiceDeployments'),
  ): Look => ({
    at,
    candidates: why,
    service: seen(service(deployments)),
  });
  const ours = (more: Partial<Deployment>) => deployment('2', 'PRIMARY', more);
  const rollsBack = { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } };
  const other = (more: Partial<Deployment>) => deployment('3', 'PRIMARY', { createdAt: T0 + 60, ...more });

  test.each<[string, readonly Look[], string]>([
    ['COMPLETED by our id is a success', [look(90, [ours({ rolloutState: 'COMPLETED' })])], 'succeeded'],
    ['in progress', [look(30, [ours({ rolloutState: 'IN_PROGRESS' })])], 'wait'],
    ['FAILED without rollback', [look(90, [ours({ rolloutState: 'FAILED' })])], 'failed none'],
    [
      'turned back',
      [
        look(90, [
          other({
            taskDefinition: 'td/web:1',
            rolloutState: 'COMPLETED',
            rolloutStateReason: 'rolling back to ecs-svc/1',
          }),
        ]),
      ],
      'failed done',
    ],
    ['replaced', [look(90, [other({ rolloutState: 'IN_PROGRESS' })])], 'superseded'],
    [
      'it failed, and something newer was deployed before ECS went back',
      [
        { ...look(60, []), service: seen(service([ours({ rolloutState: 'FAILED' })], rollsBack)) },
        { ...look(90, []), service: seen(service([other({ rolloutState: 'COMPLETED' })], rollsBack)) },
      ],
      'failed none',
    ],
    [
      'a stale read from before us',
      [look(3, [deployment('1', 'PRIMARY', { createdAt: T0 - 100, rolloutState: 'COMPLETED' })])],
      'wait',
    ],
    [
      'an ECS that does not know them',
      [
        look(90, [ours({ rolloutState: 'COMPLETED' })], {
          is: 'absent',
          operation: 'ListServiceDeployments',
          why: 'unknown',
        }),
      ],
      'succeeded',
    ],
  ])('%s', (_name, looks, expected) => {
    expect(done(looks, blind)).toBe(expected);
  });

  test('what was COMPLETED before its service was deleted has not failed, and is not proven', () => {
    const gone = { candidates: seen([]), service: seen(service([], { status: 'DRAINING' })) };
    const completed = service([ours({ rolloutState: 'COMPLETED' })]);
    const looks = [
      { at: 30, candidates: seen([]), service: seen(completed) },
      { at: 33, ...gone },
      { at: 36, ...gone },
    ];
    const { act } = follow(looks, blind);
    expect(act).toEqual({ do: 'end', end: { is: 'unproven', deleted: true } });
  });

  test('what failed before its service was deleted has failed', () => {
    const event = {
      id: '1',
      createdAt: T0 + 20,
      message: '(service web) (deployment ecs-svc/2) deployment failed: no.',
    };
    for (const gone of [
      service([ours({ rolloutState: 'FAILED' })], { status: 'DRAINING', ...rollsBack }),
      service([], { status: 'INACTIVE', events: [event] }),
    ]) {
      const looks = [33, 36].map((at) => ({ at, candidates: seen([]), service: seen(gone) }));
      expect(done(looks, blind)).toBe('failed none');
    }
  });

  test('it is told once, with the action to allow', () => {
    const { events } = follow(
      [look(3, [ours({ rolloutState: 'IN_PROGRESS' })]), look(6, [ours({ rolloutState: 'IN_PROGRESS' })])],
      blind,
    );
    expect(events.filter(({ kind }) => kind === 'unseen')).toEqual([
      expect.objectContaining({ what: 'ecs:ListServiceDeployments is denied', allow: 'ecs:ListServiceDeployments' }),
    ]);
  });
});

describe('when the time is over', () => {
  test.each<[string, readonly Look[], End]>([
    ['it still goes forward', [{ at: 60, record: going }], { is: 'timeout' }],
    [
      'ECS says COMPLETED, and has no record yet',
      [{ at: 60, service: seen(service([deployment('2', 'PRIMARY', { rolloutState: 'COMPLETED' })])) }],
      { is: 'unproven' },
    ],
    [
      'ECS goes back',
      [{ at: 60, record: seen(record('ROLLBACK_IN_PROGRESS', { statusReason: 'tripped' })) }],
      { is: 'failed', back: 'going-on', by: 'ecs', reason: 'tripped' },
    ],
    [
      'somebody stopped it, and ECS goes back',
      [
        { at: 30, record: seen(record('STOP_REQUESTED', { statusReason: 'asked' })) },
        { at: 60, record: seen(record('ROLLBACK_IN_PROGRESS', { statusReason: 'asked' })) },
      ],
      { is: 'stopped', back: 'going-on', reason: 'asked' },
    ],
  ])('%s', (_name, looks, expected) => {
    expect(endByDeadline(follow(looks).state)).toEqual(expected);
  });
});

describe('a number of tasks alone', () => {
  const goal = (desired: number) => ({
    goal: {
      failFast: true,
      definition: { family: 'web', containerDefinitions: [{ name: 'web' }] },
      of: 'count' as const,
      desired,
    },
  });
  const counts = (desired: number, running: number) =>
    seen(
      service([deployment('2', 'PRIMARY', { desiredCount: desired, runningCount: running })], {
        desiredCount: desired,
        runningCount: running,
      }),
    );

  test.each<[string, readonly Look[], string]>([
    ['a read from before', [{ at: 2, service: counts(2, 2) }], 'wait'],
    ['not all run yet', [{ at: 2, service: counts(4, 2) }], 'wait'],
    ['all run', [{ at: 2, service: counts(4, 4) }], 'scaled'],
    [
      'autoscaling wants another number meanwhile',
      [
        { at: 2, service: counts(4, 3) },
        { at: 9, service: counts(3, 3) },
      ],
      'scaled',
    ],
  ])('%s', (_name, looks, expected) => {
    expect(done(looks, goal(4))).toBe(expected);
  });
});
