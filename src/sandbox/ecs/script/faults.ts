import { AwsFault } from '../../service.js';
import type { Scenario, ScenarioFault } from '../scenario-shape.js';
import type { SandboxService } from '../state/records.js';
import type { EcsState } from '../state/state.js';

/** What the scenario of some service has against this operation at this time. */
export function faultOf(
  state: EcsState,
  scenarioOf: (service: string) => Scenario | undefined,
  operation: string,
  now: number,
): AwsFault | undefined {
  for (const service of state.services.values()) {
    const [newest, ...before] = service.rollouts;
    if (!newest) continue;
    // The deployment with which the service began follows no script.
    const faults = before.length === 0 ? beforehand(service, scenarioOf(service.name)) : afterwards(newest.scenario);
    const found = faults.find((fault) => isDue(fault, operation, (now - newest.createdAt) / 1000));
    if (found) return new AwsFault(found.type, found.message ?? found.type, found.status);
  }
  return undefined;
}

function beforehand(service: SandboxService, scenario: Scenario | undefined): readonly ScenarioFault[] {
  return service.status === 'ACTIVE' ? (scenario?.faults ?? []).filter((fault) => fault.before) : [];
}

function afterwards(scenario: Scenario | undefined): readonly ScenarioFault[] {
  return (scenario?.faults ?? []).filter((fault) => !fault.before);
}

function isDue(fault: ScenarioFault, operation: string, seconds: number): boolean {
  const named = fault.operations.includes(operation) || fault.operations.includes('*');
  return named && seconds >= (fault.from ?? 0) && seconds < fault.until;
}
