import { describe, expect, test } from 'vitest';
import type { Observation } from './state.js';
import type { Look } from '../../../../test/support/ecs-looks.js';
import {
  ARN,
  OURS,
  T0,
  crashed,
  deployment,
  done,
  follow,
  going,
  record,
  seen,
  service,
  unread,
} from '../../../../test/support/ecs-looks.js';

describe('which deployment is ours', () => {
  const nobody = { arn: undefined };
  const candidate = (arn: string, seconds: number, taskDefinition: string | undefined = OURS.taskDefinition) => ({
    arn,
    createdAt: (T0 + seconds) * 1000,
    taskDefinition,
  });
  const arnOf = (look: Partial<Observation>) => follow([{ at: 3, ...look }], nobody).state.arn;

  test.each<[string, Partial<Observation>, string | undefined]>([
    ['the one of our time and our revision', { candidates: seen([candidate('a', -500), candidate(ARN, 0)]) }, ARN],
    ['not the newest by itself', { candidates: seen([candidate(ARN, 0), candidate('later', 60)]) }, ARN],
    ['not one of another revision', { candidates: seen([candidate('a', 0, 'td/web:1')]) }, undefined],
    ['not one of the same revision from before', { candidates: seen([candidate('a', -3600)]) }, undefined],
    [
      'not one whose revision is not known yet',
      { candidates: seen([{ ...candidate('a', 0), taskDefinition: undefined }]) },
      undefined,
    ],
    [
      'not that of somebody who forced the same revision after us',
      {
        candidates: seen([candidate('theirs', 5)]),
        service: seen(service([deployment('3', 'PRIMARY', { createdAt: T0 + 5 }), deployment('2', 'ACTIVE')])),
      },
      undefined,
    ],
  ])('%s', (_name, look, arn) => {
    expect(arnOf(look)).toBe(arn);
  });

  test('a record that comes late is waited for and told; without it there is no green', () => {
    const completed = seen(service([deployment('2', 'PRIMARY', { rolloutState: 'COMPLETED' })]));
    const none = { candidates: seen([]), service: completed };
    const late = follow(
      [
        { at: 3, ...none },
        { at: 12, ...none },
      ],
      nobody,
    );
    expect(late.act.do).toBe('wait');
    expect(late.events).toContainEqual(expect.objectContaining({ kind: 'notice' }));
    expect(
      done(
        [
          { at: 12, ...none },
          { at: 75, ...none },
        ],
        nobody,
      ),
    ).toBe('unproven');
  });
});

describe('what is told', () => {
  test('each cause once, however many die of it', () => {
    const { events } = follow([
      { at: 10, record: going, stopped: seen([crashed()]) },
      { at: 20, record: going, stopped: seen([crashed({ stoppedAt: T0 + 18 })]) },
    ]);
    expect(events.filter(({ kind }) => kind === 'cause')).toHaveLength(1);
  });

  test('events from before us are of another time', () => {
    const message =
      '(service web) was unable to place a task because no container instance met all of its requirements.';
    const told = (createdAt: number) =>
      follow([{ at: 10, record: going, service: seen(service([], { events: [{ id: 'e', createdAt, message }] })) }])
        .events;
    expect(told(T0 - 60).filter(({ kind }) => kind === 'passing')).toEqual([]);
    expect(told(T0 + 5).filter(({ kind }) => kind === 'passing')).toHaveLength(1);
  });

  test('a task that is still stopping is described again until it tells why', () => {
    const stopping = crashed({ lastStatus: 'STOPPING', containers: [{ name: 'web' }] });
    const first = follow([{ at: 10, record: going, stopped: seen([stopping]) }]);
    expect([first.state.described.size, first.state.deaths]).toEqual([0, []]);
    const then = follow([
      { at: 10, record: going, stopped: seen([{ ...stopping, containers: [{ name: 'web', exitCode: 1 }] }]) },
    ]);
    expect(then.state.deaths).toHaveLength(1);
  });

  test('a read that does not come through is told after ten seconds', () => {
    const look = (at: number): Look => ({ at, record: unread('DescribeServiceDeployments') });
    expect(follow([look(2), look(8)]).events).toEqual([]);
    expect(follow([look(2), look(8), look(13), look(16)]).events.map(({ kind }) => kind)).toEqual(['waiting']);
  });

  test('who stops it, when it is seen', () => {
    const { events } = follow([{ at: 30, record: seen(record('STOP_REQUESTED', { statusReason: 'by somebody' })) }]);
    expect(events).toContainEqual({ kind: 'turning', by: 'somebody', reason: 'by somebody' });
  });
});
