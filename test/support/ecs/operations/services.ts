import { beginDeployment, differs } from '../engine/deployment/begin.js';
import { deleteService, scheduleOthers } from '../engine/deeds.js';
import { EcsFault, invalid } from '../engine/fault.js';
import { compact, needText, number, record, texts } from '../engine/fields.js';
import { reconcile } from '../engine/deployment/scheduler.js';
import { activeOf } from '../engine/deployment/service-facts.js';
import { addService } from '../engine/set-up.js';
import { findService, needCluster, needService, needUsableDefinition } from './lookup.js';
import { pageOf } from './page.js';
import { showService } from './show-service.js';
import type { Definition, Json, Service, World } from '../engine/state.js';
import type { Script } from '../rollouts/rollout.js';
import type { Operation } from './operation.js';

const NOT_SETTINGS = [
  'cluster',
  'service',
  'serviceName',
  'taskDefinition',
  'desiredCount',
  'forceNewDeployment',
  'clientToken',
];

export const services: Readonly<Record<string, Operation>> = {
  DescribeServices: {
    changes: false,
    answer(world, input) {
      needCluster(world, input);
      const names = texts(input, 'services');
      if (names.length === 0) throw invalid('Services cannot be empty.');
      if (names.length > 10) throw invalid('Services cannot have more than 10 elements.');
      const found = names.map((name) => ({ name, service: findService(world, name) }));
      const wantsTags = texts(input, 'include').includes('TAGS');
      return {
        services: found.flatMap(({ service }) => (service ? [showService(world, service, wantsTags)] : [])),
        failures: found
          .filter(({ service }) => !service)
          .map(({ name }) => ({
            arn: world.names.serviceArn(name.slice(name.lastIndexOf('/') + 1)),
            reason: 'MISSING',
          })),
      };
    },
  },
  ListServices: {
    changes: false,
    answer(world, input, paging) {
      needCluster(world, input);
      const active = [...world.services.values()].filter((one) => one.status === 'ACTIVE');
      const page = pageOf(active, (one) => one.arn, input, paging);
      return compact({ serviceArns: page.items.map((one) => one.arn), nextToken: page.nextToken });
    },
  },
  UpdateService: { changes: true, answer: update },
  CreateService: { changes: true, answer: create },
  DeleteService: {
    changes: true,
    answer(world, input) {
      const service = needService(world, input, 'service');
      if (service.status === 'INACTIVE') throw new EcsFault('ServiceNotFoundException', 'Service not found.');
      if (service.desired > 0 && input.force !== true)
        throw invalid('The service cannot be stopped while it is scaled above 0.');
      deleteService(world, service);
      reconcile(world, service);
      return { service: showService(world, service, false) };
    },
  },
};

/** What starts a deployment: another revision, or force; nothing else does. */
function update(world: World, input: Json): Json {
  const service = needService(world, input, 'service');
  if (service.status !== 'ACTIVE') throw new EcsFault('ServiceNotActiveException', 'Service was not ACTIVE.');
  const desired = desiredOf(input, service.daemon);
  const reference = input.taskDefinition;
  const definition =
    typeof reference === 'string' ? needUsableDefinition(world, reference) : service.primary.revision.definition;
  const settings = compact({ ...service.settings, ...settingsIn(input, service.settings) });
  checkPercents(settings);
  service.settings = settings;
  service.desired = desired ?? service.desired;
  if (differs(service.primary.revision, definition, settings) || input.forceNewDeployment === true)
    beginOurs(world, service, definition);
  firstTouch(world, service);
  reconcile(world, service);
  return { service: showService(world, service, false) };
}

function create(world: World, input: Json): Json {
  needCluster(world, input);
  const name = needText(input, 'serviceName');
  const existing = world.services.get(name);
  if (existing?.status === 'ACTIVE') throw invalid('Creation of service was not idempotent.');
  if (existing?.status === 'DRAINING') throw invalid('Unable to Start a service that is still Draining.');
  const definition = needUsableDefinition(world, needText(input, 'taskDefinition'));
  const daemon = input.schedulingStrategy === 'DAEMON';
  const desired = desiredOf(input, daemon) ?? (daemon ? (world.rollout.service?.desired ?? 2) : 0);
  const defaults = {
    maximumPercent: daemon ? 100 : 200,
    minimumHealthyPercent: daemon ? 0 : 100,
    strategy: 'ROLLING',
    deploymentCircuitBreaker: { enable: false, rollback: false },
  };
  const settings = compact({
    launchType: input.capacityProviderStrategy ? undefined : 'EC2',
    availabilityZoneRebalancing: 'ENABLED',
    ...settingsIn(input, {}),
    deploymentConfiguration: { ...defaults, ...record(input.deploymentConfiguration) },
  });
  checkPercents(settings);
  const service = addService(world, { name, desired, daemon, settings });
  beginOurs(world, service, definition);
  firstTouch(world, service);
  reconcile(world, service);
  return { service: showService(world, service, false) };
}

/** The deployment configuration is merged, everything else replaced. */
function settingsIn(input: Json, current: Json): Json {
  const given = Object.entries(input).filter(([name, value]) => !NOT_SETTINGS.includes(name) && value !== null);
  const { deploymentConfiguration, ...others } = Object.fromEntries(given);
  if (!deploymentConfiguration) return others;
  const merged = { ...record(current.deploymentConfiguration), ...record(deploymentConfiguration) };
  return { ...others, deploymentConfiguration: merged };
}

function desiredOf(input: Json, daemon: boolean): number | undefined {
  const desired = number(input, 'desiredCount');
  if (desired !== undefined && daemon)
    throw invalid(
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again.',
    );
  if (desired !== undefined && (desired < 0 || !Number.isInteger(desired)))
    throw invalid('desiredCount must be a non-negative integer.');
  return desired;
}

function checkPercents(settings: Json): void {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = record(settings.deploymentConfiguration);
  if (Number(maximumPercent) < Number(minimumHealthyPercent))
    throw invalid('maximumPercent must be greater than or equal to minimumHealthyPercent.');
  if (Number(minimumHealthyPercent) === 100 && Number(maximumPercent) === 100)
    throw invalid('Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.');
}

function beginOurs(world: World, service: Service, definition: Definition): void {
  beginDeployment(world, service, { definition, by: 'tool', script: nextScript(world) });
}

function nextScript(world: World): Script | undefined {
  const { tasks, again } = world.rollout;
  return world.oursSoFar++ === 0 ? tasks : (again ?? tasks);
}

/** The others begin with the first thing that the tool does to the service. */
function firstTouch(world: World, service: Service): void {
  if (world.touchedAt !== undefined) return;
  world.touchedAt = world.now;
  scheduleOthers(world, service);
  if (activeOf(service.primary).length === 0) service.steady = false;
}
