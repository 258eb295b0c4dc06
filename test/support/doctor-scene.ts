import type { Route, RouteTable } from '../../src/aws/reads/network.js';
import { LadingError } from '../../src/base/errors.js';
import { parsePolicy } from '../../src/aws/policy/document.js';
import { readTaskSettings } from '../../src/ecs/definition/settings.js';
import { readServiceSettings } from '../../src/ecs/settings.js';
import type { Service, TaskDefinition } from '../../src/ecs/shapes.js';
import type { ServiceReads, ServiceScene } from '../../src/ground/doctor/service/scene.js';

export const ACCOUNT = '123456789012';
export const DIGEST = `sha256:${'a'.repeat(64)}`;
const TARGET_GROUP = `arn:aws:elasticloadbalancing:eu-central-1:${ACCOUNT}:targetgroup/shop/0123456789abcdef`;
const BALANCER = `arn:aws:elasticloadbalancing:eu-central-1:${ACCOUNT}:loadbalancer/app/shop/0123456789abcdef`;

export interface SceneParts {
  readonly service?: object;
  readonly definition?: object;
  readonly container?: object;
  readonly reads?: Partial<ServiceReads>;
}

const usualContainer = {
  name: 'web',
  image: `${ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com/shop:v1`,
  portMappings: [{ containerPort: 3000 }],
  environment: [{ name: 'HOSTNAME', value: '0.0.0.0' }],
  logConfiguration: {
    logDriver: 'awslogs',
    options: { 'awslogs-group': '/ecs/shop', 'awslogs-region': 'eu-central-1', 'awslogs-stream-prefix': 'web' },
  },
};

