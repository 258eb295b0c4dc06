import { systemClock } from '../../../src/base/clock.js';
import { createExec } from '../../../src/base/programs/exec.js';
import { createHttp } from '../../../src/base/http/http.js';
import type { AwsApi } from '../../../src/aws/api.js';
import { openAws } from '../../../src/aws/session.js';
import type { Values } from './values.js';

/** What stands at the address of AWS for one type of resource. */
interface Real {
  readonly service: 'ecr' | 'ecs' | 'iam' | 'logs' | 'ec2';
  make(api: AwsApi, planned: Values): Promise<Values>;
  change?(api: AwsApi, planned: Values): Promise<void>;
  /** What may have changed; null: it is gone. */
  look?(api: AwsApi, state: Values): Promise<Values | null>;
  remove?(api: AwsApi, prior: Values): Promise<unknown>;
}

/** Blocks come as lists. */
const only = (value: unknown) => (Array.isArray(value) ? (value as Values[])[0] : undefined);

async function findService(api: AwsApi, { cluster, name }: Values): Promise<Values | undefined> {
  const { services } = (await api.call('DescribeServices', { cluster, services: [name] })) as { services: Values[] };
  return services.find(({ status }) => status !== 'INACTIVE');
}

/** Those that lading deals with, too: what the one makes the other one sees. */
const reals: Readonly<Record<string, Real>> = {
  aws_ecr_repository: {
    service: 'ecr',
    async make(api, { name, image_tag_mutability: imageTagMutability }) {
      const answer = await api.call('CreateRepository', { repositoryName: name, imageTagMutability });
      return { repository_url: (answer as { repository: Values }).repository.repositoryUri };
    },
    remove: (api, { name }) => api.call('DeleteRepository', { repositoryName: name }),
  },
  aws_iam_role: {
    service: 'iam',
    async make(api, { name, assume_role_policy: AssumeRolePolicyDocument }) {
      const answer = await api.call('CreateRole', { RoleName: name, AssumeRolePolicyDocument });
      const { Role } = answer as { Role: Values };
      return { arn: Role.Arn, id: name };
    },
  },
  aws_iam_role_policy_attachment: {
    service: 'iam',
    async make(api, { role, policy_arn: PolicyArn }) {
      await api.call('AttachRolePolicy', { RoleName: role, PolicyArn });
      return {};
    },
  },
  aws_cloudwatch_log_group: {
    service: 'logs',
    async make(api, { name }) {
      await api.call('CreateLogGroup', { logGroupName: name });
      return {};
    },
  },
  aws_security_group: {
    service: 'ec2',
    async make(api, { name, description, vpc_id: VpcId }) {
      const answer = await api.call('CreateSecurityGroup', { GroupName: name, GroupDescription: description, VpcId });
      return { id: (answer as { groupId: string }).groupId };
    },
  },
  aws_ecs_cluster: {
    service: 'ecs',
    async make(api, { name }) {
      const { cluster } = (await api.call('CreateCluster', { clusterName: name })) as { cluster: Values };
      return { arn: cluster.clusterArn, id: cluster.clusterArn };
    },
  },
  aws_ecs_task_definition: {
    service: 'ecs',
    async make(api, planned) {
      const answer = await api.call('RegisterTaskDefinition', {
        family: planned.family,
        cpu: planned.cpu,
        memory: planned.memory,
        networkMode: planned.network_mode,
        requiresCompatibilities: planned.requires_compatibilities,
        executionRoleArn: planned.execution_role_arn,
        taskRoleArn: planned.task_role_arn,
        containerDefinitions: JSON.parse(String(planned.container_definitions)) as unknown,
      });
      const { taskDefinition } = answer as { taskDefinition: Values };
      return { arn: taskDefinition.taskDefinitionArn, revision: taskDefinition.revision };
    },
  },
  aws_ecs_service: {
    service: 'ecs',
    async make(api, planned) {
      const breaker = only(planned.deployment_circuit_breaker);
      const network = only(planned.network_configuration);
      const answer = await api.call('CreateService', {
        cluster: planned.cluster,
        serviceName: planned.name,
        taskDefinition: planned.task_definition,
        desiredCount: planned.desired_count,
        launchType: planned.launch_type,
        deploymentConfiguration: {
          deploymentCircuitBreaker: { enable: breaker?.enable ?? false, rollback: breaker?.rollback ?? false },
        },
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: network?.subnets,
            securityGroups: network?.security_groups,
            assignPublicIp: network?.assign_public_ip === true ? 'ENABLED' : 'DISABLED',
          },
        },
      });
      return { id: (answer as { service: Values }).service.serviceArn };
    },
    async change(api, planned) {
      const { cluster, name: service, task_definition: taskDefinition, desired_count: desiredCount } = planned;
      await api.call('UpdateService', { cluster, service, taskDefinition, desiredCount });
    },
    async look(api, state) {
      const found = await findService(api, state);
      return found ? { ...state, task_definition: found.taskDefinition, desired_count: found.desiredCount } : null;
    },
    remove: (api, { cluster, name }) => api.call('DeleteService', { cluster, service: name, force: true }),
  },
};

export function realOf(type: string): Real | undefined {
  return reals[type];
}

/** The API at the address that Terraform was given. */
export async function apiOf({ service }: Real): Promise<AwsApi> {
  const { env } = process;
  const signal = new AbortController().signal;
  const context = { env, cwd: process.cwd(), signal, clock: systemClock, report: () => undefined };
  const session = await openAws({ ...context, http: createHttp({ env }), exec: createExec(env) }, {});
  return session.api(service);
}
