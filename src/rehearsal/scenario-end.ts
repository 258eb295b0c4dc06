import { virtualClock } from '../base/clock.js';
import { createEcs } from '../sandbox/ecs/ecs.js';
import type { Scenario } from '../sandbox/ecs/scenario-shape.js';
import { createLogs } from '../sandbox/logs.js';

const WATCHED_S = 900;

interface Deployment {
  readonly serviceDeploymentArn: string;
  readonly status: string;
  readonly finishedAt?: number;
  readonly lifecycleHookDetails?: readonly { readonly status: string }[];
}

/** How a deployment of one task ends that follows a scenario, and after how many seconds: it is played, by a clock of its own. */
export function endOfScenario(scenario: Scenario): string {
  const clock = virtualClock();
  const world = { clock, region: 'eu-central-1', accountId: '123456789012' };
  const ecs = createEcs(world, { logs: createLogs(world), resolveImage: () => undefined });
  const call = (operation: string, input: Readonly<Record<string, unknown>>) => ecs.operations[operation]?.(input);
  call('RegisterTaskDefinition', { family: 'web', containerDefinitions: [{ name: 'web', image: 'web', memory: 64 }] });
  ecs.useScenario(scenario);
  call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 1 });
  const { service } = call('UpdateService', { service: 'web', forceNewDeployment: true }) as {
    service: { currentServiceDeployment: string };
  };
  const serviceDeploymentArns = [service.currentServiceDeployment];
  for (let seconds = 1; seconds <= WATCHED_S; seconds++) {
    clock.advance(1000);
    const found = call('DescribeServiceDeployments', { serviceDeploymentArns }) as {
      serviceDeployments: readonly Deployment[];
    };
    const [deployment] = found.serviceDeployments;
    if (deployment?.finishedAt !== undefined) return `${deployment.status} after ${seconds} s`;
  }
  return `no end in ${WATCHED_S / 60} minutes`;
}
