import { describe, expect, test } from 'vitest';
import { diffDefinitions } from './diff.js';
import { explainTask } from '../task/explain.js';
import type { Task } from '../shapes.js';
import {
  canonicalDefinition,
  changeDefinition,
  containerFor,
  digestIn,
  parseTaskDefinition,
  registrable,
  repositoryOf,
} from './task-definition.js';
import { standingOf, wrongImages } from '../rollout/verdict.js';

const plain = {
  family: 'web',
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  containerDefinitions: [
    {
      name: 'web',
      image: 'r.example/web:1',
      portMappings: [{ containerPort: 3000 }],
      environment: [
        { name: 'A', value: '' },
        { name: 'B', value: 'b' },
      ],
    },
    { name: 'side', image: 'r.example/side:1', essential: false },
  ],
};

/** As DescribeTaskDefinition gives it back. */
const described = {
  taskDefinition: {
    ...plain,
    taskDefinitionArn: 'arn:aws:ecs:eu-central-1:1:task-definition/web:7',
    revision: 7,
    status: 'ACTIVE',
    requiresAttributes: [{ name: 'x' }],
    compatibilities: ['FARGATE'],
    registeredAt: 1,
    registeredBy: 'me',
    cpu: '0.25 vCPU',
    memory: '0.5 GB',
    volumes: [],
    placementConstraints: [],
    containerDefinitions: [
      { ...plain.containerDefinitions[1], cpu: 0, environment: [], mountPoints: [] },
      {
        ...plain.containerDefinitions[0],
        cpu: 0,
        essential: true,
        portMappings: [{ hostPort: 3000, protocol: 'tcp', containerPort: 3000 }],
        environment: [
          { value: 'b', name: 'B' },
          { name: 'A', value: '' },
        ],
        systemControls: [],
        volumesFrom: [],
      },
    ],
  },
  tags: [{ key: 'lading:commit', value: 'abc' }],
};

const parse = (value: unknown) => parseTaskDefinition(value, 'test');

describe('a task definition', () => {
  test.each([
    ['wrapped', { taskDefinition: plain }],
    ['described', described],
    ['with numbers', { ...plain, cpu: 256, memory: 512 }],
    ['with nulls', { ...plain, executionRoleArn: null, volumes: null }],
  ])('has one canonical text: %s', (_name, value) => {
    expect(canonicalDefinition(parse(value))).toBe(canonicalDefinition(parse(plain)));
    expect(diffDefinitions(parse(plain), parse(value))).toEqual([]);
  });

  test.each([
    [
      'another image',
      {
        ...plain,
        containerDefinitions: [{ ...plain.containerDefinitions[0], image: 'x' }, plain.containerDefinitions[1]],
      },
    ],
    [
      'another order of the command',
      {
        ...plain,
        containerDefinitions: [
          { ...plain.containerDefinitions[0], command: ['b', 'a'] },
          plain.containerDefinitions[1],
        ],
      },
    ],
    [
      'an empty variable less',
      {
        ...plain,
        containerDefinitions: [
          { ...plain.containerDefinitions[0], environment: [{ name: 'B', value: 'b' }] },
          plain.containerDefinitions[1],
        ],
      },
    ],
    ['more memory', { ...plain, memory: '1 GB' }],
  ])('with %s is another', (_name, value) => {
    expect(canonicalDefinition(parse(value))).not.toBe(canonicalDefinition(parse(plain)));
  });

  test('is sent without what only ECS writes, and keeps fields that we do not know and empty texts', () => {
    const sent = registrable(parse({ ...described.taskDefinition, enableFaultInjection: true, taskRoleArn: null }));
    expect(Object.keys(sent)).not.toEqual(
      expect.arrayContaining(['revision', 'status', 'taskRoleArn', 'registeredAt']),
    );
    expect(sent).toMatchObject({ enableFaultInjection: true });
    expect(JSON.stringify(sent)).toContain('{"name":"A","value":""}');
  });

  test('gets images and variables by container', () => {
    const changed = changeDefinition(
      parse(plain),
      [{ container: undefined, image: 'r.example/side@sha256:1' }],
      [{ container: 'web', name: 'B', value: 'new' }],
    );
    expect(changed.containerDefinitions.map((container) => container.image)).toEqual([
      'r.example/web:1',
      'r.example/side@sha256:1',
    ]);
    expect(changed.containerDefinitions[0]?.environment).toEqual([
      { name: 'A', value: '' },
      { name: 'B', value: 'new' },
    ]);
  });

  test('says which containers there are when one is not clear', () => {
    expect(containerFor(parse(plain), { container: undefined, image: 'other.example/x:1' })).toBe('web');
    const two = parse({
      ...plain,
      containerDefinitions: plain.containerDefinitions.map((container) => ({ ...container, essential: true })),
    });
    expect(() => containerFor(two, { container: undefined, image: 'other.example/x:1' })).toThrow(
      'it is not clear which container',
    );
    expect(() => changeDefinition(two, [], [{ container: 'api', name: 'A', value: '' }])).toThrow(
      'has no container api',
    );
  });

  test('hides values of variables in its difference', () => {
    const changed = changeDefinition(parse(plain), [], [{ container: 'web', name: 'B', value: 'secret' }]);
    expect(diffDefinitions(parse(plain), changed)).toEqual(['containerDefinitions.web.environment.B.value: changed']);
  });
});