const usualDefinition = {
  family: 'shop',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/execution`,
  taskRoleArn: `arn:aws:iam::${ACCOUNT}:role/task`,
  runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
};

const usualService = {
  serviceArn: `arn:aws:ecs:eu-central-1:${ACCOUNT}:service/production/shop`,
  serviceName: 'shop',
  clusterArn: `arn:aws:ecs:eu-central-1:${ACCOUNT}:cluster/production`,
  status: 'ACTIVE',
  taskDefinition: `arn:aws:ecs:eu-central-1:${ACCOUNT}:task-definition/shop:7`,
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  events: [],
  deployments: [
    {
      id: 'ecs-svc/1',
      status: 'PRIMARY',
      taskDefinition: 'shop:7',
      rolloutState: 'COMPLETED',
      desiredCount: 2,
      runningCount: 2,
      pendingCount: 0,
      failedTasks: 0,
    },
  ],
  launchType: 'FARGATE',
  schedulingStrategy: 'REPLICA',
  healthCheckGracePeriodSeconds: 60,
  deploymentConfiguration: {
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
  },
  networkConfiguration: {
    awsvpcConfiguration: { subnets: ['subnet-a', 'subnet-b'], securityGroups: ['sg-tasks'], assignPublicIp: 'ENABLED' },
  },
  loadBalancers: [{ targetGroupArn: TARGET_GROUP, containerName: 'web', containerPort: 3000 }],
};

export const targetGroup = {
  TargetGroupArn: TARGET_GROUP,
  TargetGroupName: 'shop',
  Protocol: 'HTTP',
  Port: 80,
  VpcId: 'vpc-1',
  TargetType: 'ip',
  HealthCheckPort: 'traffic-port',
  HealthCheckPath: '/api/health',
  HealthCheckIntervalSeconds: 30,
  HealthyThresholdCount: 5,
  UnhealthyThresholdCount: 2,
  LoadBalancerArns: [BALANCER],
};

export const loadBalancer = {
  LoadBalancerArn: BALANCER,
  Type: 'application',
  VpcId: 'vpc-1',
  SecurityGroups: ['sg-balancer'],
  AvailabilityZones: [{ ZoneName: 'eu-central-1a' }, { ZoneName: 'eu-central-1b' }],
};

const open = { ipProtocol: '-1', groups: [], ipRanges: [{ cidrIp: '0.0.0.0/0' }], ipv6Ranges: [], prefixListIds: [] };

export const rule = (from: number, to: number, more: object) => ({
  ipProtocol: 'tcp',
  fromPort: from,
  toPort: to,
  groups: [],
  ipRanges: [],
  ipv6Ranges: [],
  prefixListIds: [],
  ...more,
});

export const routeTable = (routes: readonly Route[]): RouteTable => ({
  routeTableId: 'rtb-1',
  routeSet: [{ destinationCidrBlock: '10.0.0.0/16', gatewayId: 'local' }, ...routes],
  associationSet: [{ main: true }],
});

/** Policies and trust as documents. */
export const document = (...Statement: readonly object[]) => {
  const parsed = parsePolicy({ Version: '2012-10-17', Statement });
  if (!parsed) throw new Error('it is no policy');
  return parsed;
};

const trust = document({
  Effect: 'Allow',
  Principal: { Service: 'ecs-tasks.amazonaws.com' },
  Action: 'sts:AssumeRole',
});

/** Of a read that the role may not make. */
export const denied = (): Promise<never> =>
  Promise.reject(new LadingError('credentials', 'it may not be read', { code: 'ACCESS_DENIED', hint: 'Allow it.' }));

const usualReads: ServiceReads = {
  targetGroup: async () => targetGroup,
  targetGroupAttributes: async () => new Map([['deregistration_delay.timeout_seconds', '300']]),
  targetHealth: async () => [],
  loadBalancers: async () => [loadBalancer],
  subnets: async (ids) =>
    ids.map((subnetId, at) => ({
      subnetId,
      vpcId: 'vpc-1',
      availabilityZone: `eu-central-1${at === 0 ? 'a' : 'b'}`,
      availableIpAddressCount: 200,
    })),
  routeTables: async () => [routeTable([{ destinationCidrBlock: '0.0.0.0/0', gatewayId: 'igw-1' }])],
  endpoints: async () => [],
  securityGroups: async (ids) =>
    ids.map((groupId) => ({
      groupId,
      ipPermissions: [rule(3000, 3000, { groups: [{ groupId: 'sg-balancer' }] })],
      ipPermissionsEgress: [open],
    })),
  role: async (name) => ({ arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, name, trust, hasBoundary: false }),
  rolePolicies: denied,
  simulate: async ({ actions }) =>
    actions.map((EvalActionName) => ({ EvalActionName, EvalDecision: 'allowed', MissingContextValues: [] })),
  repository: async ({ name }) => ({ repositoryName: name, imageTagMutability: 'IMMUTABLE' }),
  ecrImage: async () => ({ imageDigest: DIGEST, imageTags: ['v1'], imageSizeInBytes: 80_000_000, imagePushedAt: 0 }),
  ecrImages: async () => [{ imageDigest: DIGEST, imageTags: ['v1'], imagePushedAt: 0 }],
  lifecyclePolicy: async () => undefined,
  hasPolicy: async () => false,
  image: async () => ({
    digest: DIGEST,
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    bytes: 80_000_000,
    config: undefined,
  }),
  logGroup: async (logGroupName) => ({ logGroupName }),
  secret: async (id) => ({ ARN: id }),
  parameter: async (Name) => ({ Name }),
};

/** A service that is well on Fargate behind a load balancer, but for what is said otherwise. */
export function sceneOf({ service = {}, definition = {}, container = {}, reads = {} }: SceneParts = {}): ServiceScene {
  const asService = { ...usualService, ...service } as unknown as Service;
  const asDefinition = {
    ...usualDefinition,
    containerDefinitions: [{ ...usualContainer, ...container }],
    ...definition,
  } as unknown as TaskDefinition;
  const settings = readServiceSettings(asService);
  return {
    env: {},
    now: 0,
    region: 'eu-central-1',
    partition: 'aws',
    account: ACCOUNT,
    cluster: 'production',
    service: asService,
    settings,
    revision: 'shop:7',
    task: readTaskSettings(asDefinition, { fargate: settings.launch === 'FARGATE' }),
    reads: { ...usualReads, ...reads },
  };
}
