import { describe, expect, test } from 'vitest';
import { explainTask } from './explain.js';
import type { Task } from '../shapes.js';

const digest = `sha256:${'4'.repeat(28)}429403${'4'.repeat(30)}`;
const failed = (stoppedReason: string): Task => ({
  taskArn: 'a',
  taskDefinitionArn: 't',
  stopCode: 'TaskFailedToStart',
  stoppedReason,
  containers: [],
});

/** Names of images and secrets are in the reasons: they must not lead astray. */
test.each([
  [`CannotPullContainerError: registry.example/migrate-platform@${digest}: not found`, 'image', /Push the image/],
  ['CannotPullContainerError: registry.example/rate-limiter:v429: manifest unknown', 'image', /Push the image/],
  [
    `CannotPullContainerError: failed to resolve ref registry.example/app@${digest}: 403 Forbidden`,
    'image',
    /execution role/,
  ],
  [
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform linux/amd64',
    'image',
    /platform/,
  ],
  [
    'CannotPullContainerError: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit',
    'network',
    /registry/,
  ],
  ['CannotPullContainerError: dial tcp 10.0.0.1:443: i/o timeout', 'network', /registry/],
  [
    'ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-central-1:1:secret:prod/connection-refused-context',
    'secrets',
    /execution role may read it/,
  ],
  [
    'ResourceInitializationError: unable to pull secrets or registry auth: There is a connection issue between the task and AWS Secrets Manager. RequestCanceled: request context canceled caused by: context deadline exceeded',
    'network',
    /NAT gateway/,
  ],
  [
    'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.',
    'start',
    /log group/,
  ],
  ['ContainerRuntimeTimeoutError: Could not transition to running; timed out', 'start', /entrypoint/],
])('%s is of class %s', (reason, kind, hint) => {
  expect(explainTask(failed(reason))).toMatchObject({ class: kind, hint: expect.stringMatching(hint) as string });
});

describe('the container to blame', () => {
  const definition = {
    family: 'web',
    containerDefinitions: [{ name: 'proxy' }, { name: 'web' }, { name: 'init', essential: false }],
  };
  const blamed = (containers: Task['containers'], stopCode = 'EssentialContainerExited') => {
    const cause = explainTask({ ...failed('Essential container in task exited'), stopCode, containers }, definition);
    return [cause?.container, cause?.exitCode, cause?.class];
  };
  const oom = 'OutOfMemoryError: Container killed due to memory usage';

  test.each([
    [
      'that crashed, not the one that ECS stopped then',
      [
        ['proxy', 137],
        ['web', 1],
      ],
      ['web', 1, 'exit'],
    ],
    [
      'that ended by itself with 0',
      [
        ['proxy', 143],
        ['web', 0],
      ],
      ['web', 0, 'exit'],
    ],
    [
      'that ran out of memory',
      [
        ['proxy', 0],
        ['web', 137, oom],
      ],
      ['web', 137, 'memory'],
    ],
    [
      'that is essential',
      [
        ['init', 1],
        ['web', 2],
      ],
      ['web', 2, 'exit'],
    ],
    [
      'that is the only one with a code',
      [
        ['proxy', undefined],
        ['web', 137],
      ],
      ['web', 137, 'exit'],
    ],
  ] as const)('is the one %s', (_name, containers, expected) => {
    const given = containers.map(([name, exitCode, reason]) => ({ name, exitCode, reason }));
    expect(blamed(given)).toEqual(expected);
  });
});

describe('a stopped task', () => {
  const task = (more: object): Task => ({ taskArn: 'a', taskDefinitionArn: 't', containers: [], ...more });

  test('of a normal life is no cause', () => {
    expect(
      explainTask(
        task({
          stopCode: 'ServiceSchedulerInitiated',
          stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)',
        }),
      ),
    ).toBeUndefined();
  });

  test.each([
    [{ stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }, 'platform', 'passing'],
    [
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ name: 'web', exitCode: 139 }],
      },
      'exit',
      'likely',
    ],
    [
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ name: 'web', exitCode: 0 }],
      },
      'exit',
      'likely',
    ],
    [
      { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: toomanyrequests: rate limit' },
      'network',
      'passing',
    ],
    [
      { stopCode: 'TaskFailedToStart', stoppedReason: 'ResourceInitializationError: failed to invoke EFS utils' },
      'start',
      'likely',
    ],
    [{ stopCode: 'TaskFailedToStart', stoppedReason: 'something new' }, 'unknown', 'likely'],
  ])('%j is of class %s and %s', (more, kind, certainty) => {
    expect(explainTask(task(more))).toMatchObject({ class: kind, certainty });
  });

  test('says the same thing once', () => {
    const reason = 'OutOfMemoryError: Container killed due to memory usage';
    const found = explainTask(task({ stoppedReason: reason, containers: [{ name: 'web', exitCode: 137, reason }] }));
    expect(found).toMatchObject({ text: reason, container: 'web', exitCode: 137 });
  });
});
