import type { AwsNeed } from './policy.js';

type Kind = AwsNeed['resource'];

function needed(why: string, resource: Kind, actions: readonly string[], optional = false): readonly AwsNeed[] {
  return actions.map((action) => (optional ? { action, resource, why, optional } : { action, resource, why }));
}

const listNeeds: readonly AwsNeed[] = [
  ...needed('to find secrets', '*', ['ssm:DescribeParameters', 'secretsmanager:ListSecrets']),
  ...needed('to see which of them the service refers to', 'service', ['ecs:DescribeServices'], true),
  ...needed('to see which of them the service refers to', '*', ['ecs:DescribeTaskDefinition'], true),
];

/** What `secret` needs of AWS, with either store. */
export const secretNeeds = {
  set: [
    ...listNeeds,
    ...needed('to keep the value as a parameter', 'secret-parameter', ['ssm:AddTagsToResource', 'ssm:PutParameter']),
    ...needed('to keep the value as a secret', 'secret', [
      'secretsmanager:CreateSecret',
      'secretsmanager:DescribeSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:RestoreSecret',
      'secretsmanager:TagResource',
      'secretsmanager:UpdateSecret',
    ]),
    ...needed('to see that it is the same already', 'secret-parameter', ['ssm:GetParameter'], true),
    ...needed('to see that it is the same already', 'secret', ['secretsmanager:GetSecretValue'], true),
    ...needed(
      'to see whether the execution role may read it',
      'stack-role',
      ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
      true,
    ),
    ...needed('to see whether the execution role may read it', '*', ['iam:GetPolicy', 'iam:GetPolicyVersion'], true),
  ],
  list: listNeeds,
  rm: [
    ...listNeeds,
    ...needed('to take a parameter away', 'secret-parameter', ['ssm:DeleteParameter']),
    ...needed('to take a secret away', 'secret', ['secretsmanager:DeleteSecret', 'secretsmanager:DescribeSecret']),
  ],
} as const satisfies Readonly<Record<string, readonly AwsNeed[]>>;
