import type { NamedService, PolicyNames } from '../../cloud/policy-names.js';

/** What the policy's resource is made from; `*` when AWS takes nothing narrower. */
export type AwsResource = keyof typeof shapes;

/** Words in capitals are for the reader to fill in. */
export const placeholders: PolicyNames = {
  partition: 'aws',
  account: 'ACCOUNT',
  region: 'REGION',
  stateRegion: 'REGION',
  repositories: ['arn:aws:ecr:REGION:ACCOUNT:repository/REPOSITORY'],
  services: [{ region: 'REGION', cluster: 'CLUSTER', service: 'SERVICE' }],
  families: ['arn:aws:ecs:REGION:ACCOUNT:task-definition/FAMILY:*'],
  taskRoles: ['arn:aws:iam::ACCOUNT:role/TASK_ROLE', 'arn:aws:iam::ACCOUNT:role/EXECUTION_ROLE'],
  logGroups: ['arn:aws:logs:REGION:ACCOUNT:log-group:LOG_GROUP:*'],
  stack: 'NAME',
  bucket: 'STATE_BUCKET',
  lockTable: 'LOCK_TABLE',
  boundary: 'arn:aws:iam::ACCOUNT:policy/BOUNDARY',
  roles: ['arn:aws:iam::ACCOUNT:role/lading-NAME-*'],
  provider: 'arn:aws:iam::ACCOUNT:oidc-provider/ISSUER',
};

export interface Shape {
  /** None: the statement is left out. */
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

type Shaper = (names: PolicyNames) => Shape;

const passedToTasks = { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } };

function regional(service: string, resource: string): Shaper {
  return ({ partition, region, account, stack }) => ({
    Resource: [`arn:${partition}:${service}:${region}:${account}:${resource.replaceAll('NAME', stack)}`],
  });
}

function stackRoles({ partition, account, stack }: PolicyNames): readonly string[] {
  return [`${stack}-exec`, `${stack}-task`].map((role) => `arn:${partition}:iam::${account}:role/${role}`);
}

function ofServices(resource: (service: NamedService) => readonly string[]): Shaper {
  return ({ partition, account, services }) => ({
    Resource: services.flatMap((one) =>
      resource(one).map((name) => `arn:${partition}:ecs:${one.region}:${account}:${name}`),
    ),
  });
}

const ofStack = {
  'stack-cluster': regional('ecs', 'cluster/NAME'),
  'stack-service': regional('ecs', 'service/NAME/NAME'),
  'stack-task-definition': regional('ecs', 'task-definition/NAME:*'),
  'stack-log-group': regional('logs', 'log-group:/ecs/NAME*'),
  'stack-scalable-target': regional('application-autoscaling', 'scalable-target/*'),
  'stack-balancer': ({ partition, region, account, stack }) => ({
    Resource: ['loadbalancer/app', 'listener/app', 'listener-rule/app', 'targetgroup'].map(
      (kind) => `arn:${partition}:elasticloadbalancing:${region}:${account}:${kind}/${stack}/*`,
    ),
  }),
  // Security groups and their rules have no names in their ARNs.
  'stack-network': ({ region }) => ({
    Resource: ['*'],
    Condition: { StringEquals: { 'aws:RequestedRegion': region } },
  }),
  'stack-role': (names) => ({ Resource: stackRoles(names) }),
  'stack-role-bounded': (names) => ({
    Resource: stackRoles(names),
    Condition: { StringEquals: { 'iam:PermissionsBoundary': names.boundary } },
  }),
  'stack-role-passed': (names) => ({ Resource: stackRoles(names), Condition: passedToTasks }),
  'execution-policy': (names) => ({
    Resource: stackRoles(names),
    Condition: {
      ArnEquals: {
        'iam:PolicyARN': `arn:${names.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy`,
      },
    },
  }),
  'service-linked-role': ({ partition, account }) => ({
    Resource: [`arn:${partition}:iam::${account}:role/aws-service-role/*`],
    Condition: {
      StringEquals: {
        'iam:AWSServiceName': [
          'ecs.amazonaws.com',
          'ecs.application-autoscaling.amazonaws.com',
          'elasticloadbalancing.amazonaws.com',
        ],
      },
    },
  }),
} satisfies Readonly<Record<string, Shaper>>;

const ofState = {
  'state-bucket': ({ partition, bucket }) => ({ Resource: [`arn:${partition}:s3:::${bucket}`] }),
  state: ({ partition, bucket, stack }) => ({ Resource: [`arn:${partition}:s3:::${bucket}/${stack}/*`] }),
  'state-lock': ({ partition, bucket, stack }) => ({ Resource: [`arn:${partition}:s3:::${bucket}/${stack}/*.tflock`] }),
  'lock-table': ({ partition, stateRegion, account, lockTable }) => ({
    Resource: lockTable === undefined ? [] : [`arn:${partition}:dynamodb:${stateRegion}:${account}:table/${lockTable}`],
  }),
} satisfies Readonly<Record<string, Shaper>>;

const shapes = {
  '*': () => ({ Resource: ['*'] }),
  repository: ({ repositories }) => ({ Resource: repositories }),
  // Lists take no ARN: they are narrowed by a condition.
  cluster: ({ partition, account, services }) => ({
    Resource: services.length === 0 ? [] : ['*'],
    Condition: {
      ArnEquals: {
        'ecs:cluster': single(
          unique(services.map(({ region, cluster }) => `arn:${partition}:ecs:${region}:${account}:cluster/${cluster}`)),
        ),
      },
    },
  }),
  service: ofServices(({ cluster, service }) => [
    `service/${cluster}/${service}`,
    `service-deployment/${cluster}/${service}/*`,
    `service-revision/${cluster}/${service}/*`,
  ]),
  task: ofServices(({ cluster }) => [`task/${cluster}/*`]),
  'task-definition': ({ families }) => ({ Resource: families }),
  role: ({ taskRoles }) => ({ Resource: taskRoles, Condition: passedToTasks }),
  'log-group': ({ logGroups }) => ({ Resource: logGroups }),
  ...ofState,
  ...ofStack,
  'secret-parameter': regional('ssm', 'parameter/NAME/*'),
  secret: regional('secretsmanager', 'secret:NAME/*'),
  'ground-role': ({ roles }) => ({ Resource: roles }),
  'ground-policy': ({ boundary }) => ({ Resource: [boundary] }),
  'ground-provider': ({ provider }) => ({ Resource: [provider] }),
} satisfies Readonly<Record<string, Shaper>>;

/** Undefined for what is no kind of AWS resource. */
export function shapeOf(resource: string, names: PolicyNames): Shape | undefined {
  if (!Object.hasOwn(shapes, resource)) return undefined;
  const shape: Shape = shapes[resource as AwsResource](names);
  return { ...shape, Resource: unique(shape.Resource) };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

/** A list of one as its element: as IAM gives it back. */
export function single(texts: readonly string[]): string | readonly string[] {
  return texts.length === 1 && texts[0] !== undefined ? texts[0] : texts;
}
