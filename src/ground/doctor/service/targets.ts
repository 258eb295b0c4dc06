import { lastName } from '../../../aws/arn.js';
import { isAwsFailure } from '../../../aws/failure.js';
import type { TargetGroup } from '../../../aws/reads/load-balancers.js';
import type { Balancer } from '../../../ecs/settings.js';
import type { Check } from '../check.js';
import { eachThing } from '../check.js';
import type { Finding } from '../finding.js';
import { ok, wrong } from '../finding.js';
import { door } from './doors.js';
import type { ServiceScene } from './scene.js';

/** The target groups of a service: kind, attachment, the port that is asked, and what load balancers say of the tasks. */
export const targetChecks: readonly Check<ServiceScene>[] = [
  { id: 'target-group', title: 'The target groups', run: (scene) => each(scene, group) },
  { id: 'target-group/health', title: 'The health of the targets', run: (scene) => each(scene, health) },
  { id: 'target-group/zones', title: 'The zones of the load balancer', run: (scene) => each(scene, zones) },
  { id: 'target-group/door', title: 'The security groups', run: (scene) => each(scene, door) },
];

/** Whether something of the task is known to open a port: containers of one task share an address. */
function reachable(port: number, settings: ServiceScene['settings'], task: ServiceScene['task']): boolean {
  const mapped = task.containers.flatMap(({ ports }) => ports.map(({ container }) => container));
  return mapped.includes(port) || settings.balancers.some((balancer) => balancer.port === port);
}

type Look = (group: TargetGroup, balancer: Balancer, scene: ServiceScene) => Promise<readonly Finding[]>;

/** What a Classic Load Balancer has is not looked at. */
async function each(scene: ServiceScene, look: Look): Promise<readonly Finding[]> {
  const all = scene.settings.balancers.flatMap((balancer) =>
    [balancer.targetGroup, balancer.alternate].flatMap((arn) => (arn === undefined ? [] : [{ arn, balancer }])),
  );
  return eachThing(
    all,
    ({ arn }) => ({ id: 'target-group', title: `the target group ${nameOf(arn)}` }),
    async ({ arn, balancer }) => {
      const found = await readGroup(scene, arn);
      if (found) return look(found, balancer, scene);
      if (look !== group) return [];
      return [
        wrong('target-group', `the target group ${nameOf(arn)} of the service does not exist`, {
          fix: 'Create it again, and give it to the service by loadBalancers.',
        }),
      ];
    },
  );
}

async function readGroup({ reads }: ServiceScene, arn: string): Promise<TargetGroup | undefined> {
  try {
    return await reads.targetGroup(arn);
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    throw error;
  }
}

/** `web` of `…:targetgroup/web/73e2d6bc24d8a067` */
function nameOf(arn: string): string {
  return arn.split('/').at(-2) ?? lastName(arn);
}

async function group(
  found: TargetGroup,
  balancer: Balancer,
  { task, settings, reads, region }: ServiceScene,
): Promise<readonly Finding[]> {
  const { TargetGroupName: name, TargetType: type } = found;
  const isOwnInterface = task.networkMode === 'awsvpc';
  const findings: Finding[] = [];
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
  if (isOwnInterface && type !== 'ip') {
    findings.push(
      wrong(
        'target-group/type',
        `the target group ${name} takes ${type} targets, and tasks with awsvpc are ip targets`,
        {
          fix: 'Make a target group with the target type ip: the type of one cannot be changed.',
        },
      ),
    );
  }
  if (!isOwnInterface && type === 'ip') {
    findings.push(
      wrong(
        'target-group/type',
        `the target group ${name} takes ip targets, and tasks with ${task.networkMode} are instance targets`,
        {
          fix: 'Make a target group with the target type instance, or use the network mode awsvpc.',
        },
      ),
    );
  }
  if (found.LoadBalancerArns.length === 0) {
    findings.push(
      wrong('target-group/attached', `no load balancer sends anything to the target group ${name}`, {
        fix: 'Add a listener, or a rule of one, that forwards to it: ECS waits for health that nobody checks.',
      }),
    );
  }
  const port = found.HealthCheckPort;
  if (port !== 'traffic-port' && isOwnInterface && !reachable(Number(port), settings, task)) {
    // A container may open ports that nobody maps: healthy tasks prove it.
    const targets = await reads.targetHealth(found.TargetGroupArn);
    if (!targets.some(({ TargetHealth }) => TargetHealth.State === 'healthy'))
      findings.push(wrongHealthPort(found, region));
  }
  if (findings.length > 0) return findings;
  const path = found.HealthCheckPath === undefined ? '' : `, asked at ${found.HealthCheckPath}`;
  return [
    ok('target-group', `the target group ${name} goes to port ${balancer.port ?? '?'} of ${balancer.container}${path}`),
  ];
}

