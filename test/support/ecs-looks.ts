import type { Seen } from '../../src/ecs/seen.js';
import { skipped } from '../../src/ecs/seen.js';
import type { Service, ServiceDeployment, Task } from '../../src/ecs/shapes.js';
import type { Observation, RolloutState } from '../../src/ecs/rollout/watch/state.js';
import { beginState } from '../../src/ecs/rollout/watch/state.js';
import type { Step } from '../../src/ecs/rollout/watch/step.js';
import { step } from '../../src/ecs/rollout/watch/step.js';

/** AWS's time of our deployment, in seconds; our clock says the same. */
export const T0 = 1_767_225_600;
export const OURS = { id: 'ecs-svc/2', taskDefinition: 'td/web:2', createdAt: T0 * 1000 };
export const ARN = 'deployment/2';

export const seen = <Value>(value: Value): Seen<Value> => ({ is: 'seen', value });
export const denied = (operation: string): Seen<never> => ({ is: 'denied', operation, why: 'AccessDenied' });
export const unread = (operation: string): Seen<never> => ({ is: 'unread', operation, why: 'Rate exceeded' });

export function record(status: string, more: Partial<ServiceDeployment> = {}): ServiceDeployment {
  const count = { requestedTaskCount: 2, runningTaskCount: 0, pendingTaskCount: 2 };
  return {
    serviceDeploymentArn: ARN,
    status,
    targetServiceRevision: { arn: 'revision/2', ...count },
    sourceServiceRevisions: [{ arn: 'revision/1', ...count }],
    ...more,
  };
}

export type Deployment = Service['deployments'][number];
export function deployment(id: string, status: string, more: Partial<Deployment> = {}): Deployment {
  const counts = { desiredCount: 2, pendingCount: 0, runningCount: 2, failedTasks: 0 };
  return { id: `ecs-svc/${id}`, status, taskDefinition: `td/web:${id}`, createdAt: T0, ...counts, ...more };
}

export function service(deployments: readonly Deployment[], more: Partial<Service> = {}): Service {
  return {
    serviceArn: 'service/web',
    clusterArn: 'cluster/default',
    serviceName: 'web',
    status: 'ACTIVE',
    taskDefinition: 'td/web:2',
    desiredCount: 2,
    runningCount: 2,
    pendingCount: 0,
    events: [],
    ...more,
    deployments: [...deployments],
  };
}

let tasks = 0;
export function died(reason: string, more: Partial<Task> = {}): Task {
  return {
    taskArn: `task/${++tasks}`,
    taskDefinitionArn: 'td/web:2',
    startedBy: OURS.id,
    lastStatus: 'STOPPED',
    stopCode: 'TaskFailedToStart',
    stoppedReason: reason,
    stoppedAt: T0 + 10,
    containers: [],
    ...more,
  };
}
export const crashed = (more: Partial<Task> = {}) =>
  died('Essential container in task exited', {
    stopCode: 'EssentialContainerExited',
    startedAt: T0 + 5,
    containers: [{ name: 'web', exitCode: 1 }],
    ...more,
  });
export const notFound = () => died('CannotPullContainerError: web:2: not found');
export const up = (more: Partial<Task> = {}): Task => ({
  ...died(''),
  stopCode: undefined,
  lastStatus: 'RUNNING',
  healthStatus: 'HEALTHY',
  startedAt: T0 + 5,
  ...more,
});

export interface Look extends Partial<Observation> {
  /** Seconds after the beginning. */
  readonly at: number;
}

/** The steps over a series of looks, as long as nothing but waiting or turning back is to be done. */
export function follow(looks: readonly Look[], more: Partial<RolloutState> = {}): Step {
  const definition = { family: 'web', containerDefinitions: [{ name: 'web' }] };
  const goal = { failFast: true, definition, of: 'deployment' as const };
  let state: RolloutState = { ...beginState(OURS, { goal, now: T0 * 1000, arn: ARN }), ...more };
  let last: Step | undefined;
  const events: Step['events'][number][] = [];
  for (const { at, ...look } of looks) {
    if (last?.act.do === 'end') throw new Error(`it ended before ${at} s: ${JSON.stringify(last.act)}`);
    const nothing = { record: skipped, candidates: skipped, service: skipped, stopped: skipped, running: skipped };
    const all = { ...nothing, ...look };
    const reads = Object.values(all).flatMap((part) =>
      typeof part === 'object' && 'operation' in part
        ? [{ operation: part.operation, is: part.is, why: part.why }]
        : [],
    );
    last = step(state, { ...all, reads }, (T0 + at) * 1000);
    events.push(...last.events);
    state = last.state;
  }
  if (!last) throw new Error('no look');
  return { ...last, events };
}

export const done = (looks: readonly Look[], more: Partial<RolloutState> = {}) => {
  const { act } = follow(looks, more);
  if (act.do === 'end')
    return 'back' in act.end
      ? `${act.end.is} ${act.end.back}`
      : act.end.is === 'stuck'
        ? `stuck ${act.end.why}`
        : act.end.is;
  return act.do;
};

export const going = seen(record('IN_PROGRESS'));
export const noBreaker = seen(service([deployment('2', 'PRIMARY', { runningCount: 0 })]));
