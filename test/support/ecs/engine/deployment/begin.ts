import { supersede } from './endings.js';
import { checksOf } from '../definitions.js';
import { compact, isSame, record, texts } from '../fields.js';
import { configurationOf, inFlight, activeOf } from './service-facts.js';
import { stagesOf } from '../stages/plan.js';
import { startTask } from '../tasks.js';
import { reasonText } from '../wording.js';
import type { Script } from '../../rollouts/rollout.js';
import type { Definition, Deployment, Json, Revision, Service, ServiceDeployment, World } from '../state.js';

/** Fields of UpdateService that are part of a revision: another value of one of them starts a deployment. */
export const REVISION_FIELDS = [
  'networkConfiguration',
  'platformVersion',
  'loadBalancers',
  'serviceRegistries',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] as const;

export function revisionSettings(settings: Json): Json {
  return compact({
    ...Object.fromEntries(REVISION_FIELDS.map((name) => [name, settings[name]])),
    launchType: settings.launchType,
    capacityProviderStrategy: settings.capacityProviderStrategy,
  });
}

/** Whether the settings say something else than what a revision was made of. */
export function differs(revision: Revision, definition: Definition, settings: Json): boolean {
  if (revision.definition !== definition) return true;
  return REVISION_FIELDS.some((name) => !isSame(revision.settings[name] ?? [], settings[name] ?? []));
}

interface Beginning {
  readonly definition: Definition;
  readonly by: ServiceDeployment['by'];
  readonly script: Script | undefined;
}

/** A new revision, its deployment as PRIMARY, and the record of it; one that is in flight is replaced. */
export function beginDeployment(world: World, service: Service, beginning: Beginning): ServiceDeployment {
  const current = inFlight(service);
  if (current) supersede(world, current);
  const revision = addRevision(world, service, beginning.definition);
  const target = addDeployment(world, service, revision, beginning);
  const configuration = configurationOf(service);
  const running = service.deployments.filter((one) => one !== target && activeOf(one).length > 0);
  const id = world.names.serviceDeploymentId();
  const deployment: ServiceDeployment = {
    id,
    arn: world.names.serviceDeploymentArn(service.name, id),
    createdAt: world.now,
    updatedAt: world.now,
    target,
    sources: running,
    by: beginning.by,
    status: 'PENDING',
    configuration,
    breaker: record(configuration.deploymentCircuitBreaker).enable === true ? 'MONITORING' : 'DISABLED',
    failures: 0,
    rollbackFailures: 0,
    triggeredAlarms: [],
    ignoresAlarms: isAlarmedAlready(world, configuration),
    stages: stagesOf(configuration, running.length),
  };
  service.history.push(deployment);
  service.primary = target;
  service.steady = false;
  service.blockedTold = false;
  world.queue.put(world.now + world.pace.pending * 1000, () => {
    if (deployment.status !== 'PENDING') return;
    deployment.status = 'IN_PROGRESS';
    deployment.startedAt = world.now;
    deployment.updatedAt = world.now;
    world.react.wake(service);
  });
  world.queue.put(target.notBefore, () => world.react.wake(service));
  return deployment;
}

/** An alarm that is on from the start is left out of account, so that a mend can be deployed. */
function isAlarmedAlready(world: World, configuration: Json): boolean {
  const names = texts(record(configuration.alarms), 'alarmNames');
  return (world.rollout.alarms ?? []).some((alarm) => alarm.at < 0 && names.includes(alarm.name));
}

function addRevision(world: World, service: Service, definition: Definition): Revision {
  const arn = world.names.revisionArn(service.name);
  const revision = { arn, createdAt: world.now, definition, settings: revisionSettings(service.settings) };
  service.revisions.push(revision);
  return revision;
}

function addDeployment(world: World, service: Service, revision: Revision, beginning: Beginning): Deployment {
  const id = world.names.deploymentId();
  const deployment: Deployment = {
    id,
    revision,
    createdAt: world.now,
    updatedAt: world.now,
    state: 'IN_PROGRESS',
    reason: reasonText.inProgress(id),
    listed: true,
    ours: beginning.by === 'tool',
    script: beginning.script,
    launched: 0,
    tasks: new Set(),
    failedTasks: 0,
    launchFailuresInARow: 0,
    notBefore: world.now + (world.pace.pending + world.pace.launch) * 1000,
    stalled: false,
  };
  service.deployments.push(deployment);
  return deployment;
}

/** Puts a deployment where it would be after a while: done, its tasks running since long. */
export function settleDeployment(world: World, service: Service, deployment: ServiceDeployment, done: boolean): void {
  const { target } = deployment;
  const checks = checksOf(target.revision);
  target.state = done ? 'COMPLETED' : 'FAILED';
  target.reason = done ? reasonText.completed(target.id) : reasonText.breaker;
  target.revision.pulledAt = world.now;
  deployment.startedAt = world.now;
  deployment.finishedAt = world.now + 90_000;
  deployment.updatedAt = world.now + 90_000;
  if (deployment.breaker === 'MONITORING') deployment.breaker = done ? 'MONITORING_COMPLETE' : 'TRIGGERED';
  deployment.status = done ? 'SUCCESSFUL' : 'ROLLBACK_FAILED';
  if (deployment.stages) deployment.stages.at = deployment.stages.plan.length - 1;
  if (!done) return;
  target.completedAt = world.now + 90_000;
  for (let count = 0; count < service.desired; count++) {
    const common = { service, deployment: target, definition: target.revision.definition, startedBy: target.id };
    const task = startTask(world, { ...common, behaviour: {} });
    task.runningAt = world.now + 25_000;
    task.counted = true;
    if (checks.container) task.health = 'HEALTHY';
  }
}
