import type { Scenario } from '../sandbox/ecs/scenario-shape.js';
import { scenarios } from '../sandbox/ecs/scenario.js';

/** Where every deployment begins. */
const START = new Set(['PENDING', 'IN_PROGRESS']);
const DAY_S = 86_400;

export interface ListedScenario {
  readonly name: string;
  /** What happens in it, in order. */
  readonly happens: string;
  /** What it imitates, and where that is written. */
  readonly claims: string;
}

export function listScenarios(): readonly ListedScenario[] {
  return [...scenarios.values()].map((scenario) => ({
    name: scenario.name,
    happens: [...new Set([...rollout(scenario), ...oneOff(scenario), ...trouble(scenario)])].join('; '),
    claims: scenario.claims,
  }));
}

function rollout({ events, rollback, task }: Scenario): string[] {
  if (task) return [];
  const told = events.flatMap((event) => [
    ...(event.stop ? [withCode(event.stop.reason ?? event.stop.stoppedReason, event.stop.exitCode)] : []),
    ...(event.event === undefined ? [] : [event.event]),
    ...(event.alarm === undefined ? [] : [`alarm ${event.alarm}`]),
    ...(event.hook ? [`hook ${event.hook.hookId} ${event.hook.status}`] : []),
    ...(event.supersede ? ['somebody else deploys'] : []),
    ...(event.status === undefined || START.has(event.status) ? [] : [`${event.status} after ${event.at} s`]),
  ]);
  return rollback?.fails ? [...told, 'the rollback fails'] : told;
}

function oneOff({ task }: Scenario): string[] {
  if (!task) return [];
  if (task.failure !== undefined) return [`RunTask starts nothing: ${task.failure}`];
  const codes = (task.containers ?? []).map(({ exitCode, reason }) => reason ?? `exit code ${exitCode ?? 0}`);
  return [`a one-off task stops after ${task.stops} s`, ...codes];
}

function trouble({ faults = [], staleReads }: Scenario): string[] {
  const refused = faults.map(
    ({ operations, type, until }) => `${type} from ${operations.join(', ')}${until > DAY_S ? '' : ` for ${until} s`}`,
  );
  return staleReads === undefined ? refused : [...refused, `the first ${staleReads} reads are old`];
}

function withCode(reason: string, exitCode: number | undefined): string {
  return exitCode === undefined ? reason : `${reason} (exit code ${exitCode})`;
}
