import { apiScenarios } from './scenarios/api.js';
import { endingScenarios } from './scenarios/endings.js';
import { rolloutScenarios } from './scenarios/rollouts.js';
import { oneOffScenarios } from './scenarios/one-off.js';
import { passingScenarios } from './scenarios/passing.js';
import { taskScenarios } from './scenarios/tasks.js';
import type { Scenario } from './scenario-shape.js';

/** The scenarios that the sandbox knows by name. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map(
  [
    ...rolloutScenarios,
    ...endingScenarios,
    ...taskScenarios,
    ...passingScenarios,
    ...oneOffScenarios,
    ...apiScenarios,
  ].map((scenario) => [scenario.name, scenario]),
);
