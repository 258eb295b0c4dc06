import * as v from 'valibot';
import { parseShape } from '../base/json.js';
import type { Service } from './shapes.js';

const text = v.nullish(v.string());
const count = v.nullish(v.number());

const balancer = v.looseObject({
  targetGroupArn: text,
  loadBalancerName: text,
  containerName: text,
  containerPort: count,
  advancedConfiguration: v.nullish(v.looseObject({ alternateTargetGroupArn: text })),
});

const serviceShape = v.looseObject({
  launchType: text,
  capacityProviderStrategy: v.nullish(
    v.array(v.looseObject({ capacityProvider: v.string(), weight: count, base: count })),
  ),
  networkConfiguration: v.nullish(
    v.looseObject({
      awsvpcConfiguration: v.nullish(
        v.looseObject({
          subnets: v.nullish(v.array(v.string())),
          securityGroups: v.nullish(v.array(v.string())),
          assignPublicIp: text,
        }),
      ),
    }),
  ),
  loadBalancers: v.nullish(v.array(balancer)),
  healthCheckGracePeriodSeconds: count,
  deploymentConfiguration: v.nullish(
    v.looseObject({
      strategy: text,
      minimumHealthyPercent: count,
      maximumPercent: count,
      bakeTimeInMinutes: count,
      linearConfiguration: v.nullish(v.looseObject({ stepPercent: count, stepBakeTimeInMinutes: count })),
      canaryConfiguration: v.nullish(v.looseObject({ canaryPercent: count, canaryBakeTimeInMinutes: count })),
    }),
  ),
});

export interface Balancer {
  readonly targetGroup: string | undefined;
  /** The second one of a blue/green service. */
  readonly alternate: string | undefined;
  /** Of a Classic Load Balancer. */
  readonly classic: string | undefined;
  readonly container: string;
  readonly port: number | undefined;
}

/** What a service was told, with ECS's defaults where it was told nothing. */
export interface ServiceSettings {
  /** EXTERNAL are instances of one's own. */
  readonly launch: 'FARGATE' | 'EC2' | 'EXTERNAL';
  readonly daemon: boolean;
  readonly controller: string;
  readonly strategy: string;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** Undefined for strategies that do not bake. */
  readonly bakeMinutes: number | undefined;
  /** Shares of the traffic that move one after the other, with the minutes between them; only of LINEAR and CANARY. */
  readonly shift: { readonly steps: number; readonly minutes: number } | undefined;
  readonly breaker: { readonly enabled: boolean; readonly rollback: boolean };
  /** Undefined when no load balancer is asked. */
  readonly graceSeconds: number | undefined;
  readonly balancers: readonly Balancer[];
  /** Undefined when tasks have no network interface of their own. */
  readonly network:
    | { readonly subnets: readonly string[]; readonly securityGroups: readonly string[]; readonly publicIp: boolean }
    | undefined;
}

export function readServiceSettings(service: Service): ServiceSettings {
  const told = parseShape(serviceShape, service, 'the service');
  const configuration = told.deploymentConfiguration;
  const breaker = service.deploymentConfiguration?.deploymentCircuitBreaker;
  const daemon = service.schedulingStrategy === 'DAEMON';
  const strategy = configuration?.strategy ?? 'ROLLING';
  const network = told.networkConfiguration?.awsvpcConfiguration;
  const balancers = (told.loadBalancers ?? []).map((one): Balancer => ({
    targetGroup: one.targetGroupArn ?? undefined,
    alternate: one.advancedConfiguration?.alternateTargetGroupArn ?? undefined,
    classic: one.loadBalancerName ?? undefined,
    container: one.containerName ?? '',
    port: one.containerPort ?? undefined,
  }));
  return {
    launch: launchOf(told),
    daemon,
    controller: service.deploymentController?.type ?? 'ECS',
    strategy,
    minimumHealthyPercent: configuration?.minimumHealthyPercent ?? (daemon ? 0 : 100),
    maximumPercent: configuration?.maximumPercent ?? (daemon ? 100 : 200),
    bakeMinutes: strategy === 'ROLLING' ? undefined : (configuration?.bakeTimeInMinutes ?? 0),
    shift: shiftOf(configuration),
    breaker: { enabled: breaker?.enable ?? false, rollback: breaker?.rollback ?? false },
    graceSeconds: balancers.length === 0 ? undefined : (told.healthCheckGracePeriodSeconds ?? 0),
    balancers,
    network: network
      ? {
          subnets: network.subnets ?? [],
          securityGroups: network.securityGroups ?? [],
          publicIp: network.assignPublicIp === 'ENABLED',
        }
      : undefined,
  };
}

function launchOf(told: v.InferOutput<typeof serviceShape>): ServiceSettings['launch'] {
  const providers = told.capacityProviderStrategy ?? [];
  if (providers.length > 0)
    return providers.some(({ capacityProvider }) => /^FARGATE(_SPOT)?$/.test(capacityProvider)) ? 'FARGATE' : 'EC2';
  if (told.launchType === 'FARGATE' || told.launchType === 'EXTERNAL') return told.launchType;
  return 'EC2';
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
function shiftOf(
  configuration: v.InferOutput<typeof serviceShape>['deploymentConfiguration'],
): ServiceSettings['shift'] {
  if (configuration?.strategy === 'LINEAR') {
    const { stepPercent, stepBakeTimeInMinutes } = configuration.linearConfiguration ?? {};
    return { steps: Math.ceil(100 / (stepPercent ?? 10)) - 1, minutes: stepBakeTimeInMinutes ?? 6 };
  }
  if (configuration?.strategy === 'CANARY')
    return { steps: 1, minutes: configuration.canaryConfiguration?.canaryBakeTimeInMinutes ?? 10 };
  return undefined;
}
