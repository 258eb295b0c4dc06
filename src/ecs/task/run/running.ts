import type { Place } from '../../api.js';
import { taskUrl } from '../../console.js';
import type { Patience } from '../../rollout/patience.js';
import type { EcsContext } from '../../rollout/run.js';
import type { Task, TaskDefinition } from '../../shapes.js';
import { isEssential } from './decide.js';
import type { RunPlan, RunWishes } from './plan.js';
import type { RanTask, RunOutcome, RunResult } from './result.js';

/** A task to run once. */
export interface RunRequest extends RunWishes {
  /** In reports. */
  readonly name: string;
  /** The service whose definition, network and launch settings it takes. */
  readonly like: Place | undefined;
  /** Instead of the definition that `like` runs. */
  readonly definition: TaskDefinition | undefined;
  /** `changed`: only when `like` does not run this revision already. */
  readonly when: 'always' | 'changed';
  /** Follow it to its end. */
  readonly wait: boolean;
  readonly timeoutMs: number;
  /** What becomes of the task when this run is cancelled. */
  readonly onCancel: 'leave' | 'stop';
  /** Who asks again with the same gets the same task; one of our own when left out. At most 64 characters. */
  readonly clientToken: string | undefined;
  /** The commit that the images were made from: a new revision is tagged with it. */
  readonly commit: string | undefined;
  readonly dryRun: boolean;
}

/** One run: what was asked, what was planned, and by when. */
export interface Running {
  readonly request: RunRequest;
  readonly context: EcsContext;
  readonly plan: RunPlan;
  readonly patience: Patience;
  /** By our clock. */
  readonly started: number;
  readonly deadline: number;
}

/** The result as it is known by now. */
export function resultOfRun(run: Running, outcome: RunOutcome, more: Partial<RunResult> = {}): RunResult {
  const { request, plan, context } = run;
  return {
    cluster: request.cluster,
    service: request.like?.service,
    region: context.ecs.region,
    taskDefinition: plan.taskDefinition,
    registered: false,
    images: plan.images,
    changes: plan.changes,
    container: plan.deciding.container,
    command: request.command,
    exitCode: undefined,
    tasks: [],
    failures: [],
    unseen: [],
    ...more,
    outcome,
    ms: context.clock.now() - run.started,
  };
}

export function ranTask(task: Task, run: Running): RanTask {
  const { cluster } = run.request;
  const { definition, deciding } = run.plan;
  return {
    arn: task.taskArn,
    status: task.lastStatus ?? 'PROVISIONING',
    exitCode: task.containers.find(({ name }) => name === deciding.container)?.exitCode ?? undefined,
    stopCode: task.stopCode ?? undefined,
    stoppedReason: task.stoppedReason ?? undefined,
    startedAt: iso(task.startedAt),
    stoppedAt: iso(task.stoppedAt),
    availabilityZone: task.availabilityZone ?? undefined,
    containers: task.containers.map((container) => ({
      name: container.name,
      essential: isEssential(container.name, definition),
      exitCode: container.exitCode ?? undefined,
      reason: container.reason ?? undefined,
      digest: container.imageDigest ?? undefined,
    })),
    url: taskUrl(run.context.ecs.region, cluster, task.taskArn),
  };
}

/** AWS JSON has seconds. */
function iso(seconds: number | null | undefined): string | undefined {
  return seconds == null ? undefined : new Date(seconds * 1000).toISOString();
}

/** The command that shows a task. */
export function lookAt({ request: { cluster, like } }: Running, taskArn: string): string {
  const id = taskArn.slice(taskArn.lastIndexOf('/') + 1);
  return like?.cluster === cluster
    ? `lading logs --cluster ${cluster} --service ${like.service} --task ${id}`
    : `aws ecs describe-tasks --cluster ${cluster} --tasks ${id}`;
}
