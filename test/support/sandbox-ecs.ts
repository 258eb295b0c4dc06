import type { VirtualClock } from '../../src/base/clock.js';
import { virtualClock } from '../../src/base/clock.js';
import type { EcsOptions } from '../../src/sandbox/ecs/ecs.js';
import { createEcs } from '../../src/sandbox/ecs/ecs.js';
import type { Scenario } from '../../src/sandbox/ecs/scenario-shape.js';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import { createLogs } from '../../src/sandbox/logs.js';
import { AwsFault } from '../../src/sandbox/service.js';

type Input = Readonly<Record<string, unknown>>;

export interface ShownService {
  readonly status: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly taskDefinition: string;
  readonly currentServiceDeployment?: string;
  readonly deployments: readonly {
    readonly id: string;
    readonly status: string;
    readonly taskDefinition: string;
    readonly runningCount: number;
    readonly pendingCount: number;
    readonly failedTasks: number;
    readonly rolloutState: string;
    readonly rolloutStateReason: string;
  }[];
  readonly events: readonly { readonly createdAt: number; readonly message: string }[];
}

export interface ShownDeployment {
  readonly status: string;
  readonly statusReason?: string;
  readonly lifecycleStage?: string;
  readonly deploymentCircuitBreaker: {
    readonly status: string;
    readonly failureCount: number;
    readonly threshold: number;
  };
  readonly sourceServiceRevisions: readonly unknown[];
  readonly targetServiceRevision: { readonly requestedProductionTrafficWeight?: number };
  readonly lifecycleHookDetails?: readonly { readonly hookId: string; readonly status: string }[];
  readonly rollback?: { readonly reason: string };
}

export interface EcsUnderTest {
  readonly clock: VirtualClock;
  readonly useScenario: (scenario: Scenario) => void;
  /** What a scenario has against an operation now. */
  readonly fault: (operation: string) => AwsFault | undefined;
  call<Output>(operation: string, input?: Input): Output;
  /** `Type: message` of a refusal, or `answered`. */
  refusal(operation: string, input?: Input): string;
  /** Seconds pass. */
  pass(seconds: number): void;
  service(): ShownService;
  /** UpdateService, and the ARN of the deployment that it began. */
  deploy(input?: Input): string;
  rollout(arn: string): ShownDeployment;
}

export const definition = {
  family: 'web',
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'web', image: 'web:v1', portMappings: [{ containerPort: 3000 }] }],
};

export const placed = {
  serviceName: 'web',
  taskDefinition: 'web:1',
  launchType: 'FARGATE',
  desiredCount: 1,
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
};

/** An emulated ECS by a virtual clock, with two revisions of `web` and a service that runs the first. */
export function openEcs(
  options: Partial<EcsOptions> & {
    readonly scenario?: string | Partial<Scenario>;
    readonly service?: Input;
  } = {},
): EcsUnderTest {
  const { scenario, service, ...more } = options;
  const clock = virtualClock();
  const world = { clock, region: 'eu-central-1', accountId: '123456789012' };
  const ecs = createEcs(world, { logs: createLogs(world), resolveImage: () => undefined, ...more });
  const call = <Output>(operation: string, input: Input = {}): Output => {
    const found = ecs.operations[operation];
    if (!found) throw new Error(`there is no ${operation}`);
    return found(input) as Output;
  };
  const script = typeof scenario === 'string' ? scenarios.get(scenario) : scenario;
  if (typeof scenario === 'string' && !script) throw new Error(`there is no scenario ${scenario}`);
  if (script) ecs.useScenario({ name: 'test', claims: '', events: [], ...script });
  call('RegisterTaskDefinition', definition);
  call('RegisterTaskDefinition', definition);
  call('CreateService', { ...placed, ...service });
  return {
    clock,
    useScenario: (chosen) => ecs.useScenario(chosen),
    fault: (operation) => ecs.faultFor(operation),
    call,
    refusal(operation, input) {
      try {
        call(operation, input);
        return 'answered';
      } catch (error) {
        if (error instanceof AwsFault) return `${error.type}: ${error.message}`;
        throw error;
      }
    },
    pass: (seconds) => clock.advance(seconds * 1000),
    service: () =>
      call<{ services: ShownService[] }>('DescribeServices', { services: ['web'] }).services[0] as ShownService,
    deploy(input = { taskDefinition: 'web:2' }) {
      const answer = call<{ service: ShownService }>('UpdateService', { service: 'web', ...input });
      return answer.service.currentServiceDeployment ?? '';
    },
    rollout(arn) {
      const answer = call<{ serviceDeployments: ShownDeployment[] }>('DescribeServiceDeployments', {
        serviceDeploymentArns: [arn],
      });
      if (!answer.serviceDeployments[0]) throw new Error('the deployment is missing');
      return answer.serviceDeployments[0];
    },
  };
}
