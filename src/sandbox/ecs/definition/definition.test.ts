import { describe, expect, test } from 'vitest';
import { definition, openEcs } from '../../../../test/support/sandbox-ecs.js';
import { isFargateSize, taskSize } from './sizes.js';

const [container] = definition.containerDefinitions;
const fargate = { ...definition, requiresCompatibilities: ['FARGATE'] };
const role = { executionRoleArn: 'arn:aws:iam::123456789012:role/web-execution' };
const having = (more: Readonly<Record<string, unknown>>, from: Readonly<Record<string, unknown>> = definition) => ({
  ...from,
  containerDefinitions: [{ ...container, ...more }],
});
const { memory: _memory, cpu: _cpu, ...sizeless } = definition;

describe('RegisterTaskDefinition refuses', () => {
  test.each([
    ['Family contains invalid characters.', { ...definition, family: 'a b' }],
    ['Family should not be blank.', { ...definition, family: '' }],
    ['Container list cannot be empty.', { ...definition, containerDefinitions: [] }],
    ['Container.name should not be null or empty.', having({ name: undefined })],
    ['Container.name contains invalid characters.', having({ name: 'a b' })],
    ['Container.image should not be null or empty.', having({ image: '' })],
    ['Container.image contains invalid characters.', having({ image: '$IMAGE' })],
    [
      'Container names must be unique within a Task Definition.',
      { ...definition, containerDefinitions: [container, container] },
    ],
    ['At least one container in the task definition must be essential.', having({ essential: false })],
    [
      "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.",
      having({}, sizeless),
    ],
    [
      "Invalid setting for container 'web'. The 'memory' setting for container is greater than for the task.",
      having({ memory: 1024 }),
    ],
    [
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
      having({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
    ],
    ["Unknown volume 'data'.", having({ mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] })],
    [
      'Container.healthCheck.interval must be between 5 and 300.',
      having({ healthCheck: { command: ['CMD', 'a'], interval: 1 } }),
    ],
    ['Fargate only supports network mode ‘awsvpc’.', { ...fargate, networkMode: 'bridge' }],
    ["Fargate requires that 'cpu' be defined at the task level.", { ...fargate, cpu: undefined }],
    ["Fargate requires that 'memory' be defined at the task level.", { ...fargate, memory: undefined }],
    [
      'No Fargate configuration exists for given values: 256 CPU, 4096 memory. See the Amazon ECS documentation for the valid values.',
      { ...fargate, memory: '4 GB' },
    ],
    [
      "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
      { ...fargate, cpu: 'much' },
    ],
    [
      'Fargate requires task definition to have execution role ARN to support ECR images.',
      having({ image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/web:v1' }, fargate),
    ],
    [
      'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
      having({ logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'a' } } }, fargate),
    ],
    [
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
      having({ secrets: [{ name: 'A', valueFrom: 'a' }] }, fargate),
    ],
    ['Fargate does not support privileged containers.', having({ privileged: true }, fargate)],
    [
      'host.sourcePath should not be set for volumes in Fargate.',
      { ...fargate, volumes: [{ name: 'a', host: { sourcePath: '/' } }] },
    ],
  ])('%s', (message, input) => {
    const { refusal } = openEcs();
    const sent = JSON.parse(JSON.stringify(input)) as Readonly<Record<string, unknown>>;
    expect(refusal('RegisterTaskDefinition', sent)).toBe(`ClientException: ${message}`);
  });

  test.each([
    ['none', []],
    ['too many', Array.from({ length: 51 }, (_, at) => ({ key: `a${at}` }))],
    ['one key twice', [{ key: 'a' }, { key: 'a' }]],
    ['a reserved key', [{ key: 'aws:a' }]],
    ['a long value', [{ key: 'a', value: 'x'.repeat(257) }]],
    ['an odd character', [{ key: 'a', value: '?' }]],
  ])('tags: %s', (_name, tags) => {
    expect(openEcs().refusal('RegisterTaskDefinition', { ...definition, tags })).toMatch(
      /^InvalidParameterException: /,
    );
  });
});

describe('what is registered is described with what ECS fills in', () => {
  const described = (input: Readonly<Record<string, unknown>>) =>
    openEcs().call<{ taskDefinition: Record<string, unknown> }>('RegisterTaskDefinition', input).taskDefinition;

  test('of containers', () => {
    expect(
      described(
        having(
          {
            healthCheck: { command: ['CMD', 'true'] },
            logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'a' } },
          },
          { ...fargate, ...role, cpu: '0.25 vCPU', memory: '0.5 GB' },
        ),
      ),
    ).toMatchObject({
      family: 'web',
      revision: 3,
      status: 'ACTIVE',
      cpu: '256',
      memory: '512',
      compatibilities: ['EC2', 'FARGATE'],
      requiresAttributes: expect.arrayContaining([
        { name: 'ecs.capability.task-eni' },
        { name: 'ecs.capability.execution-role-awslogs' },
        { name: 'ecs.capability.container-health-check' },
      ]) as unknown,
      registeredBy: 'arn:aws:iam::123456789012:user/sandbox',
      volumes: [],
      placementConstraints: [],
      containerDefinitions: [
        {
          cpu: 0,
          essential: true,
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
          portMappings: [{ containerPort: 3000, hostPort: 3000, protocol: 'tcp' }],
          healthCheck: { command: ['CMD', 'true'], interval: 30, timeout: 5, retries: 3, startPeriod: 0 },
          logConfiguration: { logDriver: 'awslogs', secretOptions: [] },
        },
      ],
    });
  });

  test('of ports on the host, of volumes, and of the network mode', () => {
    const { networkMode: _mode, ...bridged } = definition;
    expect(
      described({
        ...bridged,
        volumes: [{ name: 'scratch' }, { name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
      }),
    ).toMatchObject({
      networkMode: 'bridge',
      compatibilities: ['EXTERNAL', 'EC2'],
      volumes: [{ host: {} }, { efsVolumeConfiguration: { rootDirectory: '/' } }],
      containerDefinitions: [{ portMappings: [{ containerPort: 3000, hostPort: 0, protocol: 'tcp' }] }],
    });
  });

  test('and stays what was given, the empty values too', () => {
    const environment = [{ name: 'EMPTY', value: '' }];
    const placementConstraints = [{ type: 'memberOf', expression: 'a' }];
    expect(described({ ...having({ environment, cpu: 128 }), placementConstraints })).toMatchObject({
      placementConstraints,
      containerDefinitions: [{ environment, cpu: 128 }],
    });
  });
});

describe('revisions', () => {
  test('that are INACTIVE cannot be run, and those in use go on', () => {
    const { call, refusal, deploy, pass, service } = openEcs();
    deploy();
    pass(20);
    call('DeregisterTaskDefinition', { taskDefinition: 'web:2' });
    expect(call('DescribeTaskDefinition', { taskDefinition: 'web' })).toMatchObject({
      taskDefinition: { revision: 1 },
    });
    const force = { service: 'web', forceNewDeployment: true };
    expect(refusal('UpdateService', force)).toBe('ClientException: TaskDefinition is inactive');
    expect(refusal('UpdateService', { service: 'web', desiredCount: 2 })).toBe('answered');
    pass(20);
    expect(service()).toMatchObject({ runningCount: 2 });
    expect(refusal('DeregisterTaskDefinition', { taskDefinition: 'web' })).toMatch(/^ClientException: /);
  });

  test('are numbered on after they are deleted, and listed as asked', () => {
    const { call } = openEcs();
    call('DeregisterTaskDefinition', { taskDefinition: 'web:2' });
    const taskDefinitions = ['web:1', 'web:2', 'web:9'];
    expect(call('DeleteTaskDefinitions', { taskDefinitions })).toMatchObject({
      taskDefinitions: [{ revision: 2 }],
      failures: [
        { reason: expect.stringMatching(/ACTIVE status/) as string },
        { arn: expect.stringMatching(/web:9$/) as string },
      ],
    });
    expect(call('RegisterTaskDefinition', definition)).toMatchObject({ taskDefinition: { revision: 3 } });
    const names = (input: Readonly<Record<string, unknown>>) =>
      call<{ taskDefinitionArns: string[] }>('ListTaskDefinitions', input).taskDefinitionArns.map(
        (arn) => arn.split('/')[1],
      );
    expect(names({ sort: 'DESC' })).toEqual(['web:3', 'web:1']);
    expect(names({ familyPrefix: 'we' })).toEqual([]);
    expect(call('ListTaskDefinitionFamilies', { familyPrefix: 'we' })).toEqual({ families: ['web'] });
    expect(call('ListTaskDefinitionFamilies', { status: 'INACTIVE' })).toEqual({ families: [] });
  });
});

test.each([
  ['256', '512', true],
  ['256', '4096', false],
  ['1024', '8192', true],
  ['1024', '1024', false],
  ['4096', '30720', true],
  ['8192', '20480', true],
  ['8192', '17408', false],
  ['16384', '122880', true],
  ['32768', '65536', false],
])('%s units and %s MiB: %s', (cpu, memory, fits) => {
  expect(isFargateSize(cpu, memory)).toBe(fits);
});

test.each([
  ['cpu', '1 vCPU', '1024'],
  ['cpu', '.5vcpu', '512'],
  ['cpu', 256, '256'],
  ['memory', '1GB', '1024'],
  ['memory', '0.5 GB', '512'],
] as const)('%s %s is %s', (setting, value, size) => {
  expect(taskSize(setting, value)).toBe(size);
});
