import type { TargetGroup } from '../../../aws/reads/load-balancers.js';
import type { Balancer } from '../../../ecs/settings.js';
import type { Finding } from '../finding.js';
import { wrong } from '../finding.js';
import type { ServiceScene } from './scene.js';

/** The load balancer must be admitted to the port of the task. */
export async function door(found: TargetGroup, balancer: Balancer, scene: ServiceScene): Promise<readonly Finding[]> {
  const { reads, settings, task } = scene;
  const { port } = balancer;
  if (!settings.network || task.networkMode !== 'awsvpc' || port === undefined || found.LoadBalancerArns.length === 0)
    return [];
  if (settings.network.securityGroups.length === 0) return [];
  const balancers = await reads.loadBalancers(found.LoadBalancerArns);
  // Network load balancers without groups of their own come with the addresses of clients: nobody knows those.
  const groups = [...new Set(balancers.flatMap(({ SecurityGroups }) => SecurityGroups))];
  if (groups.length === 0) return [];
  const ours = await reads.securityGroups(settings.network.securityGroups);
  if (ours.some(({ ipPermissions }) => ipPermissions.some((rule) => admits(rule, port, groups)))) return [];
  return [
    wrong('target-group/door', `the security groups of the tasks do not admit the load balancer on port ${port}`, {
      fix: `Add an ingress rule for port ${port} from ${groups.join(', ')} to ${settings.network.securityGroups.join(', ')}.`,
    }),
  ];
}

type Rule = Awaited<ReturnType<ServiceScene['reads']['securityGroups']>>[number]['ipPermissions'][number];

/** A rule by addresses may mean the load balancer's: only one by groups is known to be for others. */
function admits(rule: Rule, port: number, groups: readonly string[]): boolean {
  const isPort = rule.ipProtocol === '-1' || ((rule.fromPort ?? 0) <= port && port <= (rule.toPort ?? 65_535));
  if (!isPort) return false;
  const byAddress = rule.ipRanges.length + rule.ipv6Ranges.length + rule.prefixListIds.length > 0;
  return byAddress || rule.groups.some(({ groupId }) => groupId !== undefined && groups.includes(groupId));
}
