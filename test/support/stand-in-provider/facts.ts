import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As Terraform writes types: `string`, `["list","string"]`. */
export type Type = 'string' | 'number' | 'bool' | readonly [string, Type];

export interface AttributeFacts {
  readonly type: Type;
  readonly required?: boolean;
  readonly computed?: boolean;
}

export interface BlockFacts {
  readonly attributes: Readonly<Record<string, AttributeFacts>>;
  readonly blocks: Readonly<Record<string, NestedFacts>>;
}

export interface NestedFacts {
  readonly nesting: 'single' | 'list' | 'set';
  readonly min?: number;
  readonly max?: number;
  readonly block: BlockFacts;
}

interface Facts {
  readonly resources: Readonly<Record<string, BlockFacts>>;
  readonly data: Readonly<Record<string, BlockFacts>>;
}

/** What the real provider's types look like. The file stands beside the bundle. */
export const facts = JSON.parse(readFileSync(join(import.meta.dirname, 'schema.json'), 'utf8')) as Facts;

/** Optional and computed in the real provider, which the facts do not tell apart. */
const ALSO_COMPUTED = new Set(['id', 'arn', 'tags_all', 'region']);

export function isComputed(name: string, attribute: AttributeFacts): boolean {
  return attribute.computed === true || (!attribute.required && ALSO_COMPUTED.has(name));
}

/** Attributes whose change makes a new thing instead of another state of the old one. */
const MAKES_NEW: Readonly<Record<string, readonly string[]>> = {
  aws_ecr_repository: ['name'],
  aws_ecs_cluster: ['name'],
  aws_ecs_service: ['name', 'cluster', 'launch_type'],
  aws_ecs_task_definition: [
    'family',
    'container_definitions',
    'cpu',
    'memory',
    'network_mode',
    'execution_role_arn',
    'task_role_arn',
  ],
  aws_iam_role: ['name'],
  aws_lb: ['name', 'internal', 'load_balancer_type'],
  aws_lb_target_group: ['name', 'port', 'protocol', 'target_type', 'vpc_id'],
  aws_security_group: ['name', 'description', 'vpc_id'],
  aws_cloudwatch_log_group: ['name'],
};

export function makesNew(type: string): readonly string[] {
  return MAKES_NEW[type] ?? [];
}
