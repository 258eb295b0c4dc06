import type { ScenarioEvent, TaskEnd } from '../scenario-shape.js';
import { aliveTasks } from '../state/find.js';
import type { Rollout, SandboxService, SandboxTask } from '../state/records.js';
import { lastPart } from '../state/state.js';
import { addTask, endTask, stopTask } from '../state/tasks.js';
import { complete, endRollback, finish, turnBack } from '../engine/endings.js';
import { hear } from '../engine/failures.js';
import { endByPlan } from '../tasks/play-task.js';
import { planOfFate } from '../tasks/task-plan.js';
import type { Works } from '../engine/works.js';
import { inFlight } from '../engine/works.js';

const STARTED_AGO_MS = 5000;

/** A task that ends here and now: one that is there, when it fits, else one that nobody has seen before. */
export function failTask(works: Works, service: SandboxService, rollout: Rollout, end: TaskEnd): void {
  const { state, timeline, logs } = works;
  const now = timeline.now();
  const starts = end.stopCode === 'TaskFailedToStart';
  const scaledIn = /^Scaling activity/.test(end.stoppedReason);
  const alive = scaledIn ? [] : aliveTasks(state, service, rollout.deployment);
  const fit =
    alive.find((task) => (task.startedAt === undefined) === starts) ?? (rollout.scripted ? alive[0] : undefined);
  const task = fit ?? newTask(works, service, rollout, now - STARTED_AGO_MS);
  if (!starts && task.startedAt === undefined) task.startedAt = now - STARTED_AGO_MS;
  const definition = state.definitions.get(lastPart(task.taskDefinition))?.definition;
  if (definition) endByPlan(task, planOfFate({ stops: 0, end }), definition, { logs, at: now });
  if (!scaledIn) hear(works, service, task, 'ended');
}

/** As many tasks run and start as the script says, or has said last. */
export function matchCounts(works: Works, service: SandboxService, rollout: Rollout, event: ScenarioEvent): void {
  const { running = 0, pending = 0 } = rollout.counts ?? {};
  rollout.counts = { running: event.running ?? running, pending: event.pending ?? pending };
  const now = works.timeline.now();
  const alive = aliveTasks(works.state, service, rollout.deployment);
  const run = alive.filter((task) => task.startedAt !== undefined);
  const start = alive.filter((task) => task.startedAt === undefined);
  while (run.length < rollout.counts.running) {
    const task = start.shift() ?? newTask(works, service, rollout, now);
    run.push(Object.assign(task, { lastStatus: 'RUNNING', startedAt: now, healthy: true }));
    rollout.deployment.hasRun = true;
  }
  while (start.length < rollout.counts.pending)
    start.push(Object.assign(newTask(works, service, rollout, now), { lastStatus: 'PENDING' }));
  scaleIn([...run.slice(rollout.counts.running), ...start.slice(rollout.counts.pending)], rollout, now);
}

export function setStatus(works: Works, service: SandboxService, rollout: Rollout, status: string): void {
  const now = works.timeline.now();
  rollout.updatedAt = now;
  if (status === 'SUCCESSFUL') {
    matchCounts(works, service, rollout, { at: 0, running: service.desiredCount, pending: 0 });
    const { id } = rollout.deployment;
    scaleIn(
      aliveTasks(works.state, service).filter((task) => task.startedBy !== id),
      rollout,
      now,
    );
    complete(works, service, rollout);
  } else if (status === 'STOPPED') {
    Object.assign(rollout.deployment, { state: 'FAILED', stateReason: rollout.reason ?? 'ECS deployment failed.' });
    rollout.stoppedAt = now;
    finish(works, rollout, status);
  } else if (status.startsWith('ROLLBACK_')) {
    turnBack(works, service, rollout, rollout.reason ?? 'Service deployment rolled back by user.');
    if (inFlight(service) !== rollout) return;
    if (status === 'ROLLBACK_SUCCESSFUL' || status === 'ROLLBACK_FAILED') endRollback(works, service, rollout, status);
    else rollout.status = status;
  } else {
    rollout.status = status;
    if (status === 'IN_PROGRESS') rollout.startedAt ??= now;
  }
}

function scaleIn(tasks: readonly SandboxTask[], rollout: Rollout, now: number): void {
  for (const task of tasks) {
    const why = `Scaling activity initiated by (deployment ${rollout.deployment.id})`;
    stopTask(task, 'ServiceSchedulerInitiated', why, now);
    endTask(task, now);
  }
}

function newTask(works: Works, service: SandboxService, rollout: Rollout, at: number): SandboxTask {
  const { taskDefinition, images } = rollout.deployment.revision;
  const { name, cluster } = service;
  return addTask(works.state, { cluster, taskDefinition, images, startedBy: rollout.deployment.id, service: name }, at);
}
