import { isDeepStrictEqual } from 'node:util';
import type { Operation } from '../../../service.js';
import { AwsFault } from '../../../service.js';
import type { Views } from '../../consistency/views.js';
import { INSTANCES } from '../../engine/configuration.js';
import type { Engine } from '../../engine/engine.js';
import { withoutName } from '../../script/script.js';
import { addEvent } from '../../engine/service-events.js';
import type { Scenario } from '../../scenario-shape.js';
import { findDefinition, requireClusterRecord, requireRunnable, requireService } from '../../state/find.js';
import type { Cluster, DefinitionRecord, Input, SandboxService } from '../../state/records.js';
import type { EcsState } from '../../state/state.js';
import { clean, listOf } from '../../state/state.js';
import { checkedTags } from '../../state/tags.js';
import { renderPlace } from '../../render/service.js';
import { checkCount, checkService } from './checks.js';
import { invalid } from '../invalid.js';

/** What starts a deployment when it differs from what the service has, which is this when nobody has said. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
const STARTS: Readonly<Record<string, unknown>> = {
  loadBalancers: [],
  serviceRegistries: [],
  serviceConnectConfiguration: { enabled: false },
  volumeConfigurations: [],
  vpcLatticeConfigurations: [],
};
const PLACE = ['networkConfiguration', 'platformVersion'];

export interface ServiceWorld {
  readonly now: () => number;
  readonly engine: Engine;
  readonly views: Views;
  /** Tasks really run: a new service has none yet. */
  readonly live: boolean;
  readonly scenarioOf: (service: string) => Scenario | undefined;
  deploy(service: SandboxService, definition: DefinitionRecord): void;
  establish(service: SandboxService, definition: DefinitionRecord): void;
  /** As if somebody else had asked for it. */
  deployAgain(service: SandboxService): void;
}

/** Services: what they should be. */
export function serviceOperations(state: EcsState, setting: ServiceWorld): Record<string, Operation> {
  const { engine, views } = setting;

  return {
    CreateService(input) {
      const cluster = requireClusterRecord(state, input.cluster);
      const name = String(input.serviceName);
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw invalid('Service name contains invalid characters.');
      refuseExisting(state.services.get(`${cluster.name}/${name}`));
      if (input.taskDefinition === undefined) throw invalid('TaskDefinition can not be blank.');
      const record = requireRunnable(state, input.taskDefinition);
      const asked = placed(input, cluster);
      checkCount(input, input.schedulingStrategy);
      checkService(state, asked, record.definition);
      const tags = input.tags === undefined ? [] : checkedTags(input.tags);
      const service = newService(state, cluster, { name, asked, record, now: setting.now() });
      state.services.set(`${cluster.name}/${name}`, service);
      state.tags.set(service.arn, tags);
      views.beforeWrite(service, 'created');
      const scenario = setting.scenarioOf(name);
      for (const { secondsAgo, event } of scenario?.earlier ?? [])
        addEvent(state, service, withoutName(event), setting.now() - secondsAgo * 1000);
      if (setting.live) setting.deploy(service, record);
      else setting.establish(service, record);
      if (scenario?.inFlight && !setting.live) setting.deployAgain(service);
      return { service: views.written(service) };
    },
    UpdateService(input) {
      const service = requireService(state, input);
      if (service.status !== 'ACTIVE') throw new AwsFault('ServiceNotActiveException', 'Service was not ACTIVE.');
      checkCount(input, service.input.schedulingStrategy);
      refuseOtherController(service, input);
      const { cluster: _cluster, service: _service, forceNewDeployment, desiredCount, ...more } = input;
      const changes = clean({ ...more, deploymentConfiguration: mergedConfiguration(service.input, input) });
      const wanted = replaced({ ...service.input, ...changes }, input);
      const named = input.taskDefinition ?? service.taskDefinition;
      const starts =
        forceNewDeployment === true ||
        findDefinition(state, named)?.definition.taskDefinitionArn !== service.taskDefinition ||
        Object.entries(STARTS).some(
          ([name, usual]) => input[name] !== undefined && !isDeepStrictEqual(input[name], service.input[name] ?? usual),
        ) ||
        PLACE.some((name) => !isDeepStrictEqual(renderPlace(wanted)[name], renderPlace(service.input)[name]));
      const record = starts || input.taskDefinition !== undefined ? requireRunnable(state, named) : undefined;
      const definition = record ?? findDefinition(state, service.taskDefinition);
      if (definition) checkService(state, { ...wanted, cluster: service.cluster }, definition.definition);
      views.beforeWrite(service);
      if (desiredCount !== undefined) service.desiredCount = Number(desiredCount);
      service.input = wanted;
      if (starts && record) setting.deploy(service, record);
      else engine.settle(service);
      return { service: views.written(service) };
    },
    DeleteService(input) {
      const service = requireService(state, input);
      if (service.status === 'INACTIVE') throw new AwsFault('ServiceNotFoundException', 'Service not found.');
      const daemon = service.input.schedulingStrategy === 'DAEMON';
      if (service.desiredCount > 0 && input.force !== true && !daemon)
        throw invalid('The service cannot be stopped while it is scaled above 0.');
      views.beforeWrite(service);
      if (service.status === 'ACTIVE') engine.remove(service);
      return { service: views.written(service) };
    },
  };
}

