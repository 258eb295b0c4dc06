import { describe, expect, test } from 'vitest';
import type { Service, TaskDefinition } from '../../shapes.js';
import { goalOf } from './last-good.js';
import type { PlanRequest } from './plan.js';
import { planDeployment } from './plan.js';
import type { Past, Present } from './present.js';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = (letter: string) => `r.example/web@${digest(letter)}`;
const T0 = 1_767_225_600;

function definition(revision: number, letter: string): TaskDefinition {
  return {
    family: 'web',
    taskDefinitionArn: `td/web:${revision}`,
    containerDefinitions: [{ name: 'web', image: image(letter) }],
  };
}

function past(revision: number, status: string, more: Partial<Past> = {}): Past {
  return {
    arn: `deployment/${revision}`,
    status,
    statusReason: undefined,
    createdAt: (T0 + revision * 100) * 1000,
    revision: { serviceRevisionArn: `revision/${revision}`, taskDefinition: `td/web:${revision}` },
    ...more,
  };
}

function present(more: Partial<Present> = {}, service: Partial<Service> = {}): Present {
  const counts = { desiredCount: 2, pendingCount: 0, runningCount: 2, failedTasks: 0 };
  const primary = { id: 'ecs-svc/2', status: 'PRIMARY', taskDefinition: 'td/web:2', createdAt: T0 + 200, ...counts };
  return {
    service: {
      serviceArn: '',
      clusterArn: '',
      serviceName: 'web',
      status: 'ACTIVE',
      taskDefinition: 'td/web:2',
      desiredCount: 2,
      runningCount: 2,
      pendingCount: 0,
      events: [],
      deployments: [{ ...primary, rolloutState: 'COMPLETED' }],
      ...service,
    },
    live: definition(2, 'a'),
    history: { is: 'seen', value: [past(2, 'SUCCESSFUL'), past(1, 'SUCCESSFUL')] },
    turnedBack: undefined,
    ...more,
  };
}

const request = (more: Partial<PlanRequest> = {}): PlanRequest => ({
  images: [{ container: undefined, image: image('a') }],
  env: [],
  force: false,
  ifUnchanged: 'attach',
  ...more,
});

const history = (...value: Past[]) => ({ history: { is: 'seen' as const, value } });
const denied = { history: { is: 'denied' as const, operation: 'ListServiceDeployments', why: 'no' } };
const rollout = (rolloutState: string) => ({
  deployments: [{ ...present().service.deployments[0], rolloutState }] as Service['deployments'],
});

describe('what is done', () => {
  test.each<[string, PlanRequest, Present, object]>([
    ['the same, and it went well', request(), present(), { do: 'nothing' }],
    [
      'another image',
      request({ images: [{ container: undefined, image: image('b') }] }),
      present(),
      { do: 'deploy', taskDefinition: undefined, force: false },
    ],
    [
      'the same, by force',
      request({ force: true }),
      present(),
      { do: 'deploy', taskDefinition: 'td/web:2', force: true },
    ],
    ['more tasks of the same', request({ desiredCount: 4 }), present(), { do: 'scale', desiredCount: 4 }],
    ['as many tasks as there are', request({ desiredCount: 2 }), present(), { do: 'nothing' }],
    [
      'the same, in flight',
      request(),
      present(history(past(2, 'IN_PROGRESS'), past(1, 'SUCCESSFUL'))),
      {
        do: 'attach',
        arn: 'deployment/2',
        ours: { id: 'ecs-svc/2', taskDefinition: 'td/web:2', createdAt: (T0 + 200) * 1000 },
      },
    ],
    [
      'the same, in flight, and --if-unchanged redeploy',
      request({ ifUnchanged: 'redeploy' }),
      present(history(past(2, 'IN_PROGRESS'))),
      { do: 'deploy', taskDefinition: 'td/web:2', force: true },
    ],
    [
      'the same, that was stopped',
      request(),
      present(history(past(2, 'STOPPED'), past(1, 'SUCCESSFUL'))),
      { do: 'deploy', taskDefinition: 'td/web:2', force: true },
    ],
    [
      'the same, that was stopped, and --if-unchanged report',
      request({ ifUnchanged: 'report' }),
      present(history(past(2, 'STOPPED'))),
      { do: 'report' },
    ],
    [
      'what was turned back: its revision is there already',
      request({ images: [{ container: undefined, image: image('b') }] }),
      present({ ...history(past(3, 'ROLLBACK_SUCCESSFUL'), past(2, 'SUCCESSFUL')), turnedBack: definition(3, 'b') }),
      { do: 'deploy', taskDefinition: 'td/web:3', force: false },
    ],
    [
      'what was turned back, but its revision is deregistered',
      request({ images: [{ container: undefined, image: image('b') }] }),
      present({
        ...history(past(3, 'ROLLBACK_SUCCESSFUL')),
        turnedBack: { ...definition(3, 'b'), status: 'INACTIVE' },
      }),
      { do: 'deploy', taskDefinition: undefined },
    ],
    [
      'what runs again after another was turned back',
      request(),
      present({ ...history(past(3, 'ROLLBACK_SUCCESSFUL'), past(2, 'SUCCESSFUL')), turnedBack: definition(3, 'b') }),
      { do: 'nothing' },
    ],
    [
      'what another is being turned back to: it does not run yet',
      request(),
      present({ ...history(past(3, 'ROLLBACK_IN_PROGRESS'), past(2, 'SUCCESSFUL')), turnedBack: definition(3, 'b') }),
      { do: 'deploy', taskDefinition: 'td/web:2', force: true },
    ],
    [
      'the same, whose record is late: the service says that it is in flight',
      request(),
      present(history(past(1, 'SUCCESSFUL')), rollout('IN_PROGRESS')),
      { do: 'attach', arn: undefined },
    ],
    [
      'the same, begun anew, whose record is late',
      request(),
      present(history(past(2, 'SUCCESSFUL', { createdAt: T0 * 1000 })), rollout('IN_PROGRESS')),
      { do: 'attach', arn: undefined },
    ],
    [
      'the same by name, while ECS runs another image',
      request(),
      present(
        history(
          past(2, 'SUCCESSFUL', {
            revision: {
              serviceRevisionArn: 'revision/2',
              taskDefinition: 'td/web:2',
              containerImages: [{ containerName: 'web', imageDigest: digest('f') }],
            },
          }),
        ),
      ),
      { do: 'deploy', force: true },
    ],
    ['no history may be read: COMPLETED', request(), present(denied), { do: 'nothing' }],
    [
      'no history may be read: in progress',
      request(),
      present(denied, rollout('IN_PROGRESS')),
      { do: 'attach', arn: undefined },
    ],
    ['no history may be read: FAILED', request(), present(denied, rollout('FAILED')), { do: 'deploy', force: true }],
    ['a history of nothing', request(), present(history()), { do: 'nothing' }],
    [
      'an existing revision',
      request({ images: [], revision: 'td/web:1' }),
      present(),
      { do: 'deploy', taskDefinition: 'td/web:1' },
    ],
  ])('%s', (_name, asked, now, expected) => {
    expect(planDeployment(asked, now).act).toMatchObject(expected);
  });
});

