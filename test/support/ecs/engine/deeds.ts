import { beginDeployment } from './deployment/begin.js';
import { fail, isRollbackOn, requestRollback, supersede } from './deployment/endings.js';
import { record, texts } from './fields.js';
import { resume } from './stages/hooks.js';
import { activeOf, inFlight } from './deployment/service-facts.js';
import { endTask } from './tasks.js';
import { statusText } from './wording.js';
import type { Deed } from '../rollouts/rollout.js';
import type { Service, World } from './state.js';
import { register } from './definitions.js';

/** Puts what other people and CloudWatch do on the queue, counted from now. */
export function scheduleOthers(world: World, service: Service): void {
  for (const deed of world.rollout.others ?? [])
    world.queue.put(world.now + deed.at * 1000, () => {
      perform(world, service, deed);
      world.react.wake(service);
    });
  for (const alarm of world.rollout.alarms ?? [])
    if (alarm.at >= 0) world.queue.put(world.now + alarm.at * 1000, () => ring(world, service, alarm.name));
}

function perform(world: World, service: Service, deed: Deed): void {
  const current = inFlight(service);
  switch (deed.does) {
    case 'update': {
      const { body } = service.primary.revision.definition;
      const containers = (body.containerDefinitions as object[]).map((one) => ({
        ...one,
        dockerLabels: { by: 'someone' },
      }));
      const definition = register(world, { ...body, containerDefinitions: containers });
      beginDeployment(world, service, { definition, by: 'someone', script: deed.tasks });
      return;
    }
    case 'scale':
      service.desired = deed.to;
      return;
    case 'stop':
      if (current && current.status !== 'ROLLBACK_IN_PROGRESS') requestRollback(world, service, current, 'someone');
      return;
    case 'delete':
      return deleteService(world, service);
    case 'continue':
    case 'roll back at the hook':
      if (current) resume(world, service, current, undefined, deed.does === 'continue' ? 'CONTINUE' : 'ROLLBACK');
      return;
    case 'kill': {
      const isOurs = deed.whose === 'ours';
      const tasks = service.deployments.filter((one) => one.ours === isOurs).flatMap(activeOf);
      const running = tasks.filter((task) => task.runningAt !== undefined).slice(0, deed.tasks);
      for (const task of running) endTask(world, task, deed.end);
      return;
    }
  }
}

export function deleteService(world: World, service: Service): void {
  const current = inFlight(service);
  service.status = 'DRAINING';
  service.desired = 0;
  if (!current) return;
  supersede(world, current);
  current.endedBy = 'delete';
  world.queue.put(world.now + world.pace.requested * 1000, () => (current.statusReason = statusText.deleted));
}

/** An alarm goes off. ECS looks at those that the deployment names. */
function ring(world: World, service: Service, name: string): void {
  const current = inFlight(service);
  if (current?.status !== 'IN_PROGRESS' || current.ignoresAlarms) return;
  const alarms = record(current.configuration.alarms);
  if (alarms.enable !== true || !texts(alarms, 'alarmNames').includes(name)) return;
  current.triggeredAlarms.push(name);
  const rollback = isRollbackOn(current.configuration, 'alarms');
  const reason = rollback ? statusText.alarmRolledBack([name]) : statusText.alarmStopped([name]);
  world.causes.push({ at: world.now, class: 'alarm', deployment: current.target, reason, held: true });
  fail(world, service, current, { by: 'alarm', rollback, reason, told: 'alarm detected' });
  world.react.wake(service);
}
