import { openAws } from '../../src/aws/session.js';
import type { AwsRpcServiceName } from '../../src/aws/services.js';
import type { Moto } from '../../src/sandbox/moto/start-moto.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { pushImage } from './push-image.js';
import { testWorld } from './world.js';

type Input = Readonly<Record<string, unknown>>;

/** What one may be told to make otherwise, of a service that is well. */
export interface StageParts {
  readonly definition: (usual: Definition) => Input;
  readonly container: (usual: Input) => Input;
  /** `spare` is a target group without a load balancer. */
  readonly service: (usual: Input, spare: string) => Input;
  readonly targetGroup: (usual: Input) => Input;
}

type Definition = Input & { readonly containerDefinitions: readonly Input[] };

/** A service on the sandbox, with everything around it in moto. */
export interface DoctorStage {
  readonly sandbox: Sandbox;
  readonly name: string;
  readonly image: string;
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly routeTable: string;
  readonly groups: { readonly balancer: string; readonly tasks: string };
  readonly targetGroup: string;
  readonly balancer: string;
  readonly listener: string;
  readonly roles: { readonly execution: string; readonly task: string };
  call<Output = Readonly<Record<string, unknown>>>(
    service: AwsRpcServiceName,
    operation: string,
    input?: Input,
  ): Promise<Output>;
  close(): Promise<void>;
}

const ecsTasks = { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' };
export const policy = (...statements: readonly Input[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
export const trustOfTasks = policy(ecsTasks);

/** What the execution role of a service that is well may do. */
export const executionPolicy = policy(
  { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  {
    Effect: 'Allow',
    Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    Resource: 'arn:aws:ecr:*:*:repository/*',
  },
  { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
  { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'ssm:GetParameters'], Resource: '*' },
);

let count = 0;

/** Starts it. Names are new each time: moto may be shared. */
export async function openDoctorStage(moto: Moto, parts: Partial<StageParts> = {}): Promise<DoctorStage> {
  const name = `shop${++count}`;
  const sandbox = await startSandbox({ moto });
  const world = testWorld({ env: sandbox.env });
  const session = await openAws(world);
  const call: DoctorStage['call'] = async <Output>(service: AwsRpcServiceName, operation: string, input: Input = {}) =>
    (await session.api(service, { tries: 1 }).call(operation, input)) as Output;
  const network = await makeNetwork(call, name);
  const roles = { execution: `${name}-execution`, task: `${name}-task` };
  for (const RoleName of Object.values(roles))
    await call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: trustOfTasks });
  await call('iam', 'PutRolePolicy', {
    RoleName: roles.execution,
    PolicyName: 'start',
    PolicyDocument: executionPolicy,
  });
  await call('logs', 'CreateLogGroup', { logGroupName: `/ecs/${name}` });
  const secret = await call<{ ARN: string }>('secretsmanager', 'CreateSecret', {
    Name: `${name}/database`,
    SecretString: 'hush',
  });
  await call('ssm', 'PutParameter', { Name: `/${name}/key`, Value: 'hush', Type: 'SecureString' });
  sandbox.createRepository(name, { immutable: true });
  await pushImage(sandbox, name, 'v1');
  const image = `${sandbox.host}/${name}:v1`;
  const { TargetGroups } = await call<{ TargetGroups: { TargetGroupArn: string }[] }>(
    'elbv2',
    'CreateTargetGroup',
    (parts.targetGroup ?? same)({
      Name: name,
      Port: 3000,
      Protocol: 'HTTP',
      VpcId: network.vpc,
      TargetType: 'ip',
      HealthCheckPath: '/api/health',
      HealthCheckIntervalSeconds: 5,
      HealthyThresholdCount: 2,
    }),
  );
  const targetGroup = TargetGroups[0]?.TargetGroupArn ?? '';
  await call('elbv2', 'ModifyTargetGroupAttributes', {
    TargetGroupArn: targetGroup,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
  });
  const spare = await call<{ TargetGroups: { TargetGroupArn: string }[] }>('elbv2', 'CreateTargetGroup', {
    Name: `${name}-spare`,
    Port: 3000,
    Protocol: 'HTTP',
    VpcId: network.vpc,
    TargetType: 'ip',
  });
  const { balancer, listener } = await makeBalancer(call, { name, targetGroup, ...network });
  const container = (parts.container ?? same)({
    name: 'web',
    image,
    portMappings: [{ containerPort: 3000 }],
    environment: [{ name: 'HOSTNAME', value: '0.0.0.0' }],
    secrets: [
      { name: 'DATABASE_URL', valueFrom: secret.ARN },
      { name: 'KEY', valueFrom: `/${name}/key` },
    ],
    logConfiguration: {
      logDriver: 'awslogs',
      options: { 'awslogs-group': `/ecs/${name}`, 'awslogs-region': sandbox.region, 'awslogs-stream-prefix': 'web' },
    },
  });
  const usual = {
    family: name,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: roleArn(roles.execution),
    taskRoleArn: roleArn(roles.task),
    runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
    containerDefinitions: [container],
  };
  await call('ecs', 'CreateCluster', { clusterName: name });
  await call('ecs', 'RegisterTaskDefinition', parts.definition ? parts.definition(usual) : usual);
  await call(
    'ecs',
    'CreateService',
    (parts.service ?? same)(
      {
        cluster: name,
        serviceName: name,
        taskDefinition: name,
        launchType: 'FARGATE',
        desiredCount: 2,
        healthCheckGracePeriodSeconds: 60,
        deploymentConfiguration: {
          minimumHealthyPercent: 100,
          maximumPercent: 200,
          deploymentCircuitBreaker: { enable: true, rollback: true },
        },
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: network.subnets,
            securityGroups: [network.groups.tasks],
            assignPublicIp: 'ENABLED',
          },
        },
        loadBalancers: [{ targetGroupArn: targetGroup, containerName: 'web', containerPort: 3000 }],
      },
      spare.TargetGroups[0]?.TargetGroupArn ?? '',
    ),
  );
  return {
    sandbox, name, image, ...network, targetGroup, balancer, listener, roles, call,
    async close() {
      world.close();
      await sandbox.close();
    },
  }; // prettier-ignore
}

