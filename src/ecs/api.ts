import type { AwsApi } from '../aws/api.js';
import { AwsError, isTransient } from '../aws/failure.js';
import type { Clock } from '../base/clock.js';
import { LadingError } from '../base/errors.js';
import { parseShape } from '../base/json.js';
import { retry } from '../base/retry.js';
import type { Service, ServiceDeployment, Task, TaskDefinition } from './shapes.js';
import * as shapes from './shapes.js';
import type { RevisionImage } from './rollout/verdict.js';

/** What the rest of this folder asks ECS. Reads only what a release needs. */
export interface EcsApi {
  service(cluster: string, name: string): Promise<Service>;
  taskDefinition(arn: string): Promise<TaskDefinition>;
  register(definition: object): Promise<string>;
  /** `before` is the id of the deployment that is PRIMARY until then. */
  update(input: ServiceUpdate, before: string | undefined): Promise<Service>;
  /** Undefined while a read does not know it yet. */
  deployment(arn: string): Promise<ServiceDeployment | undefined>;
  deployments(cluster: string, service: string, status?: readonly string[]): Promise<readonly DeploymentItem[]>;
  revision(arn: string): Promise<Revision | undefined>;
  stoppedTasks(cluster: string, service: string, seen: ReadonlySet<string>): Promise<readonly Task[]>;
  runningTasks(cluster: string, service: string): Promise<readonly Task[]>;
  stop(deploymentArn: string): Promise<void>;
}

export interface ServiceUpdate {
  readonly cluster: string;
  readonly service: string;
  readonly [name: string]: unknown;
}

export interface DeploymentItem {
  readonly serviceDeploymentArn: string;
  readonly status: string;
  readonly targetServiceRevisionArn?: string | null | undefined;
  readonly createdAt?: number | null | undefined;
}

export interface Revision {
  readonly serviceRevisionArn: string;
  readonly taskDefinition: string;
  readonly containerImages?: readonly RevisionImage[] | null | undefined;
}

export function ecsApi(aws: AwsApi, context: { readonly clock: Clock; readonly signal: AbortSignal }): EcsApi {
  async function describeTasks(cluster: string, arns: readonly string[]): Promise<Task[]> {
    const tasks: Task[] = [];
    for (let at = 0; at < arns.length; at += 100) {
      const answer = await aws.call('DescribeTasks', { cluster, tasks: arns.slice(at, at + 100) });
      tasks.push(...parseShape(shapes.tasksAnswer, answer, 'answer of ecs DescribeTasks').tasks);
    }
    return tasks;
  }

  async function listTasks(cluster: string, serviceName: string, desiredStatus: string): Promise<string[]> {
    const arns: string[] = [];
    let nextToken: string | null | undefined;
    do {
      const answer = await aws.call('ListTasks', {
        cluster,
        serviceName,
        desiredStatus,
        maxResults: 100,
        ...(nextToken && { nextToken }),
      });
      const page = parseShape(shapes.taskList, answer, 'answer of ecs ListTasks');
      arns.push(...page.taskArns);
      nextToken = page.nextToken;
    } while (nextToken);
    return arns;
  }

  return {
    async service(cluster, name) {
      const answer = await aws.call('DescribeServices', { cluster, services: [name] });
      const { services, failures } = parseShape(shapes.servicesAnswer, answer, 'answer of ecs DescribeServices');
      const found = services[0];
      if (found && found.status !== 'INACTIVE') return found;
      const why = found ? 'it was deleted (INACTIVE)' : (failures[0]?.reason ?? 'MISSING');
      throw new LadingError('input', `there is no service ${name} in the cluster ${cluster}: ${why}`, {
        code: 'SERVICE_MISSING',
        hint: `Check cluster, service and region (${aws.region}); create the service first.`,
      });
    },
    async taskDefinition(arn) {
      const answer = await aws.call('DescribeTaskDefinition', { taskDefinition: arn, include: ['TAGS'] });
      const { taskDefinition, tags } = parseShape(
        shapes.taskDefinitionAnswer,
        answer,
        'answer of ecs DescribeTaskDefinition',
      );
      return tags && tags.length > 0 ? { ...taskDefinition, tags } : taskDefinition;
    },
    async register(definition) {
      // Two who register in one family at the same time: one is refused and may try again.
      const answer = await retry(() => aws.call('RegisterTaskDefinition', definition), {
        clock: context.clock,
        signal: context.signal,
        tries: 6,
        delayMs: 1000,
        isTransient: (error) => error instanceof AwsError && /concurrent attempts/i.test(error.message),
      });
      const { taskDefinition } = parseShape(
        shapes.taskDefinitionAnswer,
        answer,
        'answer of ecs RegisterTaskDefinition',
      );
      return taskDefinition.taskDefinitionArn ?? '';
    },
    async update(input, before) {
      let asked = false;
      // When an answer is lost, the deployment may have begun: a second call would begin another one.
      const look = async () => {
        const now = await this.service(input.cluster, input.service);
        return primaryOf(now)?.id === before ? undefined : now;
      };
      const ask = async () => {
        asked = true;
        const answer = await aws.call('UpdateService', input, { tries: 1 });
        return parseShape(shapes.serviceAnswer, answer, 'answer of ecs UpdateService').service;
      };
      return retry(async () => (asked ? await look() : undefined) ?? (await ask()), {
        clock: context.clock,
        signal: context.signal,
        tries: 5,
        delayMs: 1000,
        isTransient,
      });
    },
    async deployment(arn) {
      const answer = await aws.call('DescribeServiceDeployments', { serviceDeploymentArns: [arn] });
      return parseShape(shapes.serviceDeploymentsAnswer, answer, 'answer of ecs DescribeServiceDeployments')
        .serviceDeployments[0];
    },
    async deployments(cluster, service, status) {
      const answer = await aws.call('ListServiceDeployments', {
        cluster,
        service,
        maxResults: 100,
        ...(status && { status }),
      });
      return parseShape(shapes.serviceDeploymentList, answer, 'answer of ecs ListServiceDeployments')
        .serviceDeployments;
    },
    async revision(arn) {
      const answer = await aws.call('DescribeServiceRevisions', { serviceRevisionArns: [arn] });
      return parseShape(shapes.revisionsAnswer, answer, 'answer of ecs DescribeServiceRevisions').serviceRevisions[0];
    },
    async stoppedTasks(cluster, service, seen) {
      const arns = await listTasks(cluster, service, 'STOPPED');
      return describeTasks(
        cluster,
        arns.filter((arn) => !seen.has(arn)),
      );
    },
    async runningTasks(cluster, service) {
      return describeTasks(cluster, await listTasks(cluster, service, 'RUNNING'));
    },
    async stop(deploymentArn) {
      await aws.call('StopServiceDeployment', { serviceDeploymentArn: deploymentArn, stopType: 'ROLLBACK' });
    },
  };
}

export function primaryOf(service: Service): Service['deployments'][number] | undefined {
  return service.deployments.find((deployment) => deployment.status === 'PRIMARY');
}
