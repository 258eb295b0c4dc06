import type { LogStore } from '../logs.js';
import type { EmulatedService, Operation, World } from '../service.js';
import { AwsFault } from '../service.js';
import type { TaskRunner } from '../runners/task-runner.js';
import { definitionOperations } from './definitions.js';
import { deploymentOperations } from './deployment-operations.js';
import { createLive } from './live.js';
import { createOneOffScripts } from './one-off-script.js';
import { imagesOf, startRollout } from './rollouts.js';
import { createRunTask } from './run-task.js';
import type { Scenario } from './scenario-shape.js';
import { scenarios } from './scenario.js';
import { serviceOperations } from './service-operations.js';
import { createSimulation, stopServiceTask } from './simulate.js';
import type { Definition, Rollout, SandboxService, SandboxTask } from './state.js';
import { createState, findService, requireDefinition } from './state.js';
import { tagOperations } from './tag-operations.js';
import { taskOperations } from './task-operations.js';

export interface EcsOptions {
  readonly logs: LogStore;
  /** Digest of an image reference in the sandbox's registry; undefined when it is not there. */
  readonly resolveImage: (image: string) => string | undefined;
  readonly runner?: TaskRunner | undefined;
}

export interface EmulatedEcs extends EmulatedService {
  /** The script of the next deployments and one-off tasks of all, or of one service or task family by its name. */
  useScenario(scenario: Scenario, name?: string): void;
  /** A fault that the scenario of a deployment in flight has for this operation now. */
  faultFor(operation: string): AwsFault | undefined;
  urls(cluster: string, service: string): readonly string[];
  close(): Promise<void>;
}

export function createEcs(world: World, options: EcsOptions): EmulatedEcs {
  const state = createState(world);
  state.clusters.set('default', { arn: state.arn('cluster/default'), name: 'default' });
  const chosen = new Map<string, Scenario>();
  const scenarioOf = (name: string) => chosen.get(name) ?? chosen.get('*') ?? scenarios.get('ok');
  const resolved = (definition: Definition) => imagesOf(definition, options.resolveImage);

  const live = options.runner && createLive(state, world, options.logs, options.runner);
  const scripts = createOneOffScripts(world, options.logs);
  const simulation = createSimulation(state, world, options.logs, (service) => {
    deploy(service, service.taskDefinition, scenarios.get('slow'));
  });

  function deploy(service: SandboxService, taskDefinition: string, scenario: Scenario | undefined): Rollout {
    const { definition } = requireDefinition(state, taskDefinition);
    const images = resolved(definition);
    const rollout = startRollout(state, world, service, {
      definition,
      images,
      scenario: live ? undefined : scenario,
    });
    live?.start(service, rollout);
    return rollout;
  }

  const runTask = createRunTask(state, world, resolved, {
    failure: (family) => (live ? undefined : scenarioOf(family)?.task?.failure),
    begin(task, definition) {
      if (live) live.runTask(task, definition);
      else scripts.begin(task, definition, scenarioOf(definition.family)?.task);
    },
  });

  function stopTask(task: SandboxTask, reason: string): void {
    if (live) live.stopTask(task, reason);
    else if (!scripts.stop(task, reason)) stopServiceTask(state, task, reason, world.clock.now());
  }

  const operations: Record<string, Operation> = {
    ...definitionOperations(state, world),
    ...serviceOperations(state, world, live, (service, taskDefinition) =>
      deploy(service, taskDefinition, scenarioOf(service.name)),
    ),
    ...deploymentOperations(state, world, live),
    ...taskOperations(state, runTask, stopTask),
    ...tagOperations(state),
  };

  const timed = Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, Operation] => [
      name,
      (input) => {
        simulation.advance();
        scripts.advance();
        return operation(input);
      },
    ]),
  );

  return {
    name: 'ecs',
    target: 'AmazonEC2ContainerServiceV20141113',
    operations: timed,
    useScenario(scenario, name = '*') {
      chosen.set(name, scenario);
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
