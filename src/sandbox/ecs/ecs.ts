import type { LogStore } from '../logs.js';
import type { EmulatedService, Operation, World } from '../service.js';
import { AwsFault } from '../service.js';
import type { TaskRunner } from '../task-runner.js';
import { definitionOperations } from './definitions.js';
import type { Live } from './live.js';
import { createLive } from './live.js';
import { renderService, renderServiceDeployment, renderTask } from './render.js';
import type { Scenario } from './scenario.js';
import { scenarios } from './scenario.js';
import { addEvent, createSimulation, startTasks, stopTasks } from './simulate.js';
import type { Revision, Rollout, SandboxService } from './state.js';
import {
  createState,
  findService,
  lastPart,
  requireCluster,
  requireDefinition,
  requireService,
  tagsOf,
} from './state.js';

export interface EcsOptions {
  readonly logs: LogStore;
  /** Digest of an image reference in the sandbox's registry; undefined when it is not there. */
  readonly resolveImage: (image: string) => string | undefined;
  readonly runner?: TaskRunner | undefined;
}

export interface EmulatedEcs extends EmulatedService {
  /** The script of the next deployments of every service, or of one by its name. */
  useScenario(scenario: Scenario, service?: string): void;
  /** A fault that the scenario of a deployment in flight has for this operation now. */
  faultFor(operation: string): AwsFault | undefined;
  urls(cluster: string, service: string): readonly string[];
  close(): Promise<void>;
}

