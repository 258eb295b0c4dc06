import { describe, expect, test } from 'vitest';
import { InputError } from '../../base/errors.js';
import { diffDefinitions } from './diff.js';
import { canonicalDefinition } from './canonical.js';
import { changeDefinition, containerFor, digestIn, repositoryOf } from './change.js';
import { parseTaskDefinition, registrable } from './read.js';

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

const parse = (value: unknown) => parseTaskDefinition(JSON.stringify(value), 'test.json');

describe('a task definition', () => {
  test.each([
    ['wrapped', { taskDefinition: plain }],
    ['described', described],
    ['with numbers', { ...plain, cpu: 256, memory: 512 }],
    ['with nulls', { ...plain, executionRoleArn: null, volumes: null }],
    ['with faults that nobody may inject', { ...plain, enableFaultInjection: false }],
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
    ['faults that may be injected', { ...plain, enableFaultInjection: true }],
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

/** As ECS fills it in: seen on the API, or documented as the default. */
test.each([
  [
    'a health check',
    { healthCheck: { command: ['CMD', 'x'] } },
    { healthCheck: { command: ['CMD', 'x'], interval: 30, timeout: 5, retries: 3 } },
  ],
  ['version consistency', {}, { versionConsistency: 'enabled' }],
  ['a restart policy', {}, { restartPolicy: { enabled: false } }],
  [
    'mounts',
    { mountPoints: [{ sourceVolume: 'a', containerPath: '/a' }] },
    { mountPoints: [{ sourceVolume: 'a', containerPath: '/a', readOnly: false }] },
  ],
  ['empty lists', {}, { ulimits: [], systemControls: [], dnsServers: [], links: [] }],
])('what ECS fills in makes no new revision: %s', (_name, written, described) => {
  const one = { ...plain, containerDefinitions: [{ name: 'web', ...written }] };
  const other = { ...plain, containerDefinitions: [{ name: 'web', ...described }] };
  expect(canonicalDefinition(parse(one))).toBe(canonicalDefinition(parse(other)));
});

test.each([
  [
    'host ports of a bridge',
    { networkMode: 'bridge' },
    { portMappings: [{ containerPort: 80 }] },
    { portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }] },
  ],
])('what ECS fills in makes no new revision: %s', (_name, more, written, described) => {
  const one = { ...plain, ...more, containerDefinitions: [{ name: 'web', ...written }] };
  const other = { ...plain, ...more, containerDefinitions: [{ name: 'web', ...described }] };
  expect(canonicalDefinition(parse(one))).toBe(canonicalDefinition(parse(other)));
});

test('a file system is the same with the root that ECS fills in, and another with another root', () => {
  const withRoot = (rootDirectory?: string) =>
    canonicalDefinition(
      parse({
        ...plain,
        volumes: [
          { name: 'd', efsVolumeConfiguration: { fileSystemId: 'fs-1', ...(rootDirectory && { rootDirectory }) } },
        ],
      }),
    );
  expect(withRoot('/')).toBe(withRoot());
  expect(withRoot('/data')).not.toBe(withRoot());
});

describe('a file with a task definition', () => {
  test('may begin with a byte order mark', () => {
    expect(parseTaskDefinition(`\uFEFF${JSON.stringify(plain)}`, 'td.json').family).toBe('web');
  });

  test.each([
    ['{', /td\.json: is not JSON/],
    ['[]', /td\.json: Invalid key|td\.json at family/],
    ['"text"', /td\.json: /],
    ['null', /td\.json: /],
    ['{"family":"web"}', /td\.json at containerDefinitions/],
    ['{"family":"web","containerDefinitions":[]}', /it has no container/],
    ['{"family":"web","containerDefinitions":[null]}', /td\.json at containerDefinitions\.0/],
    ['{"family":"web","containerDefinitions":[{"name":"a"}],"tags":"x"}', /td\.json at tags/],
    ['{"taskDefinition":{"family":1,"containerDefinitions":[{"name":"a"}]}}', /td\.json at taskDefinition\.family/],
  ])('that is %s is an input mistake with its place', (text, said) => {
    expect(() => parseTaskDefinition(text, 'td.json')).toThrow(InputError);
    expect(() => parseTaskDefinition(text, 'td.json')).toThrow(said);
  });
});
