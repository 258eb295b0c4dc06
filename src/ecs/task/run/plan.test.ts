import { describe, expect, test } from 'vitest';
import { InputError } from '../../../base/errors.js';
import type { ContainerDefinition, Service, TaskDefinition } from '../../shapes.js';
import { asTheService } from './launch.js';
import type { RunPresent, RunWishes } from './plan.js';
import { planRun } from './plan.js';

const digest = (letter: string) => `r.io/web@sha256:${letter.repeat(64)}`;
const definitionOf = (revision: number, containers: readonly Partial<ContainerDefinition>[], more: object = {}) =>
  ({
    family: 'web',
    taskDefinitionArn: `arn:td/web:${revision}`,
    networkMode: 'awsvpc',
    containerDefinitions: containers,
    ...more,
  }) as TaskDefinition;
const web = { name: 'web', image: digest('a') };
const live = definitionOf(4, [web]);

const service = {
  serviceName: 'web',
  status: 'ACTIVE',
  taskDefinition: 'arn:td/web:4',
  desiredCount: 1,
  runningCount: 1,
  pendingCount: 0,
  serviceArn: '',
  clusterArn: '',
  events: [],
  deployments: [{ id: '1', status: 'PRIMARY', taskDefinition: 'arn:td/web:4', rolloutState: 'COMPLETED' }],
  launchType: 'FARGATE',
  platformVersion: '1.4.0',
  networkConfiguration: {
    awsvpcConfiguration: { subnets: ['s1'], securityGroups: ['g1'], assignPublicIp: 'DISABLED' },
  },
} as unknown as Service;

const wishes: RunWishes = {
  cluster: 'sea',
  startedBy: 'lading/migrate',
  images: [],
  definitionEnv: [],
  container: undefined,
  command: ['node', 'migrate.js'],
  env: [],
  count: 1,
  launch: asTheService,
};

const plan = (more: Partial<RunWishes> = {}, present: Partial<RunPresent> = {}) =>
  planRun({ ...wishes, ...more }, { service, live, base: present.live ?? live, newest: undefined, ...present });

describe('the revision', () => {
  const image = { container: undefined, image: digest('b') };
  test.each<[string, Partial<RunWishes>, Partial<RunPresent>, string | undefined]>([
    ['of the service when nothing changes', {}, {}, 'arn:td/web:4'],
    [
      'of the service when it has the image already',
      { images: [{ ...image, image: digest('a') }] },
      {},
      'arn:td/web:4',
    ],
    ['a new one for another image', { images: [image] }, {}, undefined],
    [
      'the newest when that has it, as after a migration that failed',
      { images: [image] },
      { newest: definitionOf(5, [{ ...web, image: digest('b') }]) },
      'arn:td/web:5',
    ],
    [
      'not one that was taken away',
      { images: [image] },
      { newest: definitionOf(5, [{ ...web, image: digest('b') }], { status: 'INACTIVE' }) },
      undefined,
    ],
    ['a new one when that of the service was taken away', {}, { live: { ...live, status: 'INACTIVE' } }, undefined],
    [
      'a new one with a variable of the service',
      { definitionEnv: [{ container: 'web', name: 'A', value: '1' }] },
      {},
      undefined,
    ],
    [
      'of the service whatever this run alone gets',
      { env: [{ container: 'web', name: 'A', value: '1' }] },
      {},
      'arn:td/web:4',
    ],
  ])('%s', (_name, more, present, revision) => {
    expect(plan(more, present).taskDefinition).toBe(revision);
  });

  test('is deployed when the service runs it and its deployment has completed', () => {
    expect(plan().isDeployed).toBe(true);
    expect(plan({ images: [image] }).isDeployed).toBe(false);
    const deployments = [{ ...service.deployments[0], rolloutState: 'IN_PROGRESS' }] as Service['deployments'];
    expect(plan({}, { service: { ...service, deployments } }).isDeployed).toBe(false);
  });

  test('tells what is another in it, and never the value of a variable', () => {
    const env = [{ container: 'web', name: 'A', value: 'secret' }];
    const { changes } = plan({ images: [image], definitionEnv: env });
    expect(changes).toEqual([
      'containerDefinitions.web.environment.A.name: (none) → A',
      'containerDefinitions.web.environment.A.value: added',
      `containerDefinitions.web.image: ${digest('a')} → ${digest('b')}`,
    ]);
  });
});

