import { NEW } from './stage.js';
import type { Rehearsal } from './rehearsal.js';

/**
 * What other tools call, in their order and with their parameters, by AWS's own client:
 * aws-actions/amazon-ecs-deploy-task-definition 2.6.3 with its render action, and kayac/ecspresso 2.8.7. What they
 * make of the answers is written after them, with what is wrong of it.
 */

type Json = Readonly<Record<string, unknown>>;
interface Deployment {
  readonly id: string;
  readonly status: string;
  readonly taskDefinition: string;
  readonly rolloutState: string;
  readonly rolloutStateReason: string;
}
interface Service extends Json {
  readonly status: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly taskDefinition: string;
  readonly deploymentController?: { readonly type: string };
  readonly deployments: readonly Deployment[];
}

/** Attributes of DescribeTaskDefinition that are no input of RegisterTaskDefinition; the newer two are in the way of both tools. */
const READ_ONLY = [
  'compatibilities',
  'taskDefinitionArn',
  'requiresAttributes',
  'revision',
  'status',
  'registeredAt',
  'deregisteredAt',
  'registeredBy',
];

export async function described({ call }: Rehearsal, include: readonly string[] = []): Promise<Service> {
  const { services, failures } = await call<{ services: Service[]; failures: { arn: string; reason: string }[] }>(
    'ecs',
    'DescribeServices',
    { cluster: 'default', services: ['web'], ...(include.length > 0 && { include }) },
  );
  if (!services[0]) throw new Error(`${failures[0]?.arn} is ${failures[0]?.reason}`);
  return services[0];
}

/** The running definition as it is described, with another image: what the render action writes. */
async function rendered({ call }: Rehearsal): Promise<Json> {
  const { taskDefinition } = await call<{ taskDefinition: Json & { containerDefinitions: Json[] } }>(
    'ecs',
    'DescribeTaskDefinition',
    { taskDefinition: 'web' },
  );
  const [container] = taskDefinition.containerDefinitions;
  const kept = Object.entries(taskDefinition).filter(([name]) => !READ_ONLY.includes(name));
  return { ...Object.fromEntries(kept), containerDefinitions: [{ ...container, image: NEW }] };
}

export async function register(rehearsal: Rehearsal): Promise<string> {
  const answer = await rehearsal.call<{ taskDefinition: { taskDefinitionArn: string } }>(
    'ecs',
    'RegisterTaskDefinition',
    await rendered(rehearsal),
  );
  return answer.taskDefinition.taskDefinitionArn;
}

/** The services-stable waiter of the SDKs: one deployment, as many tasks as desired. */
async function untilStable(rehearsal: Rehearsal): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt++) {
    const service = await described(rehearsal);
    if (service.deployments.length === 1 && service.runningCount === service.desiredCount) return;
    rehearsal.clock.advance(15_000);
  }
  throw new Error('{"state":"TIMEOUT"}');
}

/** The official action with `wait-for-service-stability`. */
export async function deployAsTheAction(rehearsal: Rehearsal): Promise<string> {
  const taskDefinition = await register(rehearsal);
  const before = await described(rehearsal);
  if (before.status !== 'ACTIVE') throw new Error(`Service is ${before.status}`);
  const primary = (service: Service) => service.deployments.find((one) => one.status === 'PRIMARY')?.id;
  const { service } = await rehearsal.call<{ service: Service }>('ecs', 'UpdateService', {
    cluster: 'default',
    service: 'web',
    taskDefinition,
    forceNewDeployment: false,
    volumeConfigurations: [],
  });
  const ours = primary(service);
  await untilStable(rehearsal);
  if (ours === primary(before)) return 'no new deployment';
  const found = (await described(rehearsal)).deployments.find((one) => one.id === ours);
  if (!found) throw new Error(`Deployment ${ours} not found after stabilization.`);
  if (found.rolloutState === 'FAILED') throw new Error(`Deployment ${ours} FAILED: ${found.rolloutStateReason}`);
  return found.rolloutState;
}

/** All attributes of a service as ecspresso sends them back, whether they changed or not. */
function attributesOf(service: Service): Json {
  const names = [
    'availabilityZoneRebalancing',
    'capacityProviderStrategy',
    'deploymentConfiguration',
    'desiredCount',
    'enableECSManagedTags',
    'enableExecuteCommand',
    'healthCheckGracePeriodSeconds',
    'networkConfiguration',
    'placementConstraints',
    'placementStrategy',
    'platformVersion',
    'propagateTags',
    'serviceRegistries',
  ];
  const known = names.flatMap((name) => (service[name] === undefined ? [] : [[name, service[name]] as const]));
  return {
    ...Object.fromEntries(known),
    loadBalancers: [],
    volumeConfigurations: [],
    vpcLatticeConfigurations: [],
    serviceConnectConfiguration: { enabled: false },
  };
}

/** `ecspresso deploy --wait-until deployed`; undefined for `--skip-task-definition`. */
export async function deployAsEcspresso(rehearsal: Rehearsal, taskDefinition: string): Promise<string> {
  const { call, clock } = rehearsal;
  const service = await described(rehearsal, ['TAGS']);
  const input = { ...attributesOf(service), cluster: 'default', service: 'web' };
  await call('ecs', 'UpdateService', { ...input, taskDefinition, forceNewDeployment: false });
  clock.advance(10_000);
  const list = {
    cluster: 'default',
    service: 'web',
    status: ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_IN_PROGRESS'],
  };
  const { serviceDeployments } = await call<{ serviceDeployments: { serviceDeploymentArn: string }[] }>(
    'ecs',
    'ListServiceDeployments',
    list,
  );
  const [active] = serviceDeployments;
  if (!active) return 'No active deployment found';
  const asked = { serviceDeploymentArns: [active.serviceDeploymentArn] };
  for (let attempt = 0; attempt < 90; attempt++) {
    clock.advance(10_000);
    await described(rehearsal);
    const { serviceDeployments: found } = await call<{ serviceDeployments: { status: string }[] }>(
      'ecs',
      'DescribeServiceDeployments',
      asked,
    );
    const status = found[0]?.status ?? 'not found';
    if (!/^(PENDING|IN_PROGRESS|ROLLBACK_REQUESTED|ROLLBACK_IN_PROGRESS)$/.test(status)) return status;
  }
  return 'timeout';
}
