import type { Need } from '../../base/declare/command.js';

/** What AWS must allow, as in a policy: `ecs:UpdateService`. */
export interface AwsNeed extends Need {
  readonly resource: AwsResource;
}

/** What the policy's resource is made from; `*` when AWS takes nothing narrower. */
export type AwsResource =
  '*' | 'repository' | 'cluster' | 'service' | 'task' | 'task-definition' | 'role' | 'log-group';

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What stands for a kind of resource in a policy; words in capitals are for the reader to fill in. */
const shapes: Readonly<Record<AwsResource, Pick<Statement, 'Resource' | 'Condition'>>> = {
  '*': { Resource: '*' },
  repository: { Resource: 'arn:aws:ecr:REGION:ACCOUNT:repository/REPOSITORY' },
  // Lists take no ARN: they are narrowed by a condition.
  cluster: { Resource: '*', Condition: { ArnEquals: { 'ecs:cluster': 'arn:aws:ecs:REGION:ACCOUNT:cluster/CLUSTER' } } },
  service: {
    Resource: [
      'arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/SERVICE',
      'arn:aws:ecs:REGION:ACCOUNT:service-deployment/CLUSTER/SERVICE/*',
      'arn:aws:ecs:REGION:ACCOUNT:service-revision/CLUSTER/SERVICE/*',
    ],
  },
  task: { Resource: 'arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/*' },
  'task-definition': { Resource: 'arn:aws:ecs:REGION:ACCOUNT:task-definition/FAMILY:*' },
  role: {
    Resource: ['arn:aws:iam::ACCOUNT:role/TASK_ROLE', 'arn:aws:iam::ACCOUNT:role/EXECUTION_ROLE'],
    Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  },
  'log-group': { Resource: 'arn:aws:logs:REGION:ACCOUNT:log-group:LOG_GROUP:*' },
};

/**
 * The least IAM policy for what is needed: a statement per kind of resource, actions once and in order. Throws for a kind
 * that it does not know: that is a bug of the declaration.
 */
export function policyFor(needs: readonly Need[]): {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
} {
  const actions = new Map<AwsResource, Set<string>>();
  for (const { resource, action } of needs) {
    if (!isKnown(resource)) throw new Error(`${action} is needed on ${resource}, which is no kind of AWS resource`);
    actions.set(resource, (actions.get(resource) ?? new Set()).add(action));
  }
  return {
    Version: '2012-10-17',
    Statement: [...actions].map(([resource, names]) => ({
      Effect: 'Allow',
      Action: [...names].sort(),
      ...shapes[resource],
    })),
  };
}

function isKnown(resource: string): resource is AwsResource {
  return Object.hasOwn(shapes, resource);
}
