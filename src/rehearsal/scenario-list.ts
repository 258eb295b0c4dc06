import type { Scenario, TaskEnd, TaskFate } from '../sandbox/ecs/scenario-shape.js';
import { scenarios } from '../sandbox/ecs/scenario.js';
import { endOfScenario } from './scenario-end.js';

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
  return [...scenarios.values()].map((scenario) => {
    const told = [...before(scenario), ...rollout(scenario), ...oneOff(scenario), ...trouble(scenario)];
    const happens = scenario.task ? told : [...told, endOfScenario(scenario)];
    return { name: scenario.name, happens: [...new Set(happens)].join('; '), claims: scenario.claims };
  });
}

/** What is so when the deployment begins. */
function before({ noSource, inFlight, earlier = [], configuration = {} }: Scenario): string[] {
  const { deploymentCircuitBreaker: breaker, alarms } = configuration as {
    deploymentCircuitBreaker?: Readonly<Record<string, unknown>>;
    alarms?: unknown;
  };
  return [
    ...(breaker ? [`circuit breaker ${breaker.rollback === true ? 'with' : 'without'} rollback`] : []),
    ...(alarms === undefined ? [] : ['deployment alarms']),
    ...(configuration.strategy === undefined ? [] : [`strategy ${String(configuration.strategy)}`]),
    ...(noSource ? ['no deployment has ever completed'] : []),
    ...(inFlight ? ['a deployment of somebody else is in flight'] : []),
    ...earlier.map(({ event, secondsAgo }) => `${secondsAgo / 60} minutes before: ${event}`),
  ];
}

function rollout(scenario: Scenario): string[] {
  const { events, rollback, task, tasks = [], hooks = {}, configuration = {}, drains } = scenario;
  if (task) return [];
  const paused = (configuration.lifecycleHooks as { targetType?: string }[] | undefined)?.some(
    (hook) => hook.targetType === 'PAUSE',
  );
  const told = events.flatMap((event) => [
    ...(event.stop ? [`${event.times ?? 1} tasks: ${ending(event.stop)}`] : []),
    ...(event.event === undefined ? [] : [event.event]),
    ...(event.manyEvents === undefined ? [] : [`${event.manyEvents} service events at once`]),
    ...(event.alarm === undefined ? [] : [`alarm ${event.alarm} after ${event.at} s`]),
    ...(event.hook ? [`hook ${event.hook.hookId} ${event.hook.status}`] : []),
    ...(event.supersede ? [`somebody else deploys after ${event.at} s`] : []),
    ...(event.scale === undefined ? [] : [`the desired count is set to ${event.scale} after ${event.at} s`]),
    ...(event.stopped ? [`somebody stops the deployment after ${event.at} s`] : []),
    ...(event.deleted ? [`somebody deletes the service after ${event.at} s`] : []),
    ...(event.forgotten ? [`ECS forgets the deployment after ${event.at} s`] : []),
    ...(event.status === undefined || START.has(event.status) ? [] : [`${event.status} after ${event.at} s`]),
  ]);
  return [
    ...tasks.map((fate, at) => describeFate(fate, at === tasks.length - 1, tasks.length > 1)),
    ...told,
    ...(paused ? ['a PAUSE hook waits'] : []),
    ...Object.entries(hooks).map(([stage, end]) => `the hook of ${stage}: ${end}`),
    ...(drains === undefined ? [] : [`old tasks drain for ${drains} s`]),
    ...(rollback?.fails ? ['the rollback fails'] : []),
  ];
}

function describeFate(fate: TaskFate, last: boolean, several: boolean): string {
  const { times = 1, end, unplaced, runs } = fate;
  const who = last ? (several ? 'all after it' : 'each task') : times === 1 ? 'a task' : `${times} tasks`;
  if (unplaced !== undefined) return `${who}: no place (${unplaced})`;
  if (end) return `${who}: ${ending(end)}`;
  return `${who}: ${runs === undefined ? 'well' : `runs after ${runs} s`}`;
}

function oneOff({ task }: Scenario): string[] {
  if (!task) return [];
  if (task.failure !== undefined) return [`RunTask starts nothing: ${task.failure}`];
  const codes = (task.containers ?? []).map(({ exitCode, reason }) => reason ?? `exit code ${exitCode ?? 0}`);
  return [`a one-off task stops after ${task.stops} s`, ...codes];
}

function trouble({ faults = [], staleReads }: Scenario): string[] {
  const refused = faults.map(({ operations, type, from, until, before: early }) => {
    const which = operations.includes('*') ? 'everything' : operations.join(', ');
    const first = from === undefined ? '' : ` after ${from} s`;
    const lasts = until > DAY_S ? '' : ` for ${until - (from ?? 0)} s`;
    return `${type} from ${which}${first}${lasts}${early ? ' before the deployment' : ''}`;
  });
  return staleReads === undefined ? refused : [...refused, `the first ${staleReads} reads are old`];
}

function ending({ reason, stoppedReason, exitCode }: TaskEnd): string {
  const words = reason ?? stoppedReason;
  return exitCode === undefined ? words : `${words} (exit code ${exitCode})`;
}
