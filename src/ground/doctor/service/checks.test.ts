import { describe, expect, test } from 'vitest';
import type { SceneParts } from '../../../../test/support/doctor-scene.js';
import {
  ACCOUNT,
  denied,
  DIGEST,
  document,
  loadBalancer,
  routeTable,
  rule,
  sceneOf,
  targetGroup,
} from '../../../../test/support/doctor-scene.js';
import { runChecks } from '../check.js';
import type { Finding } from '../finding.js';
import { serviceSceneChecks } from './checks.js';

async function find(parts: SceneParts = {}): Promise<readonly Finding[]> {
  return runChecks(serviceSceneChecks, sceneOf(parts), new AbortController().signal);
}

const bad = (findings: readonly Finding[]) =>
  findings.filter(({ state }) => state !== 'ok').map(({ state, code, what }) => `${state} ${code}: ${what}`);

const ECR = `${ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com`;
const onEc2 = {
  launchType: 'EC2',
  networkConfiguration: undefined,
  loadBalancers: [],
  healthCheckGracePeriodSeconds: undefined,
};
const bridge = {
  networkMode: 'bridge',
  requiresCompatibilities: ['EC2'],
  executionRoleArn: undefined,
  runtimePlatform: undefined,
};
const linux = (architecture: string) => ({
  digest: DIGEST,
  platforms: [{ os: 'linux', architecture }],
  bytes: 1,
  config: undefined,
});
const endpoint = (name: string, more: object = {}) => ({
  vpcEndpointId: name,
  serviceName: `com.amazonaws.eu-central-1.${name}`,
  vpcEndpointType: 'Interface',
  state: 'available',
  routeTableIdSet: [],
  ...more,
});
const closed = { routeTables: async () => [routeTable([])] };

