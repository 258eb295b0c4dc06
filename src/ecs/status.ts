import type { EcsApi } from './api.js';
import { readService } from './api.js';
import { consoleUrl } from './console.js';
import { waitingHook } from './rollout/watch/ending.js';
import { isInFlight } from './rollout/plan/present.js';
import { createReader, skipped } from './seen.js';
import type { Cause } from './task/cause.js';
import { explainTask } from './task/explain.js';

export interface ServiceStatus {
  readonly cluster: string;
  readonly service: string;
  readonly region: string;
  readonly status: string;
  readonly taskDefinition: string;
  readonly images: readonly { readonly container: string; readonly image: string }[];
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly deployments: readonly {
    readonly arn: string;
    readonly status: string;
    readonly statusReason: string | undefined;
    readonly createdAt: string | undefined;
  }[];
  readonly events: readonly { readonly at: string | undefined; readonly message: string }[];
  /** A deployment waits here for somebody to go on. */
  readonly waiting?: {
    readonly deploymentArn: string;
    readonly hookId: string;
    readonly expiresAt: string | undefined;
  };
  /** Why the last task that failed did. */
  readonly lastFailure?: Cause;
  /** Actions that are not allowed: what they would tell is missing. */
  readonly unseen: readonly string[];
  readonly url: string | undefined;
}

/** Looks, as far as the role may. */
export async function readStatus(ecs: EcsApi, cluster: string, name: string): Promise<ServiceStatus> {
  const reader = createReader();
  const service = await readService(ecs, cluster, name);
  const [definition, deployments, stopped] = await Promise.all([
    ecs.taskDefinition(service.taskDefinition),
    reader.read('ListServiceDeployments', () => ecs.deployments(cluster, name)),
    reader.read('DescribeTasks', async () => ecs.describeTasks(cluster, await ecs.listTasks(cluster, name, 'STOPPED'))),
  ]);
  const failures = [...(stopped.is === 'seen' ? stopped.value : [])]
    .sort((a, b) => (b.stoppedAt ?? 0) - (a.stoppedAt ?? 0))
    .flatMap(
      (task) => explainTask(task, task.taskDefinitionArn === service.taskDefinition ? definition : undefined) ?? [],
    );
  const items = [...(deployments.is === 'seen' ? deployments.value : [])].sort(
    (a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0),
  );
  const inFlight = items.find(({ status }) => isInFlight(status))?.serviceDeploymentArn;
  const record =
    inFlight === undefined ? skipped : await reader.read('DescribeServiceDeployments', () => ecs.deployment(inFlight));
  const hook = record.is === 'seen' && record.value ? waitingHook(record.value) : undefined;
  return {
    cluster,
    service: name,
    region: ecs.region,
    status: service.status,
    taskDefinition: service.taskDefinition,
    images: definition.containerDefinitions.map((container) => ({
      container: container.name,
      image: container.image ?? '',
    })),
    desired: service.desiredCount,
    running: service.runningCount,
    pending: service.pendingCount,
    deployments: items.slice(0, 5).map((one) => ({
      arn: one.serviceDeploymentArn,
      status: one.status,
      statusReason: one.statusReason ?? undefined,
      createdAt: iso(one.createdAt),
    })),
    events: service.events.slice(0, 5).map((event) => ({ at: iso(event.createdAt), message: event.message })),
    ...(hook && inFlight && { waiting: { deploymentArn: inFlight, hookId: hook.id, expiresAt: iso(hook.expiresAt) } }),
    ...(failures[0] && { lastFailure: failures[0] }),
    unseen: reader.take().flatMap(({ is, operation }) => (is === 'denied' ? [`ecs:${operation}`] : [])),
    url: consoleUrl(ecs.region, cluster, name),
  };
}

function iso(seconds: number | null | undefined): string | undefined {
  return seconds == null ? undefined : new Date(seconds * 1000).toISOString();
}
