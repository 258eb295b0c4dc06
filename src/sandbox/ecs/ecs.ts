import type { LogStore } from '../logs.js';
import type { TaskRunner } from '../runners/task-runner.js';
import type { EmulatedService, Operation, Setting } from '../service.js';
import type { AwsFault } from '../service.js';
import type { Consistency } from './consistency/lags.js';
import { createLags } from './consistency/lags.js';
import { createViews } from './consistency/views.js';
import type { TaskDriver } from './tasks/driver.js';
import { createEngine } from './engine/engine.js';
import { faultOf } from './script/faults.js';
import { imagesOf } from './engine/images.js';
import { createPlayer } from './tasks/play-task.js';
import { planOfScript } from './tasks/task-plan.js';
import { lazyTimeline, liveTimeline } from './tasks/timeline.js';
import { LIVE, PLAYED } from './engine/works.js';
import type { LiveDriver } from './tasks/live-driver.js';
import { createLiveDriver } from './tasks/live-driver.js';
import { createOperations } from './operations/operations.js';
import { createPages } from './operations/page.js';
import { newCluster } from './operations/clusters/clusters.js';
import { createRunTask } from './operations/tasks/run-task.js';
import type { Scenario } from './scenario-shape.js';
import { scenarios } from './scenario.js';
import { fargateProvider } from './render/cluster.js';
import { findDefinition, findService } from './state/find.js';
import type { Definition, DefinitionRecord, SandboxService } from './state/records.js';
import { createState } from './state/state.js';
import { forgetTasks } from './state/tasks.js';

export interface EcsOptions {
  readonly logs: LogStore;
  /** Digest of an image reference in the sandbox's registry; undefined when it is not there. */
  readonly resolveImage: (image: string) => string | undefined;
  readonly runner?: TaskRunner | undefined;
  /** `strong` when left out. */
  readonly consistency?: Consistency | undefined;
  /** What is late, and by how much, is the same for the same seed. */
  readonly seed?: number | undefined;
  /** Entries on a page, at most, whatever is asked. */
  readonly pageSize?: number | undefined;
}

export interface EmulatedEcs extends EmulatedService {
  /** The script of the next deployments and one-off tasks of all, or of one service or task family by its name. */
  useScenario(scenario: Scenario, name?: string): void;
  /** A fault that the scenario of a deployment in flight has for this operation now. */
  faultFor(operation: string): AwsFault | undefined;
  urls(cluster: string, service: string): readonly string[];
  close(): Promise<void>;
}

export function createEcs(setting: Setting, options: EcsOptions): EmulatedEcs {
  const { logs, runner, consistency = 'strong', seed = 1 } = options;
  const state = createState(setting, seed);
  state.clusters.set('default', newCluster(state, 'default'));
  for (const name of ['FARGATE', 'FARGATE_SPOT'] as const)
    state.capacityProviders.set(name, fargateProvider(state, name));
  const chosen = new Map<string, Scenario>();
  const scenarioOf = (name: string) => chosen.get(name) ?? chosen.get('*') ?? scenarios.get('ok');

  const timeline = runner ? liveTimeline(setting.clock) : lazyTimeline(setting.clock);
  let live: LiveDriver | undefined;
  let driver: TaskDriver | undefined;
  const engine = createEngine({
    state,
    timeline,
    pace: runner ? LIVE : PLAYED,
    logs,
    driver(tell) {
      live = runner && createLiveDriver({ setting, logs, runner }, tell);
      return (driver = live ?? createPlayer(timeline, logs, tell));
    },
    deployAgain,
  });
  const views = createViews(state, () => timeline.now(), createLags(consistency, seed));

  const beginning = ({ definition, ...rest }: DefinitionRecord, scenario: Scenario | undefined) => ({
    definition: { definition, ...rest },
    images: imagesOf(definition, options.resolveImage),
    scenario: live ? undefined : scenario,
  });
  function deploy(service: SandboxService, record: DefinitionRecord, scenario = scenarioOf(service.name)): void {
    engine.deploy(service, beginning(record, scenario));
  }
  function deployAgain(service: SandboxService): void {
    const record = findDefinition(state, service.taskDefinition);
    if (record) deploy(service, record, scenarios.get('slow'));
  }

  const run = createRunTask(state, setting, (definition: Definition) => imagesOf(definition, options.resolveImage), {
    failure: (family) => (live ? undefined : scenarioOf(family)?.task?.failure),
    begin: (task, definition) => driver?.start(task, definition, planOfScript(scenarioOf(definition.family)?.task)),
  });

  const operations = createOperations(state, setting, {
    now: () => timeline.now(),
    engine,
    views,
    pages: createPages(options.pageSize),
    live: runner !== undefined,
    scenarioOf,
    run,
    deploy: (service, record) => deploy(service, record),
    establish: (service, record) => void engine.establish(service, beginning(record, undefined)),
    deployAgain,
  });

  function advance(): void {
    timeline.advance();
    forgetTasks(state, setting.clock.now());
  }

  return {
    name: 'ecs',
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, operation]): [string, Operation] => [
        name,
        (input, caller) => {
          advance();
          // In AWS's JSON what is null is not there.
          return operation(Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null)), caller);
        },
      ]),
    ),
    useScenario(scenario, name = '*') {
      chosen.set(name, scenario);
    },
    faultFor: (operation) => faultOf(state, scenarioOf, operation, setting.clock.now()),
    urls(cluster, name) {
      const service = findService(state, cluster, name);
      return service && live ? live.urls(service) : [];
    },
    async close() {
      timeline.close();
      await live?.close();
    },
  };
}