/** What starts a deployment. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
const STARTS = [
  'taskDefinition',
  'networkConfiguration',
  'platformVersion',
  'loadBalancers',
  'serviceRegistries',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'forceNewDeployment',
];

export function createEcs(world: World, options: EcsOptions): EmulatedEcs {
  const state = createState(world);
  state.clusters.set('default', { arn: state.arn('cluster/default'), name: 'default' });
  const chosen = new Map<string, Scenario>();
  const live: Live | undefined = options.runner && createLive(state, world, options.logs, options.runner);
  const simulation = createSimulation(state, world, options.logs, (service) => {
    startRollout(service, service.taskDefinition, scenarios.get('slow'));
  });
  const ok = scenarios.get('ok') as Scenario;

  function startRollout(service: SandboxService, taskDefinition: string, scenario: Scenario | undefined): Rollout {
    const { definition } = requireDefinition(state, taskDefinition);
    const source = service.rollouts.find((rollout) => rollout.status === 'SUCCESSFUL')?.revision;
    const key = `${service.cluster}/${service.name}`;
    const revision: Revision = {
      arn: state.arn(`service-revision/${key}/${state.id()}`),
      taskDefinition: definition.taskDefinitionArn,
      images: definition.containerDefinitions.map((container) => ({
        containerName: String(container.name),
        image: String(container.image),
        imageDigest:
          /@(sha256:[0-9a-f]{64})$/.exec(String(container.image))?.[1] ?? options.resolveImage(String(container.image)),
      })),
      createdAt: world.clock.now(),
    };
    for (const other of service.rollouts) if (other.finishedAt === undefined) simulation.supersede(service, other);
    const id = state.id();
    const rollout: Rollout = {
      id: `ecs-svc/${1_000_000_000_000_000_000n + BigInt(`0x${id}`)}`,
      arn: state.arn(`service-deployment/${key}/${id}`),
      revision,
      source: scenario?.noSource ? undefined : source,
      createdAt: world.clock.now(),
      scenario,
      position: 0,
      status: 'PENDING',
      reason: undefined,
      stage: 'RECONCILE_SERVICE',
      running: 0,
      pending: 0,
      failures: 0,
      weight: undefined,
      alarms: [],
      hooks: [],
      finishedAt: undefined,
      rollbackEndsAt: undefined,
      staleReads: scenario?.staleReads ?? 0,
    };
    service.rollouts.unshift(rollout);
    service.taskDefinition = definition.taskDefinitionArn;
    addEvent(
      state,
      service,
      `(service ${service.name}) has started a deployment (deployment ${rollout.id}).`,
      world.clock.now(),
    );
    if (!scenario) live?.start(service, rollout);
    return rollout;
  }

  const scenarioOf = (service: SandboxService): Scenario | undefined =>
    live ? undefined : (chosen.get(service.name) ?? chosen.get('*') ?? ok);

  function findRollout(arn: unknown): { service: SandboxService; rollout: Rollout } | undefined {
    for (const service of state.services.values()) {
      const rollout = service.rollouts.find((one) => one.arn === arn);
      if (rollout) return { service, rollout };
    }
    return undefined;
  }

  function requireRollout(arn: unknown): { service: SandboxService; rollout: Rollout } {
    const found = findRollout(arn);
    if (found) return found;
    throw new AwsFault('ServiceDeploymentNotFoundException', 'The service deployment was not found.');
  }

  const operations: Record<string, Operation> = {
    ...definitionOperations(state, world),
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
      const rollout = startRollout(service, definition.taskDefinitionArn, live ? undefined : ok);
      if (!live) {
        // The first deployment of a simulated service is in the past: there is something to go back to.
        Object.assign(rollout, {
          status: 'SUCCESSFUL',
          finishedAt: world.clock.now(),
          position: rollout.scenario?.events.length ?? 0,
          running: service.desiredCount,
        });
        startTasks(state, service, rollout, world.clock.now());
      }
      return { service: renderService(state, service) };
    },
    UpdateService(input) {
      const service = requireService(state, input);
      if (input.desiredCount !== undefined) service.desiredCount = Number(input.desiredCount);
      const starts = STARTS.some((name) => input[name] !== undefined && input[name] !== false && input[name] !== null);
      if (starts) {
        const wanted =
          input.taskDefinition === undefined
            ? requireDefinition(state, service.taskDefinition)
            : requireDefinition(state, input.taskDefinition);
        if (wanted.status !== 'ACTIVE') throw new AwsFault('ClientException', 'TaskDefinition is inactive');
        const { taskDefinitionArn } = wanted.definition;
        if (taskDefinitionArn !== service.taskDefinition || input.forceNewDeployment === true)
          startRollout(service, taskDefinitionArn, scenarioOf(service));
      }
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
      service.desiredCount = 0;
      if (live) await live.stopService(service);
      else stopTasks(state, service, undefined, world.clock.now());
      const answer = { service: renderService(state, service) };
      service.status = 'INACTIVE';
      return answer;
    },
    ListServiceDeployments(input) {
      const service = requireService(state, input);
      const wanted = input.status as string[] | undefined;
      const rollouts = service.rollouts.filter((rollout) => !wanted || wanted.includes(rollout.status));
      return {
        serviceDeployments: rollouts.map((rollout) => {
          const {
            serviceDeploymentArn,
            serviceArn,
            clusterArn,
            status,
            statusReason,
            createdAt,
            startedAt,
            finishedAt,
          } = renderServiceDeployment(state, service, rollout);
          return {
            serviceDeploymentArn,
            serviceArn,
            clusterArn,
            status,
            createdAt,
            startedAt,
            targetServiceRevisionArn: rollout.revision.arn,
            ...(statusReason !== undefined && { statusReason }),
            ...(finishedAt !== undefined && { finishedAt }),
          };
        }),
      };
    },
    DescribeServiceDeployments(input) {
      const arns = (input.serviceDeploymentArns as string[] | undefined) ?? [];
      const failures: unknown[] = [];
      const serviceDeployments = arns.flatMap((arn) => {
        const found = findRollout(arn);
        if (found && found.rollout.staleReads-- <= 0)
          return [renderServiceDeployment(state, found.service, found.rollout)];
        failures.push({ arn, reason: 'MISSING' });
        return [];
      });
      return { serviceDeployments, failures };
    },
    DescribeServiceRevisions(input) {
      const wanted = new Set((input.serviceRevisionArns as string[] | undefined) ?? []);
      const found = [...state.services.values()].flatMap((service) =>
        service.rollouts
          .filter((rollout) => wanted.has(rollout.revision.arn))
          .map((rollout) => ({ service, revision: rollout.revision })),
      );
      const unique = [...new Map(found.map((entry) => [entry.revision.arn, entry])).values()];
      return {
        serviceRevisions: unique.map(({ service, revision }) => ({
          serviceRevisionArn: revision.arn,
          serviceArn: service.arn,
          clusterArn: state.clusters.get(service.cluster)?.arn,
          taskDefinition: revision.taskDefinition,
          containerImages: revision.images.map(({ imageDigest, ...image }) => ({
            ...image,
            ...(imageDigest !== undefined && { imageDigest }),
          })),
          createdAt: revision.createdAt / 1000,
        })),
        failures: [],
      };
    },
    StopServiceDeployment(input) {
      const { service, rollout } = requireRollout(input.serviceDeploymentArn);
      if (rollout.finishedAt !== undefined || rollout.status.startsWith('ROLLBACK'))
        throw new AwsFault('ConflictException', `The service deployment is ${rollout.status}.`);
      rollout.reason = 'Service deployment stopped by the user.';
      if (live) live.rollBack(service, rollout);
      else {
        rollout.status = 'ROLLBACK_IN_PROGRESS';
        rollout.rollbackEndsAt = world.clock.now() + (rollout.scenario?.rollback?.seconds ?? 10) * 1000;
      }
      return { serviceDeploymentArn: rollout.arn };
    },
    ContinueServiceDeployment(input) {
      const { rollout } = requireRollout(input.serviceDeploymentArn);
      const hook = rollout.hooks.find((one) => one.hookId === input.hookId);
      if (!hook) throw new AwsFault('InvalidParameterException', 'The hook was not found.');
      hook.status = 'SUCCEEDED';
      rollout.status = input.action === 'ROLLBACK' ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL';
      rollout.finishedAt = world.clock.now();
      return { serviceDeploymentArn: rollout.arn };
    },
    ListTasks(input) {
      const cluster = requireCluster(state, input.cluster);
      if (input.serviceName !== undefined && !findService(state, cluster, input.serviceName))
        throw new AwsFault('ServiceNotFoundException', 'Service not found.');
      const status = String(input.desiredStatus ?? 'RUNNING');
      const all = [...state.tasks.values()].filter(
        (task) =>
          task.cluster === cluster &&
          (input.serviceName === undefined || task.service === lastPart(String(input.serviceName))) &&
          (input.startedBy === undefined || task.startedBy === input.startedBy) &&
          (status === 'STOPPED') === (task.lastStatus === 'STOPPED'),
      );
      const from = Number(input.nextToken ?? 0);
      const page = all.slice(from, from + Number(input.maxResults ?? 100));
      const next = from + page.length;
      return { taskArns: page.map((task) => task.arn), ...(next < all.length && { nextToken: String(next) }) };
    },
    DescribeTasks(input) {
      const arns = (input.tasks as string[] | undefined) ?? [];
      if (arns.length > 100)
        throw new AwsFault('InvalidParameterException', 'Tasks cannot have more than 100 elements.');
      const cluster = requireCluster(state, input.cluster);
      const byId = (text: string) =>
        state.tasks.get(text) ?? state.tasks.get(state.arn(`task/${cluster}/${lastPart(text)}`));
      return {
        tasks: arns.flatMap((arn) => byId(arn) ?? []).map((task) => renderTask(state, task)),
        failures: arns.filter((arn) => !byId(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
      };
    },
    ListTagsForResource: (input) => ({ tags: state.tags.get(String(input.resourceArn)) ?? [] }),
    TagResource(input) {
      const arn = String(input.resourceArn);
      const added = tagsOf(input.tags);
      const kept = (state.tags.get(arn) ?? []).filter((tag) => !added.some((one) => one.key === tag.key));
      state.tags.set(arn, [...kept, ...added]);
      return {};
    },
    UntagResource(input) {
      const arn = String(input.resourceArn);
      const keys = (input.tagKeys as string[] | undefined) ?? [];
      state.tags.set(
        arn,
        (state.tags.get(arn) ?? []).filter((tag) => !keys.includes(tag.key)),
      );
      return {};
    },
  };

  const timed = Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, Operation] => [
      name,
      (input) => {
        simulation.advance();
        return operation(input);
      },
    ]),
  );

  return {
    name: 'ecs',
    target: 'AmazonEC2ContainerServiceV20141113',
    operations: timed,
    useScenario(scenario, service = '*') {
      chosen.set(service, scenario);
    },
    faultFor(operation) {
      for (const service of state.services.values()) {
        const [newest, ...before] = service.rollouts;
        if (!newest || before.length === 0) continue;
        for (const fault of newest.scenario?.faults ?? []) {
          const due = world.clock.now() < newest.createdAt + fault.until * 1000;
          if (due && fault.operations.includes(operation)) return new AwsFault(fault.type, fault.message ?? fault.type);
        }
      }
      return undefined;
    },
    urls(cluster, name) {
      const service = findService(state, cluster, name);
      return service && live ? live.urls(service) : [];
    },
    close: async () => live?.close(),
  };
}
