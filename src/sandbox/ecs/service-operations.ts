import { isDeepStrictEqual } from 'node:util';
import type { Operation, World } from '../service.js';
import { AwsFault } from '../service.js';
import type { Live } from './live.js';
import { renderService } from './render.js';
import { startTasks, stopTasks } from './simulate.js';
import type { EcsState, Rollout, SandboxService } from './state.js';
import { findService, lastPart, requireCluster, requireDefinition, requireService } from './state.js';

/** What starts a deployment when it differs from what the service has. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
const STARTS = [
  'networkConfiguration',
  'platformVersion',
  'loadBalancers',
  'serviceRegistries',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
];

/** As long as ECS gives a task to stop by itself, when its definition says nothing. */
const DRAIN_MS = 30_000;

/** Services: what they should be. */
export function serviceOperations(
  state: EcsState,
  world: World,
  live: Live | undefined,
  deploy: (service: SandboxService, taskDefinition: string) => Rollout,
): Record<string, Operation> {
  return {
    CreateService(input) {
      const cluster = requireCluster(state, input.cluster);
      const name = String(input.serviceName);
      const key = `${cluster}/${name}`;
      const existing = state.services.get(key);
      if (existing?.status === 'DRAINING')
        throw new AwsFault('InvalidParameterException', 'Unable to Start a service that is still Draining.');
      if (existing && existing.status !== 'INACTIVE')
        throw new AwsFault('InvalidParameterException', 'Creation of service was not idempotent.');
      const { definition } = requireDefinition(state, input.taskDefinition);
      const service: SandboxService = {
        arn: state.arn(`service/${key}`),
        name,
        cluster,
        input,
        status: 'ACTIVE',
        taskDefinition: definition.taskDefinitionArn,
        desiredCount: Number(input.desiredCount ?? 1),
        rollouts: [],
        events: [],
        createdAt: world.clock.now(),
      };
      state.services.set(key, service);
      const rollout = deploy(service, definition.taskDefinitionArn);
      if (!live) {
        // The first deployment of a simulated service is in the past: there is something to go back to.
        Object.assign(rollout, {
          status: 'SUCCESSFUL',
          finishedAt: world.clock.now(),
          position: rollout.scenario?.events.length ?? 0,
          running: service.desiredCount,
          staleReads: 0,
        });
        startTasks(state, service, rollout, world.clock.now());
      }
      return { service: renderService(state, service) };
    },
    UpdateService(input) {
      const service = requireService(state, input);
      if (input.desiredCount !== undefined) service.desiredCount = Number(input.desiredCount);
      const wanted = requireDefinition(state, input.taskDefinition ?? service.taskDefinition);
      const { taskDefinitionArn } = wanted.definition;
      const before = service.input;
      const starts =
        input.forceNewDeployment === true ||
        taskDefinitionArn !== service.taskDefinition ||
        STARTS.some((name) => input[name] != undefined && !isDeepStrictEqual(input[name], before[name]));
      if (starts && wanted.status !== 'ACTIVE') throw new AwsFault('ClientException', 'TaskDefinition is inactive');
      const { cluster: _cluster, service: _service, forceNewDeployment: _force, ...kept } = input;
      service.input = { ...before, ...kept };
      if (starts) deploy(service, taskDefinitionArn);
      return { service: renderService(state, service) };
    },
    DescribeServices(input) {
      const cluster = requireCluster(state, input.cluster);
      const names = (input.services as string[] | undefined) ?? [];
      if (names.length > 10)
        throw new AwsFault('InvalidParameterException', 'Services cannot have more than 10 elements.');
      const found = names.flatMap((name) => findService(state, cluster, name) ?? []);
      const missing = names.filter((name) => !findService(state, cluster, name));
      return {
        services: found.map((service) => renderService(state, service)),
        failures: missing.map((name) => ({
          arn: state.arn(`service/${cluster}/${lastPart(name)}`),
          reason: 'MISSING',
        })),
      };
    },
    ListServices(input) {
      const cluster = requireCluster(state, input.cluster);
      return {
        serviceArns: [...state.services.values()]
          .filter((service) => service.cluster === cluster && service.status !== 'INACTIVE')
          .map((service) => service.arn),
      };
    },
    async DeleteService(input) {
      const service = requireService(state, input);
      if (service.desiredCount > 0 && input.force !== true)
        throw new AwsFault('InvalidParameterException', 'The service cannot be stopped while it is scaled above 0.');
      service.status = 'DRAINING';
      const hadTasks = service.desiredCount > 0;
      service.desiredCount = 0;
      if (live) await live.stopService(service);
      else stopTasks(state, service, undefined, world.clock.now());
      service.drainedAt = world.clock.now() + (live || !hadTasks ? 0 : DRAIN_MS);
      return { service: renderService(state, service) };
    },
  };
}