test.each([
  ['host:5000/a/b:tag', 'host:5000/a/b', undefined],
  [`host/a@sha256:${'0'.repeat(64)}`, 'host/a', `sha256:${'0'.repeat(64)}`],
  ['a', 'a', undefined],
])('the repository and digest of %s', (image, repository, digest) => {
  expect(repositoryOf(image)).toBe(repository);
  expect(digestIn(image)).toBe(digest);
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
    [{ stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }, 'stopped', undefined],
    [
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ name: 'web', exitCode: 139 }],
      },
      'exit',
      2,
    ],
    [
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ name: 'web', exitCode: 0 }],
      },
      'exit',
      2,
    ],
    [
      { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: toomanyrequests: rate limit' },
      'network',
      3,
    ],
    [
      { stopCode: 'TaskFailedToStart', stoppedReason: 'ResourceInitializationError: failed to invoke EFS utils' },
      'start',
      1,
    ],
    [{ stopCode: 'TaskFailedToStart', stoppedReason: 'something new' }, 'unknown', 3],
  ])('%j is of class %s and certain after %s', (more, kind, failAfter) => {
    expect(explainTask(task(more))).toMatchObject({ class: kind, failAfter });
  });

  test('says the same thing once', () => {
    const reason = 'OutOfMemoryError: Container killed due to memory usage';
    const found = explainTask(task({ stoppedReason: reason, containers: [{ name: 'web', exitCode: 137, reason }] }));
    expect(found).toMatchObject({ text: reason, container: 'web', exitCode: 137 });
  });
});

test.each([
  [{ status: 'SUCCESSFUL' }, 'succeeded'],
  [{ status: 'STOPPED', statusReason: 'Replaced by a new service deployment.' }, 'superseded'],
  [{ status: 'STOPPED', statusReason: 'Replaced by a new service deployment.', rollback: { reason: 'x' } }, 'stopped'],
  [{ status: 'ROLLBACK_IN_PROGRESS' }, 'rolling-back'],
  [{ status: 'ROLLBACK_SUCCESSFUL' }, 'failed'],
  [{ status: 'IN_PROGRESS', lifecycleHookDetails: [{ hookId: 'h', status: 'AWAITING_ACTION' }] }, 'paused'],
  [{ status: 'SOMETHING_NEW' }, 'running'],
  [undefined, 'running'],
])('a deployment that is %j is %s', (deployment, is) => {
  expect(standingOf(deployment as never).is).toBe(is);
});

test('an image is proven by the digest of its index or of its child, and by nothing else', () => {
  const wanted = new Map([['web', new Set(['index', 'child'])]]);
  expect(wrongImages(wanted, [{ containerName: 'web', imageDigest: 'child' }])).toEqual([]);
  expect(wrongImages(wanted, [{ containerName: 'web', imageDigest: 'other' }])).toEqual([
    { container: 'web', wanted: 'index', actual: 'other' },
  ]);
  expect(wrongImages(wanted, [])).toEqual([{ container: 'web', wanted: 'index', actual: undefined }]);
});
