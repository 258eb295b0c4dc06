import type { AwsNeed } from './policy.js';

type Kind = AwsNeed['resource'];

function needed(why: string, resource: Kind, actions: readonly string[], optional = false): readonly AwsNeed[] {
  return actions.map((action) => (optional ? { action, resource, why, optional } : { action, resource, why }));
}

/** What the person must be allowed who makes the ground of a pipeline. */
export const bootstrapNeeds: readonly AwsNeed[] = [
  ...needed('to make the state bucket, and keep it as it should be', 'state-bucket', [
    's3:CreateBucket',
    's3:GetBucketOwnershipControls',
    's3:GetBucketPolicy',
    's3:GetBucketPublicAccessBlock',
    's3:GetBucketTagging',
    's3:GetBucketVersioning',
    's3:GetEncryptionConfiguration',
    's3:GetLifecycleConfiguration',
    's3:ListBucket',
    's3:PutBucketOwnershipControls',
    's3:PutBucketPolicy',
    's3:PutBucketPublicAccessBlock',
    's3:PutBucketTagging',
    's3:PutBucketVersioning',
    's3:PutEncryptionConfiguration',
    's3:PutLifecycleConfiguration',
  ]),
  ...needed('to make the table of the lock', 'lock-table', [
    'dynamodb:CreateTable',
    'dynamodb:DescribeTable',
    'dynamodb:ListTagsOfResource',
    'dynamodb:TagResource',
    'dynamodb:UpdateTable',
  ]),
  ...needed('to let the pipeline sign in', 'ground-provider', [
    'iam:AddClientIDToOpenIDConnectProvider',
    'iam:CreateOpenIDConnectProvider',
    'iam:GetOpenIDConnectProvider',
    'iam:TagOpenIDConnectProvider',
  ]),
  ...needed('to bound what the roles of tasks may come to', 'ground-policy', [
    'iam:CreatePolicy',
    'iam:CreatePolicyVersion',
    'iam:DeletePolicyVersion',
    'iam:GetPolicy',
    'iam:GetPolicyVersion',
    'iam:ListEntitiesForPolicy',
    'iam:ListPolicyVersions',
    'iam:TagPolicy',
  ]),
  ...needed('to make the roles of the pipeline, and keep them as they should be', 'ground-role', [
    'iam:CreateRole',
    'iam:DeleteRolePolicy',
    'iam:DetachRolePolicy',
    'iam:GetRole',
    'iam:GetRolePolicy',
    'iam:ListAttachedRolePolicies',
    'iam:ListRolePolicies',
    'iam:PutRolePolicy',
    'iam:TagRole',
    'iam:UpdateAssumeRolePolicy',
    'iam:UpdateRole',
  ]),
  ...needed('to see which roles the service has', 'service', ['ecs:DescribeServices'], true),
  ...needed('to see which roles the service has', '*', ['ecs:DescribeTaskDefinition'], true),
  ...needed('for --destroy', 'state-bucket', ['s3:DeleteBucket', 's3:ListBucketVersions'], true),
  ...needed('for --destroy', 'lock-table', ['dynamodb:DeleteTable', 'dynamodb:Scan'], true),
  ...needed('for --destroy', 'ground-provider', ['iam:DeleteOpenIDConnectProvider'], true),
  ...needed('for --destroy', 'ground-policy', ['iam:DeletePolicy'], true),
  ...needed('for --destroy', 'ground-role', ['iam:DeleteRole'], true),
  ...needed('for --destroy, to see who else uses it', '*', ['iam:ListRoles'], true),
];
