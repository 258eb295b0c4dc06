import { aliveTasks, tasksOf } from '../state/find.js';
import type { Rollout, SandboxService } from '../state/records.js';
import { enoughOf } from './configuration.js';
import { complete, endRollback, fail, rollbackEnds } from './endings.js';
import { beginHooks, hooksArePast } from './hooks.js';
import type { Works } from './works.js';
import { inFlight } from './works.js';

/** Takes a deployment as far as it can go now. True when it went on: then there may be more to do. */
export function progress(works: Works, service: SandboxService): boolean {
  const rollout = inFlight(service);
  if (!rollout || service.status !== 'ACTIVE') return false;
  if (rollout.rollback) return goBack(works, service, rollout);
  if (rollout.scripted || rollout.status !== 'IN_PROGRESS' || rollout.deployment.state === 'FAILED') return false;
  if (rollout.step >= 0 && !isPast(works, service, rollout)) return false;
  return enter(works, service, rollout);
}

function enter(works: Works, service: SandboxService, rollout: Rollout): boolean {
  const { timeline, pump } = works;
  rollout.step++;
  rollout.stepSince = timeline.now();
  rollout.updatedAt = timeline.now();
  const step = rollout.steps[rollout.step];
  if (!step) {
    complete(works, service, rollout);
    return true;
  }
  rollout.stage = step.stage;
  if (step.weight !== undefined) rollout.weight = step.weight;
  if (step.lasts !== undefined) timeline.after(step.lasts, () => pump(service));
  beginHooks(works, service, rollout, (because) => {
    const event = `Service deployment rolled back because ${because}`;
    fail(works, service, rollout, { because, state: `ECS deployment failed: ${because}`, event, rollback: true });
    pump(service);
  });
  return true;
}

function isPast(works: Works, service: SandboxService, rollout: Rollout): boolean {
  const step = rollout.steps[rollout.step];
  if (!step || !hooksArePast(rollout)) return step === undefined;
  if (works.timeline.now() < rollout.stepSince + (step.lasts ?? 0)) return false;
  const mine = aliveTasks(works.state, service, rollout.deployment);
  if (step.until === 'scaled') {
    const healthy = mine.filter((task) => task.healthy).length;
    return healthy >= enoughOf(rollout, service.desiredCount).healthy;
  }
  if (step.until !== 'clean') return true;
  return mine.length === service.desiredCount && !hasOthers(works, service, rollout.deployment.id);
}

function goBack(works: Works, service: SandboxService, rollout: Rollout): boolean {
  const due = works.timeline.now() >= rollbackEnds(works, rollout);
  if (rollout.status !== 'ROLLBACK_IN_PROGRESS' || !due || !rollout.candidate) return false;
  if (rollout.scenario?.rollback?.fails) {
    endRollback(works, service, rollout, 'ROLLBACK_FAILED');
    return true;
  }
  const back = aliveTasks(works.state, service, rollout.candidate);
  const runs = back.length === service.desiredCount && back.every((task) => task.healthy);
  if (!runs || hasOthers(works, service, rollout.candidate.id)) return false;
  endRollback(works, service, rollout, 'ROLLBACK_SUCCESSFUL');
  return true;
}

/** Tasks of another deployment that are still there, if only to end. */
function hasOthers(works: Works, service: SandboxService, id: string): boolean {
  return tasksOf(works.state, service).some((task) => task.startedBy !== id && task.lastStatus !== 'STOPPED');
}