test.each<[string, PlanRequest, Present, RegExp]>([
  [
    'a deployment that is replaced',
    request({ images: [{ container: undefined, image: image('b') }] }),
    present(history(past(2, 'IN_PROGRESS'))),
    /2 of web:2 that is in flight will be replaced/,
  ],
  [
    'a deployment that failed',
    request(),
    present(history(past(2, 'STOPPED', { statusReason: 'by user' }))),
    /web:2 was stopped \(by user\): another one is begun/,
  ],
  [
    'one that is tried again',
    request({ images: [{ container: undefined, image: image('b') }] }),
    present({ ...history(past(3, 'ROLLBACK_SUCCESSFUL')), turnedBack: definition(3, 'b') }),
    /web:3 failed and was rolled back: it is tried again/,
  ],
  ['one that is followed', request(), present(history(past(2, 'PENDING'))), /is in flight already: it is followed/],
])('is told before it happens: %s', (_name, asked, now, note) => {
  expect(planDeployment(asked, now).notes.join('\n')).toMatch(note);
});

test('no task is wanted: a warning, but not for a DAEMON, which has no count', () => {
  expect(planDeployment(request(), present({}, { desiredCount: 0 })).warnings).toHaveLength(1);
  expect(planDeployment(request(), present({}, { desiredCount: 0, schedulingStrategy: 'DAEMON' })).warnings).toEqual(
    [],
  );
});

describe('what a rollback goes to', () => {
  const runs = (...revisions: number[]) =>
    revisions.map((revision, at) => past(revision, 'SUCCESSFUL', { createdAt: at }));
  test.each<[string, readonly Past[], string, boolean, string | undefined]>([
    ['the one before', runs(1, 2, 3), 'td/web:3', false, 'td/web:2'],
    ['a second one goes further back', runs(1, 2, 3, 2), 'td/web:2', false, 'td/web:1'],
    ['and a third has nowhere to go', runs(1, 2, 3, 2, 1), 'td/web:1', false, undefined],
    ['after a rollback something new', runs(1, 2, 1, 4), 'td/web:4', false, 'td/web:1'],
    ['what failed is none', [...runs(1, 2), past(3, 'ROLLBACK_SUCCESSFUL')], 'td/web:2', false, 'td/web:1'],
    ['in flight: what ran well last', [...runs(1, 2), past(3, 'IN_PROGRESS')], 'td/web:3', true, 'td/web:2'],
    ['what runs never was successful', runs(1, 2), 'td/web:9', false, 'td/web:2'],
    ['the same again and again is one', runs(1, 2, 2, 2), 'td/web:2', false, 'td/web:1'],
    ['nothing before', runs(1), 'td/web:1', false, undefined],
  ])('%s', (_name, past_, current, inFlight, expected) => {
    expect(goalOf(past_, current, inFlight)).toBe(expected);
  });
});
