import type { Scenario, ScenarioEvent } from '../scenario-shape.js';
import type { Rollout, SandboxService } from '../state/records.js';
import { alarmsOf } from '../engine/configuration.js';
import { fail, turnBack } from '../engine/endings.js';
import { failTask, matchCounts, setStatus } from './scripted.js';
import { addEvent } from '../engine/service-events.js';
import type { Works } from '../engine/works.js';
import { inFlight } from '../engine/works.js';

const BEGINS = new Set(['PENDING', 'IN_PROGRESS']);

/** The script itself says what runs and how it ends. */
export function isScripted({ events }: Scenario): boolean {
  return events.some(
    ({ running, pending, status }) =>
      running !== undefined || pending !== undefined || (status !== undefined && !BEGINS.has(status)),
  );
}

/** Lets the events of a scenario happen, each at its time. */
export function follow(works: Works, service: SandboxService, rollout: Rollout, remove: () => void): void {
  const { timeline, pump } = works;
  for (const event of rollout.scenario?.events ?? [])
    timeline.at(rollout.createdAt + event.at * 1000, () => {
      if (service.status !== 'ACTIVE' || service.rollouts[0] !== rollout) return;
      happenAround(works, service, rollout, event);
      if (event.deleted) remove();
      else if (inFlight(service) === rollout && (!rollout.rollback || event.status?.startsWith('ROLLBACK_')))
        happen(works, service, rollout, event);
      pump(service);
    });
}

/** What may also come after the end. */
function happenAround(works: Works, service: SandboxService, rollout: Rollout, event: ScenarioEvent): void {
  const { state, timeline } = works;
  const now = timeline.now();
  if (event.event !== undefined) addEvent(state, service, withoutName(event.event), now);
  for (let count = 0; count < (event.manyEvents ?? 0); count++)
    addEvent(state, service, `has started 1 tasks: (task ${state.id()}).`, now);
  if (event.scale !== undefined) service.desiredCount = event.scale;
  if (event.forgotten) rollout.forgotten = true;
}

function happen(works: Works, service: SandboxService, rollout: Rollout, event: ScenarioEvent): void {
  if (event.stage !== undefined) rollout.stage = event.stage;
  if (event.weight !== undefined) rollout.weight = event.weight;
  if (event.hook !== undefined) rollout.hooks.push({ targetArn: undefined, ...event.hook });
  if (event.reason !== undefined) rollout.reason = event.reason;
  for (let count = 0; event.stop && count < (event.times ?? 1); count++) failTask(works, service, rollout, event.stop);
  if (event.failures !== undefined) rollout.failures = event.failures;
  if (rollout.scripted && !rollout.rollback) matchCounts(works, service, rollout, event);
  if (event.alarm !== undefined) soundAlarm(works, service, rollout, event.alarm);
  if (event.stopped) turnBack(works, service, rollout, 'Service deployment rolled back by user.');
  if (event.supersede) works.deployAgain(service);
  if (event.status !== undefined && inFlight(service) === rollout) setStatus(works, service, rollout, event.status);
}

function soundAlarm(works: Works, service: SandboxService, rollout: Rollout, name: string): void {
  rollout.alarms.push(name);
  const { enable, alarmNames, rollback } = alarmsOf(rollout.configuration);
  if (!enable || !alarmNames.includes(name)) return;
  fail(works, service, rollout, {
    because: 'of one or more active alarms.',
    state: 'ECS deployment failed: alarm detected.',
    event: 'alarm detected.',
    rollback,
  });
}

/** Scripts may say it as ECS does, with the service before it. */
export function withoutName(event: string): string {
  return event.replace(/^\(service [^)]*\) /, '');
}