export const roleArn = (role: string) => `arn:aws:iam::123456789012:role/${role}`;
const same = (usual: Input) => usual;

async function makeNetwork(call: DoctorStage['call'], name: string) {
  const { vpc } = await call<{ vpc: { vpcId: string } }>('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' });
  const subnets: string[] = [];
  for (const [at, zone] of ['a', 'b'].entries()) {
    const input = { VpcId: vpc.vpcId, CidrBlock: `10.0.${at}.0/24`, AvailabilityZone: `eu-central-1${zone}` };
    subnets.push((await call<{ subnet: { subnetId: string } }>('ec2', 'CreateSubnet', input)).subnet.subnetId);
  }
  const { internetGateway } = await call<{ internetGateway: { internetGatewayId: string } }>(
    'ec2',
    'CreateInternetGateway',
  );
  const gateway = internetGateway.internetGatewayId;
  await call('ec2', 'AttachInternetGateway', { InternetGatewayId: gateway, VpcId: vpc.vpcId });
  const tables = await call<{ routeTableSet: { routeTableId: string }[] }>('ec2', 'DescribeRouteTables', {
    Filter: [{ Name: 'vpc-id', Value: [vpc.vpcId] }],
  });
  const routeTable = tables.routeTableSet[0]?.routeTableId ?? '';
  await call('ec2', 'CreateRoute', { RouteTableId: routeTable, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway });
  const group = async (suffix: string) => {
    const input = { GroupName: `${name}-${suffix}`, GroupDescription: suffix, VpcId: vpc.vpcId };
    return (await call<{ groupId: string }>('ec2', 'CreateSecurityGroup', input)).groupId;
  };
  const groups = { balancer: await group('balancer'), tasks: await group('tasks') };
  await call('ec2', 'AuthorizeSecurityGroupIngress', {
    GroupId: groups.tasks,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 3000, ToPort: 3000, Groups: [{ GroupId: groups.balancer }] }],
  });
  return { vpc: vpc.vpcId, subnets, routeTable, groups };
}

async function makeBalancer(
  call: DoctorStage['call'],
  { name, targetGroup, subnets, groups }: Pick<DoctorStage, 'name' | 'targetGroup' | 'subnets' | 'groups'>,
) {
  const { LoadBalancers } = await call<{ LoadBalancers: { LoadBalancerArn: string }[] }>(
    'elbv2',
    'CreateLoadBalancer',
    {
      Name: name,
      Subnets: subnets,
      SecurityGroups: [groups.balancer],
    },
  );
  const balancer = LoadBalancers[0]?.LoadBalancerArn ?? '';
  const { Listeners } = await call<{ Listeners: { ListenerArn: string }[] }>('elbv2', 'CreateListener', {
    LoadBalancerArn: balancer,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroup }],
  });
  return { balancer, listener: Listeners[0]?.ListenerArn ?? '' };
}
