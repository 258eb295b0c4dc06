import { isAwsFailure } from '../../../aws/failure.js';
import type { Route, RouteTable, Subnet, VpcEndpoint } from '../../../aws/reads/network.js';
import type { Check } from '../check.js';
import type { Finding } from '../finding.js';
import { ok, unknown, wrong } from '../finding.js';
import { ecrPlace } from './image-place.js';
import type { ServiceScene } from './scene.js';

/** The subnets and security groups of tasks: that they are there, and lead to where images and logs are. */
export const networkChecks: readonly Check<ServiceScene>[] = [
  { id: 'network', title: 'The subnets’ way out', run: waysOut },
  { id: 'network/security-groups', title: 'The security groups of the tasks', run: securityGroups },
];

async function waysOut(scene: ServiceScene): Promise<readonly Finding[]> {
  const { settings, reads } = scene;
  if (!settings.network) return [];
  const subnets = await reads.subnets(settings.network.subnets).catch((error: unknown) => {
    if (!isAwsFailure(error, 'not-found')) throw error;
    return error;
  });
  if (subnets instanceof Error) {
    return [
      wrong('network/subnets', `a subnet of the service does not exist: ${subnets.message}`, {
        fix: 'Give the service subnets that are there, by networkConfiguration.',
      }),
    ];
  }
  const full = subnets.filter(({ availableIpAddressCount }) => availableIpAddressCount === 0);
  const findings: Finding[] = full.map(({ subnetId }) =>
    wrong('network/addresses', `the subnet ${subnetId} has no address left: no task starts in it`, {
      fix: 'Give the service a further subnet, or free addresses.',
    }),
  );
  // Elsewhere the instance pulls the image and sends the logs.
  if (settings.launch !== 'FARGATE') return findings;
  const [vpc] = subnets.map(({ vpcId }) => vpcId);
  if (vpc === undefined) return findings;
  const tables = await reads.routeTables(vpc);
  const open = subnets.map((subnet) => ({ subnet, way: wayOf(subnet, tables, settings.network?.publicIp ?? false) }));
  const closed = open.filter(({ way }) => way === 'none' || way === 'private-in-public');
  if (closed.length > 0) findings.push(...withoutWay(scene, { closed, tables, endpoints: await reads.endpoints(vpc) }));
  for (const { subnet, way } of open) {
    if (way === 'other')
      findings.push(
        unknown('network', `whether tasks in ${subnet.subnetId} reach their image: it leads to other networks`),
      );
  }
  if (findings.length > 0) return findings;
  const ways = [...new Set(open.map(({ way }) => words[way] ?? way))].join(' and ');
  return [ok('network', `tasks reach their image and their logs by ${closed.length > 0 ? 'VPC endpoints' : ways}`)];
}

type Way = 'public' | 'nat' | 'hub' | 'private-in-public' | 'other' | 'none';

const words: Partial<Record<Way, string>> = {
  public: 'public addresses',
  nat: 'a NAT gateway',
  hub: 'the network that their subnets lead to',
};

/** How a task without endpoints gets out of a subnet. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html */
export function wayOf(subnet: Subnet, tables: readonly RouteTable[], publicIp: boolean): Way {
  const routes = tableOf(subnet, tables)?.routeSet.filter(({ state }) => state !== 'blackhole') ?? [];
  const out = routes.find(({ destinationCidrBlock }) => destinationCidrBlock === '0.0.0.0/0');
  if (out) {
    if (out.gatewayId?.startsWith('igw-')) return publicIp ? 'public' : 'private-in-public';
    return out.natGatewayId ? 'nat' : 'hub';
  }
  const isElsewhere = ({ destinationCidrBlock, destinationIpv6CidrBlock, destinationPrefixListId, gatewayId }: Route) =>
    gatewayId !== 'local' &&
    !gatewayId?.startsWith('vpce-') &&
    (destinationCidrBlock ?? destinationIpv6CidrBlock ?? destinationPrefixListId) !== undefined;
  return routes.some(isElsewhere) ? 'other' : 'none';
}

function tableOf({ subnetId }: Subnet, tables: readonly RouteTable[]): RouteTable | undefined {
  const named = tables.find(({ associationSet }) => associationSet.some((one) => one.subnetId === subnetId));
  return named ?? tables.find(({ associationSet }) => associationSet.some(({ main }) => main));
}

