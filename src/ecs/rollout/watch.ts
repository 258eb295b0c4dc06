import { AwsError, isTransient } from '../../aws/failure.js';
import type { Clock } from '../../base/clock.js';
import type { Report } from '../../base/report.js';
import { say } from '../../base/report.js';
import type { EcsApi } from '../api.js';
import type { Cause } from '../task/explain.js';
import { explainTask } from '../task/explain.js';
import type { ServiceDeployment, Task, TaskDefinition } from '../shapes.js';
import type { Standing } from './verdict.js';
import { standingOf } from './verdict.js';

export interface Watch {
  readonly ecs: EcsApi;
  readonly cluster: string;
  readonly service: string;
  readonly deploymentArn: string;
  /** `ecs-svc/…`: what our tasks are started by. */
  readonly deploymentId: string;
  /** Tells which containers are essential. */
  readonly definition: TaskDefinition;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  /** Go back as soon as a failure is certain, instead of waiting for ECS to see it. */
  readonly failFast: boolean;
  readonly logsOf: (cause: Cause) => Promise<readonly string[]>;
}

export interface KnownCause extends Cause {
  readonly logs: readonly string[];
  /** Tasks that died of it so far. */
  readonly tasks: number;
}

export interface Watched {
  readonly end: Exclude<Standing['is'], 'running' | 'rolling-back'> | 'timeout' | 'stuck';
  readonly standing: Standing;
  readonly deployment: ServiceDeployment | undefined;
  readonly cause: KnownCause | undefined;
  /** We asked ECS to go back. */
  readonly stopped: boolean;
}

type WatchContext = { readonly clock: Clock; readonly report: Report; readonly signal: AbortSignal };

/** Two seconds while it is young, then five: 0.7 reads a second on the average. */
const YOUNG_MS = 30_000;
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html: 40 s after RUNNING, and a margin. */
const STEADY_MS = 60_000;
/** How long a service may say that it finds no place for a task. */
const CAPACITY_MS = 120_000;

