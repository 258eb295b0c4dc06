import type { AwsNeed } from './policy.js';

type Kind = AwsNeed['resource'];

function needed(why: string, resource: Kind, actions: readonly string[]): readonly AwsNeed[] {
  return actions.map((action) => ({ action, resource, why }));
}

/**
 * What `infra plan` needs: to read the state, and what the two stacks are made of. By the operations of each resource in
 * Terraform's provider for AWS.
 */
export const infraPlanNeeds: readonly AwsNeed[] = [
  // Terraform lists `env:/` at every command: a condition on the prefix would refuse that.
  ...needed('to find the state', 'state-bucket', ['s3:ListBucket']),
  ...needed('to read the state', 'state', ['s3:GetObject']),
  ...needed('to check the state against its digest', 'lock-table', ['dynamodb:DescribeTable', 'dynamodb:GetItem']),
  ...needed('to read the registry', 'repository', [
    'ecr:DescribeImages',
    'ecr:DescribeRepositories',
    'ecr:GetLifecyclePolicy',
    'ecr:ListTagsForResource',
  ]),
  ...needed('to read the cluster', 'stack-cluster', ['ecs:DescribeClusters', 'ecs:ListTagsForResource']),
  ...needed('to read the service', 'stack-service', ['ecs:DescribeServices', 'ecs:ListTagsForResource']),
  ...needed('to read the roles of the service', 'stack-role', [
    'iam:GetRole',
    'iam:GetRolePolicy',
    'iam:ListAttachedRolePolicies',
    'iam:ListRolePolicies',
  ]),
  ...needed('to read the log group', 'stack-log-group', ['logs:ListTagsForResource']),
  ...needed('to read the autoscaling', 'stack-scalable-target', ['application-autoscaling:ListTagsForResource']),
  ...needed('to read what has no narrower permission', '*', [
    'application-autoscaling:DescribeScalableTargets',
    'application-autoscaling:DescribeScalingPolicies',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeRouteTables',
    'ec2:DescribeSecurityGroupRules',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeSubnets',
    'ec2:DescribeVpcAttribute',
    'ec2:DescribeVpcs',
    'ecs:DescribeTaskDefinition',
    'elasticloadbalancing:DescribeCapacityReservation',
    'elasticloadbalancing:DescribeListenerAttributes',
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeLoadBalancerAttributes',
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeTags',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'elasticloadbalancing:DescribeTargetGroups',
    'logs:DescribeLogGroups',
  ]),
];

/** What `infra apply` and `infra destroy` need beside: to change it all, under a boundary that roles cannot leave. */
export const infraApplyNeeds: readonly AwsNeed[] = [
  ...infraPlanNeeds,
  ...needed('to write the state and its lock', 'state', ['s3:PutObject']),
  ...needed('to give the lock back', 'state-lock', ['s3:DeleteObject']),
  ...needed('to lock the state', 'lock-table', ['dynamodb:DeleteItem', 'dynamodb:PutItem']),
  ...needed('to make the registry', 'repository', [
    'ecr:CreateRepository',
    'ecr:DeleteLifecyclePolicy',
    'ecr:DeleteRepository',
    'ecr:PutImageScanningConfiguration',
    'ecr:PutImageTagMutability',
    'ecr:PutLifecyclePolicy',
    'ecr:TagResource',
    'ecr:UntagResource',
  ]),
  ...needed('to make the cluster', 'stack-cluster', [
    'ecs:CreateCluster',
    'ecs:DeleteCluster',
    'ecs:TagResource',
    'ecs:UntagResource',
    'ecs:UpdateCluster',
    'ecs:UpdateClusterSettings',
  ]),
  ...needed('to make the service', 'stack-service', [
    'ecs:CreateService',
    'ecs:DeleteService',
    'ecs:TagResource',
    'ecs:UntagResource',
    'ecs:UpdateService',
  ]),
  ...needed('to tag revisions', 'stack-task-definition', ['ecs:TagResource', 'ecs:UntagResource']),
  ...needed('to make revisions', '*', ['ecs:DeregisterTaskDefinition', 'ecs:RegisterTaskDefinition']),
  ...needed('to make the roles of the service, bounded', 'stack-role-bounded', [
    'iam:CreateRole',
    'iam:DeleteRolePolicy',
    'iam:PutRolePermissionsBoundary',
    'iam:PutRolePolicy',
  ]),
  ...needed('to change the roles of the service', 'stack-role', [
    'iam:DeleteRole',
    'iam:ListInstanceProfilesForRole',
    'iam:TagRole',
    'iam:UntagRole',
    'iam:UpdateAssumeRolePolicy',
    'iam:UpdateRole',
    'iam:UpdateRoleDescription',
  ]),
  ...needed('to let ECS start tasks', 'execution-policy', ['iam:AttachRolePolicy', 'iam:DetachRolePolicy']),
  ...needed('to hand the roles to ECS', 'stack-role-passed', ['iam:PassRole']),
  ...needed('for the first service of the account', 'service-linked-role', ['iam:CreateServiceLinkedRole']),
  ...needed('to make the log group', 'stack-log-group', [
    'logs:CreateLogGroup',
    'logs:DeleteLogGroup',
    'logs:DeleteRetentionPolicy',
    'logs:PutRetentionPolicy',
    'logs:TagResource',
    'logs:UntagResource',
  ]),
  ...needed('to make the autoscaling', 'stack-scalable-target', [
    'application-autoscaling:DeleteScalingPolicy',
    'application-autoscaling:DeregisterScalableTarget',
    'application-autoscaling:PutScalingPolicy',
    'application-autoscaling:RegisterScalableTarget',
    'application-autoscaling:TagResource',
    'application-autoscaling:UntagResource',
  ]),
  ...needed('to make the load balancer', 'stack-balancer', [
    'elasticloadbalancing:AddTags',
    'elasticloadbalancing:CreateListener',
    'elasticloadbalancing:CreateLoadBalancer',
    'elasticloadbalancing:CreateTargetGroup',
    'elasticloadbalancing:DeleteListener',
    'elasticloadbalancing:DeleteLoadBalancer',
    'elasticloadbalancing:DeleteTargetGroup',
    'elasticloadbalancing:ModifyListener',
    'elasticloadbalancing:ModifyListenerAttributes',
    'elasticloadbalancing:ModifyLoadBalancerAttributes',
    'elasticloadbalancing:ModifyTargetGroup',
    'elasticloadbalancing:ModifyTargetGroupAttributes',
    'elasticloadbalancing:RemoveTags',
    'elasticloadbalancing:SetSecurityGroups',
    'elasticloadbalancing:SetSubnets',
  ]),
  ...needed('to make the security groups', 'stack-network', [
    'ec2:AuthorizeSecurityGroupEgress',
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:CreateSecurityGroup',
    'ec2:CreateTags',
    'ec2:DeleteSecurityGroup',
    'ec2:DeleteTags',
    'ec2:ModifySecurityGroupRules',
    'ec2:RevokeSecurityGroupEgress',
    'ec2:RevokeSecurityGroupIngress',
  ]),
];
