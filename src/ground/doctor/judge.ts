import type { PolicyDocument } from '../../aws/policy/document.js';
import type { Verdict } from '../../aws/policy/evaluate.js';
import { evaluate } from '../../aws/policy/evaluate.js';
import type { Decision } from '../../aws/reads/roles.js';
import type { LadingError } from '../../base/errors.js';
import { isFailedRead } from './check.js';

/** Something that a principal may do or not. */
export interface Act {
  readonly action: string;
  /** ARN, pattern of one, or `*`. */
  readonly resource: string;
}

export interface Judge {
  simulate(request: {
    readonly principal: string;
    readonly actions: readonly string[];
    readonly resources: readonly string[];
    readonly context?: Readonly<Record<string, string>>;
  }): Promise<readonly Decision[]>;
  /** Of a role, by its name. */
  rolePolicies(name: string): Promise<readonly PolicyDocument[]>;
}

/** Who is judged; `role` is the name of one, whose policies can be read. */
export interface Principal {
  readonly arn: string;
  readonly role: string | undefined;
  readonly hasBoundary: boolean;
}

/**
 * A verdict for each act: by IAM's own simulation, else by reading the policies of the role, for who may not simulate
 * may often read. The error of the simulation when neither can be done.
 */
export async function judgeActs(
  principal: Principal,
  acts: readonly Act[],
  judge: Judge,
  context?: Readonly<Record<string, string>>,
): Promise<readonly Verdict[] | LadingError> {
  try {
    return await simulated(principal, acts, judge, context);
  } catch (error) {
    if (!isFailedRead(error)) throw error;
    if (principal.role === undefined) return error;
    try {
      const policies = await judge.rolePolicies(principal.role);
      return acts.map(({ action, resource }) => {
        const verdict = evaluate(policies, action, resource);
        return verdict === 'allowed' && principal.hasBoundary ? 'unclear' : verdict;
      });
    } catch (second) {
      if (isFailedRead(second)) return error;
      throw second;
    }
  }
}

/** One call for each resource. */
async function simulated(
  { arn }: Principal,
  acts: readonly Act[],
  { simulate }: Judge,
  context: Readonly<Record<string, string>> | undefined,
): Promise<readonly Verdict[]> {
  const resources = [...new Set(acts.map(({ resource }) => resource))];
  const answers = await Promise.all(
    resources.map(async (resource) => {
      const actions = acts.filter((act) => act.resource === resource).map(({ action }) => action);
      return [
        resource,
        await simulate({ principal: arn, actions, resources: [resource], ...(context && { context }) }),
      ] as const;
    }),
  );
  const byResource = new Map(answers);
  return acts.map(({ action, resource }): Verdict => {
    const decision = byResource.get(resource)?.find((one) => one.EvalActionName.toLowerCase() === action.toLowerCase());
    if (decision?.EvalDecision === 'allowed') return 'allowed';
    return decision && decision.MissingContextValues.length === 0 ? 'denied' : 'unclear';
  });
}