/** Follows one service deployment to its end, by its own ARN: `PRIMARY` and counts lie after a rollback. */
export async function watchDeployment(watch: Watch, context: WatchContext): Promise<Watched> {
  const { ecs, cluster, service } = watch;
  const { clock, signal } = context;
  const started = clock.now();
  const seenTasks = new Set<string>();
  const counts = new Map<string, number>();
  let cause: KnownCause | undefined;
  let stopped = false;
  let certain = false;
  let unplacedSince: number | undefined;
  let lastLine = '';
  let failures = 0;
  let deployment: ServiceDeployment | undefined;

  for (let tick = 0; ; tick++) {
    const young = clock.now() - started < YOUNG_MS;
    let waitMs = young ? 2000 : 5000;
    try {
      deployment = (await ecs.deployment(watch.deploymentArn)) ?? deployment;
      const standing = standingOf(deployment);
      tell(deployment);
      const failed = deployment?.deploymentCircuitBreaker?.failureCount ?? 0;
      if (!young || tick % 2 === 1 || failed > failures || standing.is !== 'running') await lookAtTasks();
      failures = failed;
      if (tick % 6 === 5 && standing.is === 'running') await lookAtEvents();
      lookAtMonitors(deployment);
      if (standing.is !== 'running' && standing.is !== 'rolling-back')
        return { end: standing.is, standing, deployment, cause, stopped };
      if (certain && standing.is === 'running' && watch.failFast && !stopped) {
        stopped = await goBack(deployment);
        if (!stopped) return { end: 'stuck', standing, deployment, cause, stopped };
      }
    } catch (error) {
      if (!isTransient(error)) throw error;
      waitMs = 10_000;
    }
    const left = watch.deadline - clock.now();
    if (left <= 0) return { end: 'timeout', standing: standingOf(deployment), deployment, cause, stopped };
    await clock.sleep(Math.min(waitMs, left), signal);
  }

  function tell(now: ServiceDeployment | undefined): void {
    if (!now) return;
    const target = now.targetServiceRevision;
    const breaker = now.deploymentCircuitBreaker;
    const parts = [
      now.status === 'IN_PROGRESS' ? (now.lifecycleStage ?? '') : now.status,
      target
        ? `${target.runningTaskCount} of ${target.requestedTaskCount} running${target.pendingTaskCount ? `, ${target.pendingTaskCount} starting` : ''}`
        : '',
      breaker && breaker.failureCount > 0 ? `${breaker.failureCount} of ${breaker.threshold} failures` : '',
    ];
    const line = parts.filter(Boolean).join(', ');
    if (line !== lastLine) say(context.report, 'info', `  ${line}`);
    lastLine = line;
  }

  async function lookAtTasks(): Promise<void> {
    for (const task of await ecs.stoppedTasks(cluster, service, seenTasks)) {
      seenTasks.add(task.taskArn);
      if (task.startedBy === watch.deploymentId) await note(task);
    }
  }

  async function note(task: Task): Promise<void> {
    const found = explainTask(task, watch.definition);
    if (!found) return;
    if (found.failAfter === undefined) {
      say(context.report, 'info', `A task was stopped, not by the app: ${found.text}`);
      return;
    }
    const died = (counts.get(found.class) ?? 0) + 1;
    counts.set(found.class, died);
    if (died >= found.failAfter && !(found.refutable && (await someRunWell()))) certain = true;
    if (cause && cause.class !== 'unknown') {
      if (cause.class === found.class) cause = { ...cause, tasks: died };
      return;
    }
    cause = { ...found, tasks: died, logs: await watch.logsOf(found) };
    announce(context.report, cause);
  }

  /** One bad task among good ones is for ECS to judge. */
  async function someRunWell(): Promise<boolean> {
    const running = await ecs.runningTasks(cluster, service);
    return running.some((task) => task.startedBy === watch.deploymentId && runsWell(task, clock.now()));
  }

  async function lookAtEvents(): Promise<void> {
    const [latest] = (await ecs.service(cluster, service)).events;
    if (!latest || !/unable to place a task|unable to consistently start/i.test(latest.message)) {
      unplacedSince = undefined;
      return;
    }
    if (unplacedSince === undefined) say(context.report, 'warning', latest.message);
    unplacedSince ??= clock.now();
    if (clock.now() - unplacedSince < CAPACITY_MS) return;
    certain = true;
    const hint = 'Add capacity, or let the tasks ask for less; on Fargate try more subnets.';
    cause ??= { class: 'capacity', text: latest.message, hint, failAfter: 1, logs: [], tasks: 0 };
  }

  function lookAtMonitors(now: ServiceDeployment | undefined): void {
    const alarms = now?.alarms?.triggeredAlarmNames ?? [];
    const hook = now?.lifecycleHookDetails?.find(
      (detail) => detail.status === 'FAILED' || detail.status === 'TIMED_OUT',
    );
    if (cause || (alarms.length === 0 && !hook)) return;
    cause =
      alarms.length > 0
        ? {
            class: 'alarm',
            text: `alarm ${alarms.join(', ')} went off`,
            hint: 'Look at what the alarm measures.',
            failAfter: 1,
            logs: [],
            tasks: 0,
          }
        : {
            class: 'hook',
            text: `lifecycle hook ${hook?.targetArn ?? hook?.hookId ?? ''} ${hook?.status === 'FAILED' ? 'failed' : 'ran out of time'}`,
            hint: 'Look at the logs of the hook.',
            failAfter: 1,
            logs: [],
            tasks: 0,
          };
    announce(context.report, cause);
  }

  /** False when there is nothing to go back to. */
  async function goBack(now: ServiceDeployment | undefined): Promise<boolean> {
    const source = now?.sourceServiceRevisions ?? [];
    if (source.length === 0) return false;
    say(context.report, 'info', 'The failure is certain: ECS is asked to go back to the revision before.');
    try {
      await ecs.stop(watch.deploymentArn);
      return true;
    } catch (error) {
      if (error instanceof AwsError && /Conflict/.test(error.type)) return true;
      if (!(error instanceof AwsError) || error.kind !== 'credentials') throw error;
      say(context.report, 'warning', `The rollback could not be asked for: ${error.message}`, error.hint);
      return false;
    }
  }
}

/** HEALTHY, or up for longer than ECS itself waits before it counts a task without a health check. */
function runsWell(task: Task, now: number): boolean {
  if (task.healthStatus === 'HEALTHY') return true;
  const upMs = now - (task.startedAt ?? Infinity) * 1000;
  return task.lastStatus === 'RUNNING' && task.healthStatus !== 'UNHEALTHY' && upMs >= STEADY_MS;
}

/** A cause, once: what, where, what to do, and the last words of the program. */
export function announce(report: Report, cause: KnownCause): void {
  const where = cause.container === undefined ? '' : `${cause.container}: `;
  const exit = cause.exitCode === undefined ? '' : ` (exit code ${cause.exitCode})`;
  report({ type: 'message', level: 'error', text: `${where}${cause.text}${exit}`, hint: cause.hint });
  for (const text of cause.logs) report({ type: 'line', source: cause.container ?? 'task', text });
}
