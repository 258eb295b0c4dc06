import type { Input, Rollout, SandboxService } from '../state/records.js';
import { listOf } from '../state/state.js';
import { inFlight } from './works.js';

/** Container instances of a cluster, for services that run one task on each. */
export const INSTANCES = 2;

/** A service's deployment configuration with ECS's defaults. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export function configurationOf(input: Input): Input {
  const daemon = input.schedulingStrategy === 'DAEMON';
  const asked = input.deploymentConfiguration as Input | undefined;
  return {
    strategy: 'ROLLING',
    maximumPercent: daemon ? 100 : 200,
    minimumHealthyPercent: daemon ? 0 : 100,
    bakeTimeInMinutes: 0,
    deploymentCircuitBreaker: { enable: false, rollback: false },
    ...asked,
  };
}

/** Of the deployment in flight, or of the service. */
export function currentConfiguration(service: SandboxService): Input {
  return inFlight(service)?.configuration ?? configurationOf(service.input);
}

/** How many tasks must be healthy, and how many there may be. */
export function limitsOf(service: SandboxService): { readonly least: number; readonly most: number } {
  const { minimumHealthyPercent, maximumPercent } = currentConfiguration(service);
  return {
    least: Math.ceil((service.desiredCount * Number(minimumHealthyPercent)) / 100),
    most: Math.floor((service.desiredCount * Number(maximumPercent)) / 100),
  };
}

interface Breaker {
  readonly enable: boolean;
  readonly rollback: boolean;
  readonly resetOnHealthyTask?: boolean;
  readonly thresholdConfiguration?: { readonly type: string; readonly value: number };
}

export function breakerOf(configuration: Input): Breaker {
  return configuration.deploymentCircuitBreaker as Breaker;
}

/** Failures that are one too many, by the desired count as it now is. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
export function thresholdOf(breaker: Breaker, desiredCount: number): number {
  const { type, value } = breaker.thresholdConfiguration ?? { type: 'BOUNDED_PERCENT', value: 50 };
  if (type === 'COUNT') return Math.max(1, value);
  const share = Math.ceil((value / 100) * desiredCount);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(Math.max(share, 3), 200);
}

export interface Alarms {
  readonly alarmNames: readonly string[];
  readonly enable: boolean;
  readonly rollback: boolean;
}

export function alarmsOf(configuration: Input): Alarms {
  return { alarmNames: [], enable: false, rollback: false, ...(configuration.alarms as Partial<Alarms> | undefined) };
}

export interface Hook {
  readonly targetType?: 'AWS_LAMBDA' | 'PAUSE';
  readonly hookTargetArn?: string;
  readonly lifecycleStages?: readonly string[];
  readonly timeoutConfiguration?: { readonly timeoutInMinutes?: number; readonly action?: 'ROLLBACK' | 'CONTINUE' };
}

export function hooksOf(configuration: Input, stage: string): readonly Hook[] {
  return (listOf(configuration.lifecycleHooks) as Hook[]).filter((hook) => hook.lifecycleStages?.includes(stage));
}

/** Where the targets of a service are registered. */
export function targetGroupsOf(service: SandboxService): readonly string[] {
  return (listOf(service.input.loadBalancers) as Input[]).flatMap(({ targetGroupArn }) =>
    typeof targetGroupArn === 'string' ? targetGroupArn : [],
  );
}

/** As many as are to be healthy before a deployment counts as done. */
export function enoughOf(
  rollout: Rollout,
  desiredCount: number,
): { readonly healthy: number; readonly deferred: boolean } {
  const early = rollout.configuration.earlySuccessCriteria as
    | { readonly enable: boolean; readonly healthyPercent?: number; readonly sourceServiceRevisionCleanup?: string }
    | undefined;
  if (!early?.enable) return { healthy: desiredCount, deferred: false };
  return {
    healthy: Math.ceil((desiredCount * (early.healthyPercent ?? 100)) / 100),
    deferred: early.sourceServiceRevisionCleanup === 'DEFERRED',
  };
}
