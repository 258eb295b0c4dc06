import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Botocore } from '../support/botocore.js';
import { openBotocore } from '../support/botocore.js';
import type { Rehearsal } from '../support/rehearsal.js';
import { rehearse as openRehearsal } from '../support/rehearsal.js';

let botocore: Botocore | undefined;
const open: (() => Promise<void>)[] = [];

beforeAll(() => {
  botocore = openBotocore();
}, 240_000);
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(async () => botocore?.close());

async function rehearse(judge: Botocore, name: string): Promise<Rehearsal> {
  const rehearsal = await openRehearsal(judge, name, new Set());
  open.push(rehearsal.close);
  return rehearsal;
}

const network = { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } };

test('each told of ECS has a code that the operation may give', async (context) => {
  if (!botocore) return context.skip();
  const { told, expectFaithful } = await rehearse(botocore, 'ok');
  const nothing = 'arn:aws:ecs:eu-central-1:123456789012:service-deployment/default/web/nothing';
  const definition = { family: 'a b', containerDefinitions: [{ name: 'a', image: 'b' }] };
  const service = { serviceName: 'more', taskDefinition: 'web', desiredCount: 1 };
  const placed = { ...service, networkConfiguration: network };
  const strategy = [{ capacityProvider: 'FARGATE', weight: 1 }];
  const refusals: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>]>> = {
    'ClientException: Family contains invalid characters.': ['RegisterTaskDefinition', definition],
    'ClientException: Unable to describe task definition.': ['DescribeTaskDefinition', { taskDefinition: 'nothing' }],
    'ClusterNotFoundException: Cluster not found.': ['DescribeServices', { cluster: 'nowhere', services: ['web'] }],
    'InvalidParameterException: Services cannot be empty.': ['DescribeServices', { services: [] }],
    'ServiceNotFoundException: Service not found.': ['UpdateService', { service: 'nothing' }],
    'ClientException: TaskDefinition not found.': ['UpdateService', { service: 'web', taskDefinition: 'nothing' }],
    'InvalidParameterException: Creation of service was not idempotent.': [
      'CreateService',
      { ...placed, serviceName: 'web' },
    ],
    "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.": [
      'CreateService',
      service,
    ],
    'InvalidParameterException: The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.':
      ['CreateService', { ...placed, capacityProviderStrategy: strategy }],
    'PlatformUnknownException: The specified platform does not exist.': [
      'CreateService',
      { ...placed, launchType: 'FARGATE', platformVersion: '9.9.9' },
    ],
    'ServiceDeploymentNotFoundException: The service deployment was not found.': [
      'StopServiceDeployment',
      { serviceDeploymentArn: nothing },
    ],
    'InvalidParameterException: Identifier is for cluster other. Your cluster is default': [
      'DescribeTasks',
      { tasks: ['arn:aws:ecs:eu-central-1:123456789012:task/other/1'] },
    ],
    'InvalidParameterException: maxResults must be between 1 and 100.': ['ListTasks', { maxResults: 101 }],
    'InvalidParameterException: Invalid token.': ['ListClusters', { nextToken: 'x' }],
    'ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.': [
      'DeleteCluster',
      { cluster: 'default' },
    ],
    'NamespaceNotFoundException: The specified namespace was not found.': [
      'ListServicesByNamespace',
      { namespace: 'nothing' },
    ],
    'InvalidParameterException: Tags can not be empty.': [
      'RegisterTaskDefinition',
      { family: 'a', containerDefinitions: [{ name: 'a', image: 'b', memory: 8 }], tags: [] },
    ],
    'UnknownOperationException: ecs has no operation ListAttributes here': [
      'ListAttributes',
      { targetType: 'container-instance' },
    ],
  };
  for (const [said, [operation, input]] of Object.entries(refusals))
    expect(await told('ecs', operation, input), operation).toBe(said);
  await expectFaithful();
});
