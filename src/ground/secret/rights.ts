import { lastName } from '../../aws/arn.js';
import { isAwsFailure } from '../../aws/failure.js';
import { evaluate } from '../../aws/policy/evaluate.js';
import { readRole, readRolePolicies } from '../../aws/reads/roles.js';
import type { OpenSecrets } from './open.js';

/** Whether ECS may read a secret when it starts a task. */
export interface ReadRight {
  /** Name of the execution role; undefined when the service has none, or is not there. */
  readonly role: string | undefined;
  readonly state: 'ok' | 'missing' | 'unknown';
  /** What the role lacks, or what it takes when that cannot be seen: a statement of a policy. */
  readonly statement?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Looks at the policies of the execution role. A key of one's own takes a permission of its own.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export async function checkReadRight(
  { aws, store, service, task }: OpenSecrets,
  secret: { readonly arn: string; readonly key: string | undefined },
): Promise<ReadRight> {
  const action = store.name === 'ssm' ? 'ssm:GetParameters' : 'secretsmanager:GetSecretValue';
  const statement = { Effect: 'Allow', Action: action, Resource: secret.arn };
  // The stack calls it so; another way to it there is not before the service is there.
  const name = task === undefined ? `${service}-exec` : task.executionRole && lastName(task.executionRole);
  if (name === undefined) return { role: undefined, state: 'unknown', statement };
  try {
    const iam = aws.api('iam');
    const role = await readRole(iam, name);
    if (role === undefined) return { role: task === undefined ? undefined : name, state: 'unknown', statement };
    const policies = await readRolePolicies(iam, name);
    const verdict = evaluate(policies, action, secret.arn);
    const key = secret.key?.startsWith('arn:') ? evaluate(policies, 'kms:Decrypt', secret.key) : 'allowed';
    const lacks = [
      ...(verdict === 'denied' ? [statement] : []),
      ...(key === 'denied' ? [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: secret.key }] : []),
    ];
    if (lacks.length > 0) return { role: name, state: 'missing', statement: lacks[0] };
    const isSure = verdict === 'allowed' && key === 'allowed' && !(secret.key && !secret.key.startsWith('arn:'));
    return isSure ? { role: name, state: 'ok' } : { role: name, state: 'unknown', statement };
  } catch (error) {
    if (isAwsFailure(error, 'denied')) return { role: name, state: 'unknown', statement };
    throw error;
  }
}
