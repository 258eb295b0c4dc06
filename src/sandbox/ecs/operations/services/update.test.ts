import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../../../base/clock.js';
import { createLogs } from '../../../logs.js';
import { createEcs } from '../../ecs.js';

interface Service {
  readonly deployments: readonly { readonly id: string; readonly taskDefinition: string }[];
  readonly desiredCount: number;
  readonly enableExecuteCommand: boolean;
}

const network = (subnet: string) => ({ networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } } });

async function open() {
  const setting = { clock: virtualClock(), region: 'eu-central-1', accountId: '123456789012' };
  const ecs = createEcs(setting, { logs: createLogs(setting), resolveImage: () => undefined });
  const call = async <Output>(operation: string, input: Record<string, unknown>) =>
    (await ecs.operations[operation]?.(input)) as Output;
  const register = async () =>
    call('RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'web', image: 'web:v1', portMappings: [{ containerPort: 80 }] }],
    });
  await register();
  await register();
  await call('CreateService', {
    serviceName: 'web',
    taskDefinition: 'web:1',
    launchType: 'FARGATE',
    ...network('subnet-1'),
  });
  const update = async (input: Record<string, unknown>) =>
    (await call<{ service: Service }>('UpdateService', { service: 'web', ...input })).service;
  return { update, call };
}

describe('UpdateService', () => {
  test.each([
    ['another revision', { taskDefinition: 'web:2' }],
    ['force', { forceNewDeployment: true }],
    ['another network', network('subnet-2')],
    ['a platform version', { platformVersion: '1.4.0' }],
    ['a load balancer', { loadBalancers: [{ targetGroupArn: 'arn', containerName: 'web', containerPort: 80 }] }],
    ['a service registry', { serviceRegistries: [{ registryArn: 'arn' }] }],
    ['Service Connect', { serviceConnectConfiguration: { enabled: true } }],
    [
      'a volume',
      { volumeConfigurations: [{ name: 'data', managedEBSVolume: { roleArn: 'arn:aws:iam::1:role/ebs' } }] },
    ],
    [
      'VPC Lattice',
      { vpcLatticeConfigurations: [{ roleArn: 'arn:aws:iam::1:role/l', targetGroupArn: 'a', portName: 'a' }] },
    ],
  ])('%s starts a deployment', async (_, input) => {
    const { update } = await open();
    const { deployments } = await update(input);
    expect(deployments).toHaveLength(2);
  });

  test.each([
    ['the same revision', { taskDefinition: 'web:1' }],
    ['the same network', network('subnet-1')],
    [
      'the same network with what ECS fills in',
      {
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: [], assignPublicIp: 'DISABLED' },
        },
      },
    ],
    ['the usual platform version', { platformVersion: 'LATEST' }],
    ['nothing', {}],
    [
      'empty lists',
      { loadBalancers: [], serviceRegistries: [], volumeConfigurations: [], vpcLatticeConfigurations: [] },
    ],
    ['Service Connect that stays off', { serviceConnectConfiguration: { enabled: false } }],
    ['a deployment configuration', { deploymentConfiguration: { maximumPercent: 150 } }],
    ['placement', { placementConstraints: [{ type: 'distinctInstance' }] }],
    ['tags of tasks', { propagateTags: 'SERVICE', enableECSManagedTags: true }],
    ['rebalancing', { availabilityZoneRebalancing: 'DISABLED' }],
    ['a count', { desiredCount: 3 }],
    ['exec', { enableExecuteCommand: true }],
    ['null', { volumeConfigurations: null, forceNewDeployment: false }],
  ])('%s starts none', async (_, input) => {
    const { update } = await open();
    expect((await update(input)).deployments).toHaveLength(1);
  });

  test('what it says stays', async () => {
    const { update, call } = await open();
    await update({ enableExecuteCommand: true, deploymentConfiguration: { minimumHealthyPercent: 50 } });
    expect(await call('DescribeServices', { services: ['web'] })).toMatchObject({
      services: [
        {
          enableExecuteCommand: true,
          deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 200, strategy: 'ROLLING' },
          ...network('subnet-1'),
        },
      ],
    });
  });
});