interface Closed {
  readonly closed: readonly { readonly subnet: Subnet; readonly way: Way }[];
  readonly tables: readonly RouteTable[];
  readonly endpoints: readonly VpcEndpoint[];
}

/** Subnets that lack the same are told together. https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html */
function withoutWay(scene: ServiceScene, { closed, tables, endpoints }: Closed): readonly Finding[] {
  const needed = neededServices(scene);
  const isAbroad = scene.task.containers.some(({ image }) => !ecrPlace(image, scene));
  const groups = new Map<string, { way: Way; missing: readonly string[]; subnets: string[] }>();
  for (const { subnet, way } of closed) {
    const table = tableOf(subnet, tables)?.routeTableId ?? '';
    const missing = needed.filter((name) => !endpoints.some((one) => serves(one, name, table)));
    if (missing.length === 0 && !isAbroad) continue;
    const key = `${way} ${missing.join()}`;
    const group = groups.get(key) ?? { way, missing, subnets: [] };
    group.subnets.push(subnet.subnetId);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => noWay(scene, group));
}

function serves(
  { serviceName, state, vpcEndpointType, routeTableIdSet }: VpcEndpoint,
  name: string,
  table: string,
): boolean {
  if (!serviceName.endsWith(`.${name}`) || /^(deleting|deleted|failed|rejected)$/i.test(state ?? '')) return false;
  return vpcEndpointType !== 'Gateway' || routeTableIdSet.includes(table);
}

function noWay(
  scene: ServiceScene,
  {
    way,
    missing,
    subnets,
  }: { readonly way: Way; readonly missing: readonly string[]; readonly subnets: readonly string[] },
): Finding {
  const abroad = scene.task.containers.find(({ image }) => !ecrPlace(image, scene))?.image;
  const names = subnets.join(', ');
  const lacks = missing.length > 0 ? `, and no VPC endpoint for ${missing.join(', ')}` : '';
  if (way === 'private-in-public') {
    const what = `tasks in the public subnets ${names} get no public address, so they have no way out${lacks}`;
    const fix = 'Let tasks have a public address (assignPublicIp ENABLED), or use subnets behind a NAT gateway.';
    return wrong('network/public-ip', what, { fix });
  }
  const fix =
    abroad === undefined
      ? `Lead the subnets to a NAT gateway, or add VPC endpoints for ${missing.join(', ')}.`
      : 'Lead the subnets to a NAT gateway, or copy the image to ECR and add VPC endpoints.';
  const image = abroad === undefined ? '' : `: ${abroad} is on the internet`;
  return wrong('network/no-way-out', `tasks in ${names} have no way out${lacks}${image}`, { fix });
}

function neededServices(scene: ServiceScene): readonly string[] {
  const { containers } = scene.task;
  const needs = new Set<string>();
  if (containers.some(({ image }) => ecrPlace(image, scene)))
    ['ecr.api', 'ecr.dkr', 's3'].forEach((name) => needs.add(name));
  for (const { log, secrets } of containers) {
    if (log?.driver === 'awslogs') needs.add('logs');
    for (const { valueFrom } of secrets) needs.add(valueFrom.includes(':secretsmanager:') ? 'secretsmanager' : 'ssm');
  }
  return [...needs];
}

async function securityGroups({ settings, reads }: ServiceScene): Promise<readonly Finding[]> {
  const ids = settings.network?.securityGroups ?? [];
  if (ids.length === 0) return [];
  const groups = await reads.securityGroups(ids).catch((error: unknown) => {
    if (!isAwsFailure(error, 'not-found')) throw error;
    return error;
  });
  if (groups instanceof Error) {
    return [
      wrong('network/security-groups', `a security group of the service does not exist: ${groups.message}`, {
        fix: 'Give the service security groups that are there, by networkConfiguration.',
      }),
    ];
  }
  if (settings.launch !== 'FARGATE') return [];
  const isOpen = groups.some(({ ipPermissionsEgress }) =>
    ipPermissionsEgress.some(
      ({ ipProtocol, fromPort, toPort }) =>
        ipProtocol === '-1' || (ipProtocol !== 'udp' && (fromPort ?? 0) <= 443 && 443 <= (toPort ?? 65_535)),
    ),
  );
  if (isOpen) return [];
  return [
    wrong('network/egress', `the security groups of the tasks let nothing out on port 443: ${ids.join(', ')}`, {
      fix: 'Add an egress rule for port 443: images, logs and secrets come and go by it.',
    }),
  ];
}
