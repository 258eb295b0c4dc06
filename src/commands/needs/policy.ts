import type { Need } from '../../base/declare/command.js';
import type { PolicyNames } from '../../cloud/policy-names.js';
import type { AwsResource, Shape } from './resources.js';
import { placeholders, shapeOf, single } from './resources.js';

/** What AWS must allow, as in a policy: `ecs:UpdateService`. */
export interface AwsNeed extends Need {
  readonly resource: AwsResource;
}

/** A least IAM policy. A type, not an interface: it is JSON. */
export type LeastPolicy = {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
};

type Statement = {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Shape['Condition'];
};

/**
 * The least IAM policy for what is needed: a statement per kind of resource, actions once and in order. Without names it
 * has words in capitals. Throws for a kind that it does not know: that is a bug of the declaration.
 */
export function policyFor(needs: readonly Need[], names: PolicyNames = placeholders): LeastPolicy {
  const actions = new Map<string, Set<string>>();
  for (const { resource, action } of needs) actions.set(resource, (actions.get(resource) ?? new Set()).add(action));
  return {
    Version: '2012-10-17',
    Statement: [...actions].flatMap(([resource, found]) => {
      const shape = shapeOf(resource, names);
      if (shape === undefined) {
        throw new Error(`${[...found].join(', ')} is needed on ${resource}, which is no kind of AWS resource`);
      }
      const { Resource, Condition } = shape;
      if (Resource.length === 0) return [];
      const statement = { Effect: 'Allow' as const, Action: [...found].sort(), Resource: single(Resource) };
      return [Condition === undefined ? statement : { ...statement, Condition }];
    }),
  };
}
