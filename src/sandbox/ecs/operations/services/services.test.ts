import { describe, expect, test } from 'vitest';
import { definition, openEcs, placed } from '../../../../../test/support/sandbox-ecs.js';

const service = { ...placed, serviceName: 'more' };
const configured = (more: Readonly<Record<string, unknown>>) => ({ ...service, deploymentConfiguration: more });
const network = (more: Readonly<Record<string, unknown>>) => ({
  ...service,
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], ...more } },
});
const balanced = (more: Readonly<Record<string, unknown>>) => ({
  ...service,
  loadBalancers: [{ targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/a/1', ...more }],
});
const hook = (more: Readonly<Record<string, unknown>>) => configured({ lifecycleHooks: [more] });

describe('CreateService refuses', () => {
  test.each([
    ['Service name contains invalid characters.', { ...service, serviceName: 'a b' }],
    ['Creation of service was not idempotent.', { ...service, serviceName: 'web' }],
    [
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
      { ...service, networkConfiguration: undefined },
    ],
    ['subnets can not be empty.', network({ subnets: [] })],
    ['subnets can have at most 16 items.', network({ subnets: Array.from({ length: 17 }, (_, at) => `subnet-${at}`) })],
    ['securityGroups can have at most 5 items.', network({ securityGroups: ['a', 'b', 'c', 'd', 'e', 'f'] })],
    [
      'Assign public IP is not supported for this launch type.',
      { ...network({ assignPublicIp: 'ENABLED' }), launchType: 'EC2' },
    ],
    [
      'The platform version must be null when specifying an EC2 launch type.',
      { ...service, launchType: 'EC2', platformVersion: '1.4.0' },
    ],
    [
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
      { ...service, capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
    ],
    [
      'The container api does not exist in the task definition.',
      balanced({ containerName: 'api', containerPort: 3000 }),
    ],
    [
      'The container web did not have a container port 80 defined.',
      balanced({ containerName: 'web', containerPort: 80 }),
    ],
    [
      'Health check grace period is only valid for services configured to use load balancers',
      { ...service, healthCheckGracePeriodSeconds: 5 },
    ],
    [
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
      configured({ minimumHealthyPercent: 100, maximumPercent: 100 }),
    ],
    ['minimumHealthyPercent must be between 0 and 100.', configured({ minimumHealthyPercent: 101 })],
    [
      'healthyPercent must be between minimumHealthyPercent and 100.',
      configured({
        earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' },
      }),
    ],
    ['canaryConfiguration is only valid with the CANARY deployment strategy.', configured({ canaryConfiguration: {} })],
    [
      'PAUSE hooks cannot be configured at the TEST_TRAFFIC_SHIFT or PRODUCTION_TRAFFIC_SHIFT stages.',
      hook({ targetType: 'PAUSE', lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }),
    ],
    [
      'A lifecycle hook with the target type AWS_LAMBDA must have a hookTargetArn.',
      hook({ lifecycleStages: ['POST_SCALE_UP'] }),
    ],
    [
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
      { ...service, schedulingStrategy: 'DAEMON' },
    ],
    [
      'The daemon scheduling strategy is not supported for the FARGATE launch type.',
      { ...service, schedulingStrategy: 'DAEMON', desiredCount: undefined },
    ],
  ])('%s', (message, input) => {
    const sent = JSON.parse(JSON.stringify(input)) as Readonly<Record<string, unknown>>;
    expect(openEcs().refusal('CreateService', sent)).toBe(`InvalidParameterException: ${message}`);
  });

  test('what is not there', () => {
    const { refusal } = openEcs();
    expect(refusal('CreateService', { ...service, cluster: 'nowhere' })).toBe(
      'ClusterNotFoundException: Cluster not found.',
    );
    expect(refusal('CreateService', { ...service, taskDefinition: 'nothing' })).toBe(
      'ClientException: TaskDefinition not found.',
    );
    expect(refusal('CreateService', { ...service, platformVersion: '9.0.0' })).toMatch(/^PlatformUnknownException/);
  });

  test('Fargate for a definition of another network mode', () => {
    const { call, refusal } = openEcs();
    call('RegisterTaskDefinition', { ...definition, family: 'bridged', networkMode: 'bridge' });
    const { networkConfiguration: _network, ...bare } = service;
    expect(refusal('CreateService', { ...bare, taskDefinition: 'bridged' })).toBe(
      'InvalidParameterException: Task definition does not support launch_type FARGATE.',
    );
    expect(refusal('CreateService', { ...service, taskDefinition: 'bridged', launchType: 'EC2' })).toBe(
      'InvalidParameterException: Network Configuration is not valid for the given networkMode of this task definition.',
    );
  });
});

describe('what a service was given stays', () => {
  test('placement, capacity providers, load balancers, tags', () => {
    const { call } = openEcs();
    call('CreateCluster', { clusterName: 'c', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
    const { launchType: _launch, ...rest } = service;
    const asked = {
      ...rest,
      cluster: 'c',
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      placementConstraints: [{ type: 'distinctInstance' }],
      ...balanced({ containerName: 'web', containerPort: 3000 }),
      healthCheckGracePeriodSeconds: 30,
      enableExecuteCommand: true,
      propagateTags: 'SERVICE',
      tags: [{ key: 'a', value: 'b' }],
    };
    const { launchType: _again, ...sent } = asked as Record<string, unknown>;
    call('CreateService', sent);
    const { services } = call<{ services: Record<string, unknown>[] }>('DescribeServices', {
      cluster: 'c',
      services: ['more'],
      include: ['TAGS'],
    });
    expect(services[0]).toMatchObject({
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
      placementConstraints: [{ type: 'distinctInstance' }],
      loadBalancers: [{ containerName: 'web' }],
      healthCheckGracePeriodSeconds: 30,
      enableExecuteCommand: true,
      propagateTags: 'SERVICE',
      availabilityZoneRebalancing: 'ENABLED',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: [], assignPublicIp: 'DISABLED' },
      },
      tags: [{ key: 'a', value: 'b' }],
    });
    expect(services[0]).not.toHaveProperty('launchType');
  });

  test('a cluster gives its default strategy to those that name none', () => {
    const { call } = openEcs();
    const strategy = [{ capacityProvider: 'FARGATE', weight: 1 }];
    const defaults = { capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: strategy };
    call('PutClusterCapacityProviders', { cluster: 'default', ...defaults });
    const { launchType: _launch, ...bare } = service;
    expect(call('CreateService', bare)).toMatchObject({
      service: { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
    });
  });

  test('a controller of CodeDeploy refuses what only CodeDeploy may change', () => {
    const { refusal, call } = openEcs();
    call('CreateService', { ...service, deploymentController: { type: 'CODE_DEPLOY' } });
    expect(refusal('UpdateService', { service: 'more', taskDefinition: 'web:2' })).toBe(
      'InvalidParameterException: Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
    );
    expect(call('DescribeServices', { services: ['more'] })).toMatchObject({ services: [{ deployments: [] }] });
  });
});
