import type { Variables } from '../../terraform/variables.js';

/**
 * List prices of us-east-1 in USD, November 2026; other regions are up to half as much dearer.
 * https://aws.amazon.com/fargate/pricing/ https://aws.amazon.com/elasticloadbalancing/pricing/ https://aws.amazon.com/vpc/pricing/
 */
const HOUR = { vcpu: 0.04048, gigabyte: 0.004445, balancer: 0.0225, address: 0.005, gateway: 0.045 } as const;
const HOURS = 730;
const ARM = 0.8;
const ZONES = 2;

/** What the service stack costs a month at least, with what it is made of: requests, traffic and logs come on top. */
export function monthlyCost(variables: Variables): string {
  const number = (name: string, otherwise: number) =>
    typeof variables[name] === 'number' ? variables[name] : otherwise;
  const tasks = number('min_tasks', 1);
  const [cpu, memory] = [number('cpu', 256), number('memory', 512)];
  const isPrivate = Array.isArray(variables.private_subnet_ids) && variables.private_subnet_ids.length > 0;
  const rate = variables.architecture === 'ARM64' ? ARM : 1;
  const task = ((cpu / 1024) * HOUR.vcpu + (memory / 1024) * HOUR.gigabyte) * rate;
  const addresses = ZONES + (isPrivate ? 0 : tasks);
  const parts = [
    ['load balancer', HOUR.balancer],
    [`${tasks} ${tasks === 1 ? 'task' : 'tasks'}`, tasks * task],
    [`${addresses} public addresses`, addresses * HOUR.address],
  ] as const;
  const total = parts.reduce((sum, [, price]) => sum + price, 0);
  const list = parts.map(([what, price]) => `${what} ${dollars(price)}`).join(', ');
  const gateway = isPrivate
    ? ` A NAT gateway, where the subnets have one: ${dollars(HOUR.gateway)} a zone, and traffic.`
    : '';
  return `about ${dollars(total)} USD a month at the prices of us-east-1: ${list}.${gateway}`;
}

function dollars(hourly: number): string {
  return String(Math.round(hourly * HOURS));
}