function wrongHealthPort(
  { TargetGroupName: name, TargetGroupArn, HealthCheckPort: port }: TargetGroup,
  region: string,
): Finding {
  return wrong(
    'target-group/health-port',
    `the target group ${name} asks the port ${port}, which no container of the task maps`,
    {
      fix: `Set its health check port to traffic-port, or map the port ${port} in the task definition.`,
      mend: {
        in: 'aws',
        name: 'health-port',
        service: 'elbv2',
        region,
        operation: 'ModifyTargetGroup',
        input: { TargetGroupArn, HealthCheckPort: 'traffic-port' },
        ask: `Let ${name} ask for health on the port that gets the traffic`,
      },
    },
  );
}

async function health(found: TargetGroup, balancer: Balancer, scene: ServiceScene): Promise<readonly Finding[]> {
  const targets = await scene.reads.targetHealth(found.TargetGroupArn);
  const states = targets.map(({ TargetHealth }) => TargetHealth);
  const bad = states.filter(({ State }) => State === 'unhealthy');
  const good = states.filter(({ State }) => State === 'healthy');
  if (bad.length === 0 || good.length > 0) return [];
  const { Reason, Description } = bad[0] ?? {};
  const why = [Reason, Description].filter(Boolean).join(': ');
  return [
    wrong('target-group/health', `every task of ${found.TargetGroupName} is unhealthy${why ? `: ${why}` : ''}`, {
      fix: healthFix(Reason, found, balancer),
    }),
  ];
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-reason-codes */
function healthFix(reason: string | undefined, found: TargetGroup, { container, port }: Balancer): string {
  const path = found.HealthCheckPath ?? '/';
  const codes = found.Matcher?.HttpCode ?? '200';
  if (reason === 'Target.ResponseCodeMismatch')
    return `Let ${path} answer with ${codes}, or set path or matcher of the target group to what the app answers.`;
  if (reason === 'Target.Timeout')
    return `Let the security group of the tasks admit the load balancer on port ${port ?? '?'}, and let ${path} answer sooner.`;
  return `Let ${container} listen on port ${port ?? '?'} of every address (0.0.0.0), and answer at ${path} with ${codes}.`;
}

/** A load balancer reaches targets in its own zones only, unless it crosses them, which network ones must be told. */
async function zones(found: TargetGroup, _: Balancer, scene: ServiceScene): Promise<readonly Finding[]> {
  const { reads, settings } = scene;
  if (!settings.network || found.LoadBalancerArns.length === 0) return [];
  const [balancers, subnets] = await Promise.all([
    reads.loadBalancers(found.LoadBalancerArns),
    reads.subnets(settings.network.subnets),
  ]);
  const vpcs = [...new Set(subnets.map(({ vpcId }) => vpcId))];
  const strange = vpcs.filter((vpc) => found.VpcId !== undefined && vpc !== found.VpcId);
  if (strange.length > 0) {
    return [
      wrong(
        'target-group/vpc',
        `the tasks run in ${strange.join(', ')}, and the target group ${found.TargetGroupName} is of ${found.VpcId ?? ''}`,
        {
          fix: 'Use subnets and a target group of one VPC.',
        },
      ),
    ];
  }
  const served = new Set(
    balancers.flatMap(({ AvailabilityZones }) => AvailabilityZones.map(({ ZoneName }) => ZoneName)),
  );
  const missing = subnets.filter(
    ({ availabilityZone }) => availabilityZone !== undefined && !served.has(availabilityZone),
  );
  const isApplication = balancers.every(({ Type }) => Type === 'application');
  if (missing.length === 0 || served.size === 0 || !isApplication) return [];
  const names = missing.map(({ subnetId, availabilityZone }) => `${subnetId} (${availabilityZone ?? ''})`).join(', ');
  return [
    wrong(
      'target-group/zones',
      `the load balancer of ${found.TargetGroupName} is not in the zone of ${names}: a task there gets no traffic`,
      {
        fix: 'Give the load balancer a subnet in each zone of the tasks, or take these subnets from the service.',
      },
    ),
  ];
}
