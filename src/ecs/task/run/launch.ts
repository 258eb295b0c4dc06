import type { InputIssue } from '../../../base/errors.js';
import type { Service, TaskDefinition } from '../../shapes.js';

/** Where and how a task is to run, as far as it is said; the service says the rest. */
export interface LaunchRequest {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: boolean | undefined;
  readonly launchType: 'FARGATE' | 'EC2' | 'EXTERNAL' | undefined;
}

export const asTheService: LaunchRequest = {
  subnets: [],
  securityGroups: [],
  assignPublicIp: undefined,
  launchType: undefined,
};

export interface Launch {
  /** Fields of RunTask. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
  readonly input: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
  readonly issues: readonly InputIssue[];
}

/** Pure. Network, launch type or capacity providers, platform and placement of the service, under what was asked for. */
export function planLaunch(asked: LaunchRequest, service: Service | undefined, definition: TaskDefinition): Launch {
  const place = placeOf(asked, service, definition);
  const onFargate = place.launchType === 'FARGATE' || place.providers.some((name) => /^FARGATE/.test(name));
  const network = networkOf(asked, service, definition);
  const spot = place.providers.filter((name) => /SPOT/.test(name));
  return {
    input: {
      ...(place.launchType !== undefined && { launchType: place.launchType }),
      ...(place.strategy && { capacityProviderStrategy: place.strategy }),
      ...(onFargate && service?.platformVersion && { platformVersion: service.platformVersion }),
      ...(!onFargate && placementOf(service)),
      ...(network.awsvpc && { networkConfiguration: { awsvpcConfiguration: network.awsvpc } }),
    },
    notes:
      spot.length > 0
        ? [`The service runs on ${spot.join(', ')}: AWS may take the task back in the middle of its work.`]
        : [],
    issues: network.issues,
  };
}

interface ChosenPlace {
  readonly launchType: string | undefined;
  readonly strategy: Service['capacityProviderStrategy'] | undefined;
  readonly providers: readonly string[];
}

/** One of the two, never both; neither is the default of the cluster. */
function placeOf(asked: LaunchRequest, service: Service | undefined, definition: TaskDefinition): ChosenPlace {
  const strategy = service?.capacityProviderStrategy ?? [];
  if (asked.launchType === undefined && strategy.length > 0) {
    return { launchType: undefined, strategy, providers: strategy.map(({ capacityProvider }) => capacityProvider) };
  }
  const needs = definition.requiresCompatibilities ?? [];
  // Without a word ECS would look for an instance, which such a definition cannot run on.
  const only = needs.length === 1 && needs[0] === 'FARGATE' ? 'FARGATE' : undefined;
  return { launchType: asked.launchType ?? service?.launchType ?? only, strategy: undefined, providers: [] };
}

/** Constraints say which instances will do; that each task wants its own says nothing of one task. */
function placementOf(service: Service | undefined): Readonly<Record<string, unknown>> {
  const constraints = (service?.placementConstraints ?? []).filter(({ type }) => type === 'memberOf');
  const strategy = service?.placementStrategy ?? [];
  return {
    ...(constraints.length > 0 && { placementConstraints: constraints }),
    ...(strategy.length > 0 && { placementStrategy: strategy }),
  };
}

function networkOf(
  { subnets, securityGroups, assignPublicIp }: LaunchRequest,
  service: Service | undefined,
  { networkMode }: TaskDefinition,
): { readonly awsvpc?: Readonly<Record<string, unknown>>; readonly issues: readonly InputIssue[] } {
  const said = subnets.length > 0 || securityGroups.length > 0 || assignPublicIp !== undefined;
  if (networkMode !== 'awsvpc') {
    const message = `the task shares the network of its instance (${networkMode ?? 'bridge'})`;
    return { issues: said ? [{ where: '--subnet', message, hint: 'Leave subnets and security groups away.' }] : [] };
  }
  const own = service?.networkConfiguration?.awsvpcConfiguration;
  if (subnets.length === 0 && (own?.subnets ?? []).length === 0) {
    const message = 'it is not known which network the task has (awsvpc)';
    const hint = 'Name the service whose network it takes with --service, or give --subnet.';
    return { issues: [{ where: '--subnet', message, hint }] };
  }
  return {
    awsvpc: {
      ...own,
      ...(subnets.length > 0 && { subnets }),
      ...(securityGroups.length > 0 && { securityGroups }),
      ...(assignPublicIp !== undefined && { assignPublicIp: assignPublicIp ? 'ENABLED' : 'DISABLED' }),
    },
    issues: [],
  };
}
