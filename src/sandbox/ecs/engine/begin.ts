import { aliveTasks } from '../state/find.js';
import type { Deployment, Revision, Rollout, SandboxService } from '../state/records.js';
import { digitsOf } from '../state/state.js';
import { configurationOf, enoughOf } from './configuration.js';
import { supersede } from './endings.js';
import { isScripted } from '../script/script.js';
import { stepsOf } from './steps.js';
import type { Beginning, Works } from './works.js';

/** A deployment that begins; the one before it, if it is not done, is replaced. */
export function begin(works: Works, service: SandboxService, { definition, images, scenario }: Beginning): Rollout {
  const { state, timeline } = works;
  const now = timeline.now();
  const key = `${service.cluster}/${service.name}`;
  const { taskDefinitionArn } = definition.definition;
  const candidate = scenario?.noSource ? undefined : lastCompleted(service);
  const sources = scenario?.noSource ? [] : sourcesOf(works, service, candidate);
  for (const other of service.rollouts) supersede(works, other);
  const revision: Revision = {
    arn: state.arn(`service-revision/${key}/${digitsOf(state.id())}`),
    taskDefinition: taskDefinitionArn,
    images,
    createdAt: now,
    input: service.input,
  };
  const id = `ecs-svc/${digitsOf(state.id())}`;
  const deployment: Deployment = {
    id,
    revision,
    createdAt: now,
    updatedAt: now,
    state: 'IN_PROGRESS',
    stateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    hasRun: false,
    started: 0,
    failedInARow: 0,
    nextStartAt: 0,
  };
  const base = {
    arn: state.arn(`service-deployment/${key}/${state.id().slice(0, 21)}`),
    deployment,
    sources,
    candidate,
    createdAt: now,
    updatedAt: now,
    scenario,
    scripted: scenario !== undefined && isScripted(scenario),
    configuration: { ...configurationOf(service.input), ...scenario?.configuration },
    status: 'PENDING',
    steps: [],
    step: -1,
    stepSince: now,
    failures: 0,
    alarms: [],
    hooks: [],
    staleReads: scenario?.staleReads ?? 0,
  };
  const { deferred } = enoughOf(base, service.desiredCount);
  const rollout: Rollout = {
    ...base,
    steps: stepsOf(base.configuration, { reconciles: sources.length > 1, deferred }),
  };
  service.rollouts.unshift(rollout);
  service.deployments = [deployment, ...service.deployments];
  service.taskDefinition = taskDefinitionArn;
  return rollout;
}

/** From now on ECS works on it. */
export function getGoing(works: Works, service: SandboxService, rollout: Rollout): void {
  const { timeline, pace, pump } = works;
  timeline.after(pace.begin, () => {
    if (rollout.status !== 'PENDING') return;
    Object.assign(rollout, { status: 'IN_PROGRESS', startedAt: timeline.now(), updatedAt: timeline.now() });
    pump(service);
  });
}

/** Where a rollback goes. One that is itself being gone back to is not COMPLETED. */
function lastCompleted(service: SandboxService): Deployment | undefined {
  return service.rollouts.find((rollout) => rollout.deployment.state === 'COMPLETED')?.deployment;
}

function sourcesOf(works: Works, service: SandboxService, candidate: Deployment | undefined): Deployment[] {
  const running = service.deployments.filter((one) => aliveTasks(works.state, service, one).length > 0);
  return running.length === 0 && candidate ? [candidate] : running;
}
