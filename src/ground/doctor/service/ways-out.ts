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
  if (closed.length > 0) {
    const endpoints = await reads.endpoints(vpc);
    findings.push(...closed.flatMap(({ subnet, way }) => withoutWay(scene, { subnet, way, tables, endpoints })));
  }
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
  readonly subnet: Subnet;
  readonly way: Way;
  readonly tables: readonly RouteTable[];
  readonly endpoints: readonly VpcEndpoint[];
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html */
function withoutWay(scene: ServiceScene, { subnet, way, tables, endpoints }: Closed): readonly Finding[] {
  const missing = neededServices(scene).filter((name) => {
    const there = endpoints.filter(
      ({ serviceName, state }) =>
        serviceName.endsWith(`.${name}`) && !/^(deleting|deleted|failed|rejected)$/i.test(state ?? ''),
    );
    const table = tableOf(subnet, tables)?.routeTableId ?? '';
    return !there.some((one) => one.vpcEndpointType !== 'Gateway' || one.routeTableIdSet.includes(table));
  });
  const abroad = scene.task.containers.filter(({ image }) => !ecrPlace(image, scene));
  if (missing.length === 0 && abroad.length === 0) return [];
  const { subnetId } = subnet;
  const lacks = missing.length > 0 ? `, and no VPC endpoint for ${missing.join(', ')}` : '';
  if (way === 'private-in-public') {
    const fix = 'Let tasks have a public address (assignPublicIp ENABLED), or use subnets behind a NAT gateway.';
    return [
      wrong(
        'network/public-ip',
        `tasks in the public subnet ${subnetId} get no public address, so they have no way out${lacks}`,
        { fix },
      ),
    ];
  }
  const images = abroad.length > 0 ? `: ${abroad[0]?.image ?? ''} is on the internet` : '';
  const fix =
    abroad.length > 0
      ? 'Lead the subnet to a NAT gateway, or copy the image to ECR and add VPC endpoints.'
      : `Lead the subnet to a NAT gateway, or add VPC endpoints for ${missing.join(', ')}.`;
  return [wrong('network/no-way-out', `tasks in ${subnetId} have no way out${lacks}${images}`, { fix })];
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