function newService(
  state: EcsState,
  cluster: Cluster,
  from: { readonly name: string; readonly asked: Input; readonly record: DefinitionRecord; readonly now: number },
): SandboxService {
  const { name, asked, record, now } = from;
  return {
    arn: state.arn(`service/${cluster.name}/${name}`),
    name,
    cluster: cluster.name,
    input: asked,
    status: 'ACTIVE',
    taskDefinition: record.definition.taskDefinitionArn,
    desiredCount: asked.schedulingStrategy === 'DAEMON' ? INSTANCES : Number(asked.desiredCount ?? 1),
    rollouts: [],
    deployments: [],
    events: [],
    createdAt: now,
  };
}

function refuseExisting(existing: SandboxService | undefined): void {
  if (existing?.status === 'DRAINING') throw invalid('Unable to Start a service that is still Draining.');
  if (existing?.status === 'ACTIVE') throw invalid('Creation of service was not idempotent.');
}

/** CodeDeploy's services are changed by CodeDeploy. */
function refuseOtherController({ input }: SandboxService, update: Input): void {
  const type = (input.deploymentController as { type?: string } | undefined)?.type ?? 'ECS';
  if (type === 'ECS') return;
  const what = (['taskDefinition', 'networkConfiguration', 'platformVersion'] as const).find(
    (name) => update[name] !== undefined,
  );
  const words = {
    taskDefinition: 'task definition',
    networkConfiguration: 'network configuration',
    platformVersion: 'platform version',
  };
  if (what)
    throw invalid(
      `Unable to update ${words[what]} on services with a ${type} deployment controller. Use ${type === 'CODE_DEPLOY' ? 'AWS CodeDeploy' : 'task sets'} to trigger a new deployment.`,
    );
}

/** With the place that the cluster gives to what names none. */
function placed(input: Input, cluster: Cluster): Input {
  if (input.launchType !== undefined || input.capacityProviderStrategy !== undefined) return input;
  if (cluster.defaultStrategy.length > 0 && input.schedulingStrategy !== 'DAEMON')
    return { ...input, capacityProviderStrategy: cluster.defaultStrategy };
  return { ...input, launchType: 'EC2' };
}

/** A strategy takes the place of a launch type. */
function replaced(input: Input, update: Input): Input {
  const { launchType: _before, ...rest } = input;
  return listOf(update.capacityProviderStrategy).length > 0 ? rest : input;
}

/** What is not said of a deployment configuration stays. */
function mergedConfiguration(before: Input, update: Input): Input | undefined {
  const asked = update.deploymentConfiguration as Input | undefined;
  return asked && { ...(before.deploymentConfiguration as Input | undefined), ...asked };
}
