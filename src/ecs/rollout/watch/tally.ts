import type { Service, ServiceDeployment, Task, TaskDefinition } from '../../shapes.js';
import type { Cause } from '../../task/cause.js';
import { causeKey } from '../../task/cause.js';
import { explainTask } from '../../task/explain.js';
import type { Death, Ours, RolloutState } from './state.js';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html: 40 s after RUNNING, and a margin. */
const STEADY_MS = 60_000;

/** Tasks of ours among those that stopped, with why they did; those of other deployments are nobody's business. */
export function deathsOf(tasks: readonly Task[], ours: Ours, definition: TaskDefinition): readonly Death[] {
  if (tasks.length === 0) return [];
  return tasks
    .filter((task) => task.startedBy === ours.id && startedLater(task, ours))
    .flatMap((task) => {
      const cause = explainTask(task, definition);
      return cause ? [{ cause, cameUp: task.startedAt != null }] : [];
    });
}

/** Where no deployment was begun, tasks that died before we asked are of another time. */
function startedLater(task: Task, ours: Ours): boolean {
  const moment = task.stoppedAt ?? task.stoppingAt;
  return moment == null || moment * 1000 >= ours.createdAt - 1000;
}

/** HEALTHY, or up for longer than ECS itself waits before it counts a task without a health check. By AWS's clock. */
export function runsWell(task: Task, now: number): boolean {
  if (task.healthStatus === 'HEALTHY') return true;
  const upMs = now - (task.startedAt ?? Infinity) * 1000;
  return task.lastStatus === 'RUNNING' && task.healthStatus !== 'UNHEALTHY' && upMs >= STEADY_MS;
}

/**
 * How many failures in a row ECS takes before its breaker trips; the same number holds where it has none.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function thresholdOf(record: ServiceDeployment | undefined, service: Service | undefined): number {
  const told = record?.deploymentCircuitBreaker?.threshold;
  if (told) return told;
  const desired = record?.targetServiceRevision?.requestedTaskCount || (service?.desiredCount ?? 1);
  const { type, value } = service?.deploymentConfiguration?.deploymentCircuitBreaker?.thresholdConfiguration ?? {};
  if (type === 'COUNT' && value) return value;
  const share = Math.ceil(((value ?? 50) / 100) * desired);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share));
}

/** ECS itself counts tasks that never came up and those that fail health checks; a crash later is its blind spot. */
export function isCountedByEcs(death: Death): boolean {
  return !death.cameUp || death.cause.class === 'health';
}

/** Deaths that the app may be blamed for, since a task of ours was last known to run well. */
export function countedDeaths({ deaths, wellAt }: RolloutState): readonly Death[] {
  return deaths.filter(
    ({ cause }) =>
      cause.certainty !== 'passing' && (wellAt === undefined || cause.at === undefined || cause.at > wellAt),
  );
}

/** Causes by how many died of them, the weightiest first: certain before likely before passing, then by number. */
export function causesOf(deaths: readonly Death[]): readonly { readonly cause: Cause; readonly tasks: number }[] {
  const groups = new Map<string, { readonly cause: Cause; tasks: number }>();
  for (const { cause } of deaths) {
    const key = causeKey(cause);
    const group = groups.get(key);
    if (group) group.tasks++;
    else groups.set(key, { cause, tasks: 1 });
  }
  const weight = { certain: 2, likely: 1, passing: 0 } as const;
  return [...groups.values()].sort(
    (a, b) => weight[b.cause.certainty] - weight[a.cause.certainty] || b.tasks - a.tasks,
  );
}