describe('a service that is well gives no alarm', () => {
  // prettier-ignore
  const unusual: readonly (readonly [string, SceneParts])[] = [
    ['on Fargate, behind a load balancer', {}],
    ['on instances, with bridge, without an execution role', { service: onEc2, definition: bridge }],
    ['on instances, of another architecture than Fargate’s', { service: onEc2, definition: bridge, reads: { image: async () => linux('arm64') } }],
    ['on instances with awsvpc, in subnets without a way out of their own', { service: { launchType: 'EC2', loadBalancers: [], healthCheckGracePeriodSeconds: undefined }, definition: { requiresCompatibilities: ['EC2'] }, reads: closed }],
    ['on instances, whose role pulls and writes logs', { service: onEc2, definition: { ...bridge, executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/execution` }, reads: { simulate: async ({ actions }) => actions.map((EvalActionName) => ({ EvalActionName, EvalDecision: 'implicitDeny', MissingContextValues: [] })) } }],
    ['instances as targets, with dynamic ports', { service: { ...onEc2, loadBalancers: [{ targetGroupArn: targetGroup.TargetGroupArn, containerName: 'web', containerPort: 3000 }] }, definition: bridge, reads: { targetGroup: async () => ({ ...targetGroup, TargetType: 'instance' }) } }],
    ['by a capacity provider, on Spot', { service: { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] } }],
    ['a daemon', { service: { ...onEc2, schedulingStrategy: 'DAEMON', desiredCount: 3, runningCount: 3, deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 } }, definition: bridge }],
    ['without a load balancer', { service: { loadBalancers: [], healthCheckGracePeriodSeconds: undefined }, container: { portMappings: [] } }],
    ['with a Classic Load Balancer', { service: { ...onEc2, loadBalancers: [{ loadBalancerName: 'old', containerName: 'web', containerPort: 3000 }] }, definition: bridge }],
    ['behind a network load balancer without groups', { reads: { loadBalancers: async () => [{ ...loadBalancer, Type: 'network', SecurityGroups: [], AvailabilityZones: [{ ZoneName: 'eu-central-1a' }] }], targetGroup: async () => ({ ...targetGroup, Protocol: 'TCP', HealthCheckPath: undefined }) } }],
    ['that admits the load balancer by its addresses', { reads: { securityGroups: async (ids) => ids.map((groupId) => ({ groupId, ipPermissions: [rule(0, 65535, { ipRanges: [{ cidrIp: '10.0.0.0/16' }] })], ipPermissionsEgress: [rule(443, 443, { prefixListIds: [{ prefixListId: 'pl-1' }] })] })) } }],
    ['with a target group of any port', { reads: { targetGroup: async () => ({ ...targetGroup, Port: 8080 }) } }],
    ['with health on a port that nobody maps, and that answers', { reads: { targetGroup: async () => ({ ...targetGroup, HealthCheckPort: '9000' }), targetHealth: async () => [{ Target: { Id: '10.0.0.1' }, TargetHealth: { State: 'healthy' } }] } }],
    ['while one of its tasks is unhealthy', { reads: { targetHealth: async () => ['healthy', 'unhealthy'].map((State) => ({ Target: { Id: State }, TargetHealth: { State } })) } }],
    ['several containers, one of another registry', { definition: { containerDefinitions: [{ name: 'web', image: `${ECR}/shop@${DIGEST}`, portMappings: [{ containerPort: 3000 }], logConfiguration: { logDriver: 'awsfirelens' } }, { name: 'log', image: 'public.ecr.aws/aws-observability/aws-for-fluent-bit:stable', essential: false, firelensConfiguration: { type: 'fluentbit' } }] } }],
    ['an image by its digest', { container: { image: `${ECR}/shop@${DIGEST}` } }],
    ['an image by tag and digest', { container: { image: `${ECR}/shop:v1@${DIGEST}` } }],
    ['an image of Docker Hub', { container: { image: 'nginx:1.29' } }],
    ['an image of another account', { container: { image: '999999999999.dkr.ecr.us-east-1.amazonaws.com/team/shop:v1' } }],
    ['for arm64', { definition: { runtimePlatform: { cpuArchitecture: 'ARM64' } }, reads: { image: async () => linux('arm64') } }],
    ['an index with attestations', { reads: { image: async () => ({ ...linux('amd64'), platforms: [{ os: 'linux', architecture: 'arm64', variant: 'v8' }, { os: 'linux', architecture: 'amd64' }], bytes: undefined }) } }],
    ['behind a NAT gateway', { service: { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-tasks'], assignPublicIp: 'DISABLED' } } }, reads: { routeTables: async () => [routeTable([{ destinationCidrBlock: '0.0.0.0/0', natGatewayId: 'nat-1' }])] } }],
    ['behind a transit gateway', { reads: { routeTables: async () => [routeTable([{ destinationCidrBlock: '0.0.0.0/0', transitGatewayId: 'tgw-1' }])] } }],
    ['with VPC endpoints alone', { reads: { ...closed, endpoints: async () => [endpoint('ecr.api'), endpoint('ecr.dkr'), endpoint('logs'), endpoint('s3', { vpcEndpointType: 'Gateway', routeTableIdSet: ['rtb-1'] })] } }],
    ['with rules that keep the last images', { reads: { lifecyclePolicy: async () => JSON.stringify({ rules: [{ rulePriority: 1, selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30 }, action: { type: 'expire' } }] }) } }],
    ['with rules for what has no tag', { reads: { lifecyclePolicy: async () => JSON.stringify({ rules: [{ rulePriority: 1, selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 }, action: { type: 'expire' } }] }) } }],
    ['with tags that move', { reads: { repository: async () => ({ repositoryName: 'shop', imageTagMutability: 'MUTABLE' }) } }],
    ['with a log group that the first task makes', { container: { logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'new', 'awslogs-create-group': 'true', 'awslogs-stream-prefix': 'x' } } }, reads: { logGroup: async () => undefined } }],
    ['with the key of a secret in JSON, and a parameter by its name', { container: { secrets: [{ name: 'A', valueFrom: `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:db-a1B2c3:password::` }, { name: 'B', valueFrom: 'key' }] }, reads: { secret: async (id) => (id.endsWith('db-a1B2c3') ? { ARN: id } : undefined), parameter: async (Name) => (Name === 'key' ? { Name } : undefined) } }],
    ['with a parameter by its ARN', { container: { secrets: [{ name: 'B', valueFrom: `arn:aws:ssm:eu-central-1:${ACCOUNT}:parameter/key` }] }, reads: { parameter: async (Name) => (Name === 'key' ? { Name } : undefined) } }],
    ['blue/green', { service: { deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5, minimumHealthyPercent: 100, maximumPercent: 100 } } }],
    ['by CodeDeploy, which has no deployments', { service: { deploymentController: { type: 'CODE_DEPLOY' }, deployments: [] } }],
    ['that wants no tasks', { service: { desiredCount: 0, runningCount: 0 } }],
    ['with one task and any of it may be missing', { service: { desiredCount: 1, runningCount: 1, deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100, deploymentCircuitBreaker: { enable: false, rollback: false } } } }],
  ];
  test.each(unusual)('%s', async (_, parts) => {
    expect(bad(await find(parts))).toEqual([]);
  });
});

describe('what may not be read is unknown, and ends nothing', () => {
  const names = Object.keys(sceneOf().reads) as (keyof ReturnType<typeof sceneOf>['reads'])[];
  test.each(names)('%s', async (name) => {
    const findings = await find({ reads: { [name]: denied } });
    expect(findings.filter(({ state }) => state === 'wrong')).toEqual([]);
    expect(findings.length).toBeGreaterThan(8);
  });

  test('everything', async () => {
    const reads = Object.fromEntries(names.map((name) => [name, denied]));
    const findings = await find({ reads });
    expect(findings.filter(({ state }) => state === 'wrong')).toEqual([]);
    expect(findings.filter(({ state }) => state === 'unknown').map(({ code }) => code)).toEqual(
      expect.arrayContaining(['image', 'repository', 'execution-role', 'task-role', 'logs', 'target-group', 'network']),
    );
  });
});

describe('what is wrong, beside what the sandbox shows', () => {
  const standalone = {
    digest: DIGEST,
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    bytes: 1,
    config: {
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [] },
      config: { Cmd: ['node', 'server.js'], Env: ['HOSTNAME=0.0.0.0'] },
    },
  };
  // prettier-ignore
  const cases: readonly (readonly [string, SceneParts, RegExp])[] = [
    ['a deployment that failed', { service: { deployments: [{ id: '1', status: 'PRIMARY', taskDefinition: 'shop:7', rolloutState: 'FAILED', rolloutStateReason: 'tasks failed to start.', desiredCount: 2, runningCount: 0, pendingCount: 0, failedTasks: 3 }] } }, /^wrong service\/deployment: the last deployment of production\/shop failed, .*: tasks failed to start/],
    ['no task runs', { service: { runningCount: 0 } }, /^wrong service: production\/shop runs none of its 2 tasks/],
    ['a service that is going', { service: { status: 'DRAINING' } }, /^wrong service: .*DRAINING/],
    ['Fargate without an execution role', { definition: { executionRoleArn: undefined } }, /^wrong execution-role: shop:7 has no execution role, which it needs to pull the image of web/],
    ['every task unhealthy', { reads: { targetHealth: async () => [{ Target: { Id: '1' }, TargetHealth: { State: 'unhealthy', Reason: 'Target.ResponseCodeMismatch', Description: 'Health checks failed with these codes: [404]' } }] } }, /^wrong target-group\/health: .*Target.ResponseCodeMismatch: .*\[404\]/],
    ['a zone without the load balancer', { reads: { loadBalancers: async () => [{ ...loadBalancer, AvailabilityZones: [{ ZoneName: 'eu-central-1a' }] }] } }, /^wrong target-group\/zones: .*subnet-b \(eu-central-1b\)/],
    ['another VPC', { reads: { targetGroup: async () => ({ ...targetGroup, VpcId: 'vpc-2' }) } }, /^wrong target-group\/vpc: the tasks run in vpc-1/],
    ['a subnet that is full', { reads: { subnets: async (ids) => ids.map((subnetId) => ({ subnetId, vpcId: 'vpc-1', availabilityZone: 'eu-central-1a', availableIpAddressCount: 0 })) } }, /^wrong network\/addresses: the subnet subnet-a has no address left/],
    ['an endpoint for another table', { reads: { ...closed, endpoints: async () => [endpoint('ecr.api'), endpoint('ecr.dkr'), endpoint('logs'), endpoint('s3', { vpcEndpointType: 'Gateway', routeTableIdSet: ['rtb-2'] })] } }, /^wrong network\/no-way-out: .*no VPC endpoint for s3/],
    ['an image of the internet without a way out', { container: { image: 'nginx' }, reads: { ...closed, endpoints: async () => [endpoint('logs')] } }, /^wrong network\/no-way-out: .*nginx is on the internet/],
    ['a route that leads nowhere', { reads: { routeTables: async () => [routeTable([{ destinationCidrBlock: '0.0.0.0/0', natGatewayId: 'nat-1', state: 'blackhole' }])] } }, /^wrong network\/no-way-out/],
    ['ip targets for tasks of an instance', { service: onEc2Balanced(), definition: bridge }, /^wrong target-group\/type: the target group shop takes ip targets, and tasks with bridge/],
    ['an untagged image that goes', { reads: { ecrImages: async () => [{ imageDigest: DIGEST, imageTags: [], imagePushedAt: 0 }], lifecyclePolicy: async () => JSON.stringify({ rules: [{ rulePriority: 5, selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 }, action: { type: 'expire' } }] }) } }, /^wrong repository\/lifecycle: rule 5 of shop takes away the image that runs \(it expires untagged images after 1 days\)/],
    ['a Next.js server that its health check does not reach', { container: { environment: [], healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:3000/'] } }, reads: { image: async () => standalone } }, /^wrong next\/hostname: nothing answers the health check of web/],
    ['a Next.js server on localhost', { container: { environment: [{ name: 'HOSTNAME', value: 'localhost' }] }, reads: { image: async () => standalone } }, /^wrong next\/hostname: the Next.js server of web listens on localhost alone/],
    ['a secret of another kind', { container: { secrets: [{ name: 'A', valueFrom: `arn:aws:s3:::bucket/key` }] } }, /^wrong secrets: the secret A of web is neither/],
  ];
  test.each(cases)('%s', async (_, parts, says) => {
    const findings = bad(await find(parts));
    expect(
      findings.filter((one) => says.test(one)),
      findings.join('\n'),
    ).toHaveLength(1);
  });

  test('a right that the policy of the repository may give is unknown', async () => {
    const simulate: NonNullable<SceneParts['reads']>['simulate'] = async ({ actions }) =>
      actions.map((EvalActionName) => ({
        EvalActionName,
        EvalDecision: EvalActionName === 'ecr:BatchGetImage' ? 'implicitDeny' : 'allowed',
        MissingContextValues: [],
      }));
    expect(bad(await find({ reads: { simulate } }))).toEqual([
      expect.stringMatching(/^wrong execution-role\/rights: .*may not do ecr:BatchGetImage/),
    ]);
    expect(bad(await find({ reads: { simulate, hasPolicy: async () => true } }))).toEqual([
      expect.stringMatching(/^unknown execution-role\/rights: .*has a policy of its own/),
    ]);
  });

  test('without a simulation the policies are read', async () => {
    const policies = document({ Effect: 'Allow', Action: ['ecr:*', 'logs:Put*'], Resource: '*' });
    const findings = bad(await find({ reads: { simulate: denied, rolePolicies: async () => [policies] } }));
    expect(findings).toEqual([expect.stringMatching(/^wrong execution-role\/rights: .*logs:CreateLogStream/)]);
  });
});

function onEc2Balanced(): object {
  return {
    ...onEc2,
    loadBalancers: [{ targetGroupArn: targetGroup.TargetGroupArn, containerName: 'web', containerPort: 3000 }],
  };
}