describe('the container that decides', () => {
  const proxy = { name: 'proxy', image: 'r.io/proxy:1' };
  const log = { name: 'log', image: 'r.io/log:1', essential: false };
  test.each<[string, readonly Partial<ContainerDefinition>[], Partial<RunWishes>, object]>([
    ['is the only one', [web], {}, { container: 'web', named: false }],
    ['is the only essential one', [log, web], {}, { container: 'web', named: false }],
    ['is the one that is named', [web, log], { container: 'log' }, { container: 'log', named: true }],
    [
      'is the one that gets the image',
      [web, proxy],
      { images: [{ container: undefined, image: 'r.io/proxy:2' }] },
      { container: 'proxy', named: false },
    ],
    [
      'is none when several may, and no command is given',
      [web, proxy],
      { command: [] },
      { container: undefined, named: false },
    ],
  ])('%s', (_name, containers, more, deciding) => {
    expect(plan(more, { live: definitionOf(4, containers) }).deciding).toEqual(deciding);
  });

  test('gets the command; every container its variables', () => {
    const env = [
      { container: 'web', name: 'A', value: '1' },
      { container: 'log', name: 'B', value: '2' },
    ];
    expect(plan({ env }, { live: definitionOf(4, [web, log]) }).input.overrides).toEqual({
      containerOverrides: [
        { name: 'web', command: ['node', 'migrate.js'], environment: [{ name: 'A', value: '1' }] },
        { name: 'log', environment: [{ name: 'B', value: '2' }] },
      ],
    });
    expect(plan({ command: [] }).input).not.toHaveProperty('overrides');
  });
});

describe('how it is launched', () => {
  const awsvpc = { subnets: ['s1'], securityGroups: ['g1'], assignPublicIp: 'DISABLED' };
  const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 4 }, { capacityProvider: 'FARGATE' }];
  const bridge = definitionOf(4, [web], { networkMode: 'bridge' });
  const launch = (asked: Partial<RunWishes['launch']>, of: Partial<Service> | undefined, definition = live) => {
    const { input } = plan(
      { launch: { ...asTheService, ...asked }, command: [] },
      { service: of && { ...service, ...of }, live: definition },
    );
    const { cluster: _c, count: _n, startedBy: _s, ...rest } = input;
    return rest;
  };

  test.each<[string, object, object]>([
    [
      'as the service',
      launch({}, {}),
      { launchType: 'FARGATE', platformVersion: '1.4.0', networkConfiguration: { awsvpcConfiguration: awsvpc } },
    ],
    [
      'on its capacity providers, and then on no launch type',
      launch({}, { capacityProviderStrategy: strategy }),
      {
        capacityProviderStrategy: strategy,
        platformVersion: '1.4.0',
        networkConfiguration: { awsvpcConfiguration: awsvpc },
      },
    ],
    [
      'on the launch type that was asked for instead',
      launch({ launchType: 'FARGATE' }, { capacityProviderStrategy: strategy }),
      { launchType: 'FARGATE', platformVersion: '1.4.0', networkConfiguration: { awsvpcConfiguration: awsvpc } },
    ],
    [
      'in another network',
      launch({ subnets: ['s2'], assignPublicIp: true }, {}),
      {
        launchType: 'FARGATE',
        platformVersion: '1.4.0',
        networkConfiguration: { awsvpcConfiguration: { ...awsvpc, subnets: ['s2'], assignPublicIp: 'ENABLED' } },
      },
    ],
    [
      'on instances, with their constraints, and without a network of its own',
      launch(
        {},
        {
          launchType: 'EC2',
          placementConstraints: [{ type: 'memberOf', expression: 'gpu' }, { type: 'distinctInstance' }],
          placementStrategy: [{ type: 'spread' }],
        },
        bridge,
      ),
      {
        launchType: 'EC2',
        placementConstraints: [{ type: 'memberOf', expression: 'gpu' }],
        placementStrategy: [{ type: 'spread' }],
      },
    ],
    ['by the default of the cluster', launch({}, undefined, bridge), {}],
    [
      'on Fargate when nothing else can run it',
      launch({ subnets: ['s3'] }, undefined, definitionOf(4, [web], { requiresCompatibilities: ['FARGATE'] })),
      { launchType: 'FARGATE', networkConfiguration: { awsvpcConfiguration: { subnets: ['s3'] } } },
    ],
  ])('%s', (_name, found, expected) => {
    expect(found).toEqual(expected);
  });

  test('says that Spot may take it back', () => {
    const { notes } = plan({}, { service: { ...service, capacityProviderStrategy: strategy } });
    expect(notes).toEqual([expect.stringContaining('FARGATE_SPOT')]);
  });
});

describe('what is wrong', () => {
  const places = (more: Partial<RunWishes>, present: Partial<RunPresent> = {}): readonly string[] => {
    try {
      plan(more, present);
      return [];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const { hint, message } of error.issues) expect(hint ?? message).toBeTruthy();
      return error.issues.map(({ where }) => where);
    }
  };

  test('is told all at once', () => {
    const env = [{ container: 'nobody', name: 'A', value: '1' }];
    expect(places({ container: 'none', env, count: 11 })).toEqual(['--env', '--container', '--count']);
  });

  test.each<[string, Partial<RunWishes>, Partial<RunPresent>, string]>([
    ['a command that nobody is sure to get', {}, { live: definitionOf(4, [web, { name: 'b' }]) }, '--command'],
    ['overrides that ECS does not take', { command: ['x'.repeat(9000)] }, {}, '--env'],
    ['no network', {}, { service: undefined }, '--subnet'],
    [
      'a network for a task that shares one',
      { launch: { ...asTheService, subnets: ['s'] } },
      { live: definitionOf(4, [web], { networkMode: 'host' }) },
      '--subnet',
    ],
    ['no task at all', { count: 0 }, {}, '--count'],
  ])('%s', (_name, more, present, where) => {
    expect(places(more, present)).toEqual([where]);
  });
});
