import type { AwsNeed } from './policy.js';

/** What `doctor` reads. Each of it is optional: what is denied is told as unknown. */
export const doctorNeeds = [
  read('ecs:DescribeServices', 'service', 'to read the service'),
  read('ecs:DescribeTaskDefinition', '*', 'to read what its tasks are'),
  read('ecr:DescribeRepositories', 'repository', 'to see that the repository is there, and whether tags move'),
  read('ecr:DescribeImages', 'repository', 'to know how large the image is, and what lifecycle rules take away'),
  read('ecr:GetLifecyclePolicy', 'repository', 'to read the lifecycle rules'),
  read('ecr:GetRepositoryPolicy', 'repository', 'to know who else may pull'),
  read('ecr:GetAuthorizationToken', '*', 'to ask the registry for the image'),
  read('ecr:BatchGetImage', 'repository', 'to ask the registry for the image'),
  read('ecr:GetDownloadUrlForLayer', 'repository', 'to read the platform of the image'),
  read('iam:GetRole', 'role', 'to read who may take the roles of the task'),
  read('iam:SimulatePrincipalPolicy', '*', 'to know what a role may do'),
  read('iam:ListAttachedRolePolicies', 'role', 'to read what a role may do, where it cannot be simulated'),
  read('iam:ListRolePolicies', 'role', 'to read what a role may do, where it cannot be simulated'),
  read('iam:GetRolePolicy', 'role', 'to read what a role may do, where it cannot be simulated'),
  read('iam:GetPolicy', '*', 'to read what a role may do, where it cannot be simulated'),
  read('iam:GetPolicyVersion', '*', 'to read what a role may do, where it cannot be simulated'),
  read('elasticloadbalancing:DescribeTargetGroups', '*', 'to read the target groups'),
  read('elasticloadbalancing:DescribeTargetGroupAttributes', '*', 'to know how long old tasks drain'),
  read('elasticloadbalancing:DescribeTargetHealth', '*', 'to know what load balancers think of the tasks'),
  read('elasticloadbalancing:DescribeLoadBalancers', '*', 'to read zones and security groups'),
  read('ec2:DescribeSubnets', '*', 'to find the way out of the subnets'),
  read('ec2:DescribeRouteTables', '*', 'to find the way out of the subnets'),
  read('ec2:DescribeVpcEndpoints', '*', 'to find the way out of the subnets'),
  read('ec2:DescribeSecurityGroups', '*', 'to know whether load balancers are admitted'),
  read('logs:DescribeLogGroups', '*', 'to see that the log groups are there'),
  read('secretsmanager:DescribeSecret', '*', 'to see that secrets are there: no value is read'),
  read('secretsmanager:GetResourcePolicy', '*', 'to know who else may read a secret'),
  read('s3:ListBucket', '*', 'to see that the bucket of a state is there'),
  read('s3:GetObject', '*', 'to see who holds the lock of a state'),
  read('dynamodb:GetItem', '*', 'to see who holds the lock of a state'),
  read('ssm:DescribeParameters', '*', 'to see that parameters are there: no value is read'),
] as const satisfies readonly AwsNeed[];

function read<const Resource extends AwsNeed['resource']>(action: string, resource: Resource, why: string) {
  return { action, resource, why, optional: true } as const;
}
