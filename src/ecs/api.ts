import type { AwsApi, CallOptions } from '../aws/api.js';
import { AwsError } from '../aws/failure.js';
import { LadingError } from '../base/errors.js';
import { parseShape } from '../base/json.js';
import type { GenericSchema, InferOutput } from 'valibot';
import type { RunAnswer, Service, ServiceDeployment, Task, TaskDefinition } from './shapes.js';
import * as shapes from './shapes.js';

/** ECS, as far as a release asks it. Each method is one operation; pages are read to their end. */
export interface EcsApi {
  readonly region: string;
  /** Undefined when there is none; one that was deleted may be there as INACTIVE. */
  findService(cluster: string, name: string): Promise<Service | undefined>;
  taskDefinition(arn: string): Promise<TaskDefinition>;
  register(definition: object): Promise<string>;
  deregister(arn: string): Promise<void>;
  update(input: ServiceUpdate): Promise<Service>;
  /** Undefined while a read does not know it yet. */
  deployment(arn: string): Promise<ServiceDeployment | undefined>;
  /** Newest hundred of the last 90 days, in no order that may be relied on. */
  deployments(cluster: string, service: string): Promise<readonly DeploymentItem[]>;
  revision(arn: string): Promise<Revision | undefined>;
  /** At most twenty. */
  revisions(arns: readonly string[]): Promise<readonly Revision[]>;
  listTasks(cluster: string, service: string, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<readonly string[]>;
  describeTasks(cluster: string, arns: readonly string[]): Promise<readonly Task[]>;
  stop(deploymentArn: string): Promise<void>;
  /** With a client token it may be asked again: ECS answers with the same tasks. `signal` instead of that of the run. */
  run(input: object, signal?: AbortSignal): Promise<RunAnswer>;
  /** `signal` instead of that of the run, which may have aborted. */
  stopTask(task: TaskPlace, reason: string, signal?: AbortSignal): Promise<void>;
}

/** Where a task is. */
export interface TaskPlace {
  readonly cluster: string;
  readonly taskArn: string;
}

/** Where a service is. Names or ARNs. */
export interface Place {
  readonly cluster: string;
  readonly service: string;
}

export interface ServiceUpdate {
  readonly cluster: string;
  readonly service: string;
  readonly [name: string]: unknown;
}

export type DeploymentItem = InferOutput<typeof shapes.serviceDeploymentList>['serviceDeployments'][number];
export type Revision = InferOutput<typeof shapes.revisionsAnswer>['serviceRevisions'][number];

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html: at most 100 at a time. */
const AT_ONCE = 100;

/** `tries` are those of one call; who waits longer asks again. */
export function ecsApi(aws: AwsApi, options: { readonly tries?: number } = {}): EcsApi {
  async function ask<Schema extends GenericSchema>(
    operation: string,
    input: object,
    schema: Schema,
    more: CallOptions = {},
  ): Promise<InferOutput<Schema>> {
    const answer = await aws.call(operation, input, { ...options, ...more });
    return parseShape(schema, answer, `answer of ecs ${operation}`);
  }

  return {
    region: aws.region,
    async findService(cluster, name) {
      const { services } = await ask('DescribeServices', { cluster, services: [name] }, shapes.servicesAnswer);
      return services[0];
    },
    async taskDefinition(arn) {
      const input = { taskDefinition: arn, include: ['TAGS'] };
      const { taskDefinition, tags } = await ask('DescribeTaskDefinition', input, shapes.taskDefinitionAnswer);
      return tags && tags.length > 0 ? { ...taskDefinition, tags } : taskDefinition;
    },
    async register(definition) {
      const { taskDefinition } = await ask('RegisterTaskDefinition', definition, shapes.taskDefinitionAnswer);
      return taskDefinition.taskDefinitionArn ?? '';
    },
    async deregister(arn) {
      await aws.call('DeregisterTaskDefinition', { taskDefinition: arn });
    },
    async update(input) {
      // Once: when the answer is lost, the deployment may have begun. Who called looks before calling again.
      return (await ask('UpdateService', input, shapes.serviceAnswer, { tries: 1 })).service;
    },
    async deployment(arn) {
      const input = { serviceDeploymentArns: [arn] };
      return (await ask('DescribeServiceDeployments', input, shapes.serviceDeploymentsAnswer)).serviceDeployments[0];
    },
    async deployments(cluster, service) {
      const input = { cluster, service, maxResults: 100 };
      return pages((page) => ask('ListServiceDeployments', { ...input, ...page }, shapes.serviceDeploymentList), {
        of: (page) => page.serviceDeployments,
        enough: 100,
      });
    },
    async revision(arn) {
      return (await this.revisions([arn]))[0];
    },
    async revisions(serviceRevisionArns) {
      return (await ask('DescribeServiceRevisions', { serviceRevisionArns }, shapes.revisionsAnswer)).serviceRevisions;
    },
    async listTasks(cluster, serviceName, desiredStatus) {
      const input = { cluster, serviceName, desiredStatus, maxResults: 100 };
      return pages((page) => ask('ListTasks', { ...input, ...page }, shapes.taskList), { of: (page) => page.taskArns });
    },
    async describeTasks(cluster, arns) {
      const tasks: Task[] = [];
      for (let at = 0; at < arns.length; at += AT_ONCE) {
        const input = { cluster, tasks: arns.slice(at, at + AT_ONCE) };
        tasks.push(...(await ask('DescribeTasks', input, shapes.tasksAnswer)).tasks);
      }
      return tasks;
    },
    async stop(deploymentArn) {
      await aws.call('StopServiceDeployment', { serviceDeploymentArn: deploymentArn, stopType: 'ROLLBACK' });
    },
    async run(input, signal) {
      return ask('RunTask', input, shapes.runAnswer, signal && { signal });
    },
    async stopTask({ cluster, taskArn }, reason, signal) {
      await aws.call('StopTask', { cluster, task: taskArn, reason }, { ...options, signal });
    },
  };
}

/** A page may be short, or empty, and still name the next one. */
async function pages<Page extends { readonly nextToken?: string | null | undefined }, Item>(
  read: (page: { readonly nextToken?: string }) => Promise<Page>,
  options: { readonly of: (page: Page) => readonly Item[]; readonly enough?: number },
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let nextToken: string | null | undefined;
  do {
    const page = await read(nextToken ? { nextToken } : {});
    items.push(...options.of(page));
    nextToken = page.nextToken;
  } while (nextToken && items.length < (options.enough ?? Infinity));
  return items;
}

/** The service, or an error that says what is missing. A missing cluster and a missing service are one kind of mistake. */
export async function readService(ecs: EcsApi, cluster: string, name: string): Promise<Service> {
  const found = await ecs.findService(cluster, name).catch((error: unknown) => {
    throw clusterMissing(error, cluster, ecs.region) ?? error;
  });
  if (found && found.status !== 'INACTIVE') return found;
  const why = found ? 'it was deleted (INACTIVE)' : 'MISSING';
  const message = `there is no service ${name} in the cluster ${cluster}: ${why}`;
  throw missing(
    'SERVICE_MISSING',
    message,
    'Create the service first, or check cluster, service and region',
    ecs.region,
  );
}

/** The error that says so, when this one means that there is no such cluster. */
export function clusterMissing(error: unknown, cluster: string, region: string): LadingError | undefined {
  if (!(error instanceof AwsError) || error.type !== 'ClusterNotFoundException') return undefined;
  return missing('CLUSTER_MISSING', `there is no cluster ${cluster}`, 'Check cluster and region', region, error);
}

function missing(code: string, message: string, hint: string, region: string, cause?: unknown): LadingError {
  return new LadingError('input', message, { code, hint: `${hint} (${region}).`, cause });
}

export function primaryOf(service: Service): Service['deployments'][number] | undefined {
  return service.deployments.find((deployment) => deployment.status === 'PRIMARY');
}
