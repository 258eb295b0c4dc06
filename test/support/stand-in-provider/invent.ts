import type { AttributeFacts, Type } from './facts.js';
import type { Values } from './values.js';

const ACCOUNT = '123456789012';

export interface Place {
  readonly region: string;
  /** Revision of a task definition that is made now. */
  readonly revision: number;
}

function arnOf(type: string, value: Values, { region, revision }: Place): string {
  const name = String(value.name ?? value.family ?? type);
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
  switch (type) {
    case 'aws_iam_role':
      return `arn:aws:iam::${ACCOUNT}:role/${name}`;
    case 'aws_ecr_repository':
      return arn('ecr', `repository/${name}`);
    case 'aws_ecs_cluster':
      return arn('ecs', `cluster/${name}`);
    case 'aws_ecs_service':
      return arn('ecs', `service/${String(value.cluster).replace(/^.*\//, '')}/${name}`);
    case 'aws_ecs_task_definition':
      return arn('ecs', `task-definition/${name}:${revision}`);
    case 'aws_lb':
      return arn('elasticloadbalancing', `loadbalancer/app/${name}/50dc6c495c0c9188`);
    case 'aws_lb_target_group':
      return arn('elasticloadbalancing', `targetgroup/${name}/73e2d6bc24d8a067`);
    case 'aws_cloudwatch_log_group':
      return arn('logs', `log-group:${name}`);
    default:
      return arn(type.replace('aws_', ''), name);
  }
}

function empty(type: Type): unknown {
  if (type === 'number') return 1;
  if (type === 'bool') return false;
  if (type === 'string') return 'invented';
  return type[0] === 'map' ? {} : [];
}

/** What AWS would have answered for an attribute that nobody set. */
export function invent(
  type: string,
  key: string,
  { type: kind }: AttributeFacts,
  value: Values,
  place: Place,
): unknown {
  const name = String(value.name ?? value.family ?? type.replace('aws_', ''));
  const known: Readonly<Record<string, () => unknown>> = {
    arn: () => arnOf(type, value, place),
    id: () => (['aws_ecs_cluster', 'aws_ecs_service'].includes(type) ? arnOf(type, value, place) : name),
    revision: () => place.revision,
    repository_url: () => `${ACCOUNT}.dkr.ecr.${place.region}.amazonaws.com/${name}`,
    registry_id: () => ACCOUNT,
    account_id: () => ACCOUNT,
    region: () => place.region,
    partition: () => 'aws',
    dns_name: () => `${name}-1234567890.${place.region}.elb.amazonaws.com`,
  };
  return (known[key] ?? (() => empty(kind)))();
}
