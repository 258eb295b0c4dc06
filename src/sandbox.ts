/** The public door `lading/sandbox`: AWS on loopback, to rehearse a release. */
export type { Sandbox, SandboxOptions } from './sandbox/start.js';
export { startSandbox } from './sandbox/start.js';
export type {
  Scenario,
  ScenarioEvent,
  ScenarioFault,
  TaskEnd,
  TaskFate,
  TaskScript,
} from './sandbox/ecs/scenario-shape.js';
export { scenarios } from './sandbox/ecs/scenario.js';
export type { Consistency } from './sandbox/ecs/consistency/lags.js';
export type { Fault } from './sandbox/faults.js';
export type { Moto } from './sandbox/moto/start-moto.js';
export { startMoto } from './sandbox/moto/start-moto.js';
export type { JournalEntry } from './sandbox/service.js';
export type { Clock, VirtualClock } from './base/clock.js';
export { virtualClock } from './base/clock.js';
export type { GitHubOptions, GitHubSandbox } from './sandbox/github/server.js';
export { startGitHub } from './sandbox/github/server.js';
export { parseScenario } from './sandbox/ecs/parse-scenario.js';
