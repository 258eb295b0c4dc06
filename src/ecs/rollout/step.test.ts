import { describe, expect, test } from 'vitest';
import type { Seen } from '../seen.js';
import { skipped } from '../seen.js';
import type { Service, ServiceDeployment, Task } from '../shapes.js';
import type { Observation, RolloutState } from './state.js';
import { beginState } from './state.js';
import type { Step } from './step.js';
import { step } from './step.js';

/** AWS's time of our deployment, in seconds; our clock says the same. */
const T0 = 1_767_225_600;
const OURS = { id: 'ecs-svc/2', taskDefinition: 'td/web:2', createdAt: T0 * 1000 };
const ARN = 'deployment/2';

const seen = <Value>(value: Value): Seen<Value> => ({ is: 'seen', value });
const denied = (operation: string): Seen<never> => ({ is: 'denied', operation, why: 'AccessDenied' });
const unread = (operation: string): Seen<never> => ({ is: 'unread', operation, why: 'Rate exceeded' });

function record(status: string, more: Partial<ServiceDeployment> = {}): ServiceDeployment {
  const count = { requestedTaskCount: 2, runningTaskCount: 0, pendingTaskCount: 2 };
  return {
    serviceDeploymentArn: ARN,
    status,
    targetServiceRevision: { arn: 'revision/2', ...count },
    sourceServiceRevisions: [{ arn: 'revision/1', ...count }],
    ...more,
  };
}

type Deployment = Service['deployments'][number];
function deployment(id: string, status: string, more: Partial<Deployment> = {}): Deployment {
  const counts = { desiredCount: 2, pendingCount: 0, runningCount: 2, failedTasks: 0 };
  return { id: `ecs-svc/${id}`, status, taskDefinition: `td/web:${id}`, createdAt: T0, ...counts, ...more };
}

function service(deployments: readonly Deployment[], more: Partial<Service> = {}): Service {
  return {
    serviceArn: 'service/web',
    clusterArn: 'cluster/default',
    serviceName: 'web',
    status: 'ACTIVE',
    taskDefinition: 'td/web:2',
    desiredCount: 2,
    runningCount: 2,
    pendingCount: 0,
    events: [],
    ...more,
    deployments: [...deployments],
  };
}

let tasks = 0;
function died(reason: string, more: Partial<Task> = {}): Task {
  return {
    taskArn: `task/${++tasks}`,
    taskDefinitionArn: 'td/web:2',
    startedBy: OURS.id,
    lastStatus: 'STOPPED',
    stopCode: 'TaskFailedToStart',
    stoppedReason: reason,
    stoppedAt: T0 + 10,
    containers: [],
    ...more,
  };
}
const crashed = (more: Partial<Task> = {}) =>
  died('Essential container in task exited', {
    stopCode: 'EssentialContainerExited',
    startedAt: T0 + 5,
    containers: [{ name: 'web', exitCode: 1 }],
    ...more,
  });
const notFound = () => died('CannotPullContainerError: web:2: not found');
const up = (more: Partial<Task> = {}): Task => ({
  ...died(''),
  stopCode: undefined,
  lastStatus: 'RUNNING',
  healthStatus: 'HEALTHY',
  startedAt: T0 + 5,
  ...more,
});

interface Look extends Partial<Observation> {
  /** Seconds after the beginning. */
  readonly at: number;
}

/** The steps over a series of looks, as long as nothing but waiting or turning back is to be done. */
function follow(looks: readonly Look[], more: Partial<RolloutState> = {}): Step {
  const definition = { family: 'web', containerDefinitions: [{ name: 'web' }] };
  const goal = { failFast: true, definition, of: 'deployment' as const };
  let state: RolloutState = { ...beginState(OURS, { goal, now: T0 * 1000, arn: ARN }), ...more };
  let last: Step | undefined;
  const events: Step['events'][number][] = [];
  for (const { at, ...look } of looks) {
    if (last?.act.do === 'end') throw new Error(`it ended before ${at} s: ${JSON.stringify(last.act)}`);
    const nothing = { record: skipped, candidates: skipped, service: skipped, stopped: skipped, running: skipped };
    const all = { ...nothing, ...look };
    const reads = Object.values(all).flatMap((part) =>
      typeof part === 'object' && 'operation' in part
        ? [{ operation: part.operation, is: part.is, why: part.why }]
        : [],
    );
    last = step(state, { ...all, reads } as Observation, (T0 + at) * 1000);
    events.push(...last.events);
    state = last.state;
  }
  if (!last) throw new Error('no look');
  return { ...last, events };
}

const done = (looks: readonly Look[], more: Partial<RolloutState> = {}) => {
  const { act } = follow(looks, more);
  if (act.do === 'end')
    return 'back' in act.end
      ? `${act.end.is} ${act.end.back}`
      : act.end.is === 'stuck'
        ? `stuck ${act.end.why}`
        : act.end.is;
  return act.do;
};

const going = seen(record('IN_PROGRESS'));
const noBreaker = seen(service([deployment('2', 'PRIMARY', { runningCount: 0 })]));

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
      [{ at: 60, record: going, service: seen(service([deployment('2', 'PRIMARY', { rolloutState: 'FAILED' })])) }],
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
    ['two crashes are below what ECS takes', [look([crashed(), crashed()])], 'wait'],
    ['three crashes', [look([crashed(), crashed(), crashed()])], 'turn back'],
    ['three crashes beside a healthy task', [look([crashed(), crashed(), crashed()], [up()])], 'wait'],
    [
      'three crashes beside a task of another deployment',
      [look([crashed(), crashed(), crashed()], [up({ startedBy: 'ecs-svc/1' })])],
      'turn back',
    ],
    ['three crashes of another deployment', [look([1, 2, 3].map(() => crashed({ startedBy: 'ecs-svc/1' })))], 'wait'],
    [
      'three crashes before a task ran well, and one after it',
      [look([crashed(), crashed(), crashed()], [up()]), { ...look([crashed({ stoppedAt: T0 + 40 })], []), at: 50 }],
      'wait',
    ],
    [
      'what may pass is never counted',
      [look([1, 2, 3, 4].map(() => died('CannotPullContainerError: toomanyrequests: rate exceeded')))],
      'wait',
    ],
    [
      'a bad host is never counted',
      [look([1, 2, 3].map(() => died('', { stopCode: 'InfrastructureHealth' })))],
      'wait',
    ],
    [
      'what its own breaker sees is left to ECS',
      [
        look(
          [1, 2, 3].map(() => died('Task failed container health checks', { startedAt: T0 + 5 })),
          [],
          { record: counting(2) },
        ),
      ],
      'wait',
    ],
    [
      'crashes are not seen by its own breaker',
      [look([crashed(), crashed(), crashed()], [], { record: counting(0) })],
      'turn back',
    ],
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
        look([crashed(), crashed(), crashed()], [], {
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
    expect(done([look([notFound(), crashed(), crashed(), crashed()])], { goal })).toBe('wait');
  });
});

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
          { at: 62, ...none },
        ],
        nobody,
      ),
    ).toBe('unproven');
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
