import type { EcsApi } from './api.js';
import type { Cause } from './task/explain.js';
import { explainTask } from './task/explain.js';

export interface ServiceStatus {
  readonly cluster: string;
  readonly service: string;
  readonly status: string;
  readonly taskDefinition: string;
  readonly images: readonly { readonly container: string; readonly image: string }[];
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly deployments: readonly {
    readonly arn: string;
    readonly status: string;
    readonly createdAt: string | undefined;
  }[];
  readonly events: readonly { readonly at: string | undefined; readonly message: string }[];
  /** Why the last task that failed did. */
  readonly lastFailure?: Cause;
}

export async function readStatus(ecs: EcsApi, cluster: string, name: string): Promise<ServiceStatus> {
  const service = await ecs.service(cluster, name);
  const [definition, deployments, stopped] = await Promise.all([
    ecs.taskDefinition(service.taskDefinition),
    ecs.deployments(cluster, name),
    ecs.stoppedTasks(cluster, name, new Set()),
  ]);
  const failures = [...stopped]
    .sort((a, b) => (b.stoppedAt ?? 0) - (a.stoppedAt ?? 0))
    .flatMap(
      (task) => explainTask(task, task.taskDefinitionArn === service.taskDefinition ? definition : undefined) ?? [],
    );
  return {
    cluster,
    service: name,
    status: service.status,
    taskDefinition: service.taskDefinition,
    images: definition.containerDefinitions.map((container) => ({
      container: container.name,
      image: container.image ?? '',
    })),
    desired: service.desiredCount,
    running: service.runningCount,
    pending: service.pendingCount,
    deployments: deployments
      .slice(0, 5)
      .map((one) => ({ arn: one.serviceDeploymentArn, status: one.status, createdAt: iso(one.createdAt) })),
    events: service.events.slice(0, 5).map((event) => ({ at: iso(event.createdAt), message: event.message })),
    ...(failures[0] && { lastFailure: failures[0] }),
  };
}

function iso(seconds: number | null | undefined): string | undefined {
  return seconds == null ? undefined : new Date(seconds * 1000).toISOString();
}
