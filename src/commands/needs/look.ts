import type { AwsNeed } from './policy.js';

/** What it takes to see how a service is. */
export const statusNeeds = [
  { action: 'ecs:DescribeServices', resource: 'service', why: 'to read the service' },
  { action: 'ecs:DescribeTaskDefinition', resource: '*', why: 'to read the images' },
  { action: 'ecs:ListServiceDeployments', resource: 'service', why: 'to list the last deployments' },
  { action: 'ecs:ListTasks', resource: 'cluster', why: 'to find tasks that died' },
  { action: 'ecs:DescribeTasks', resource: 'task', why: 'to say why they died' },
] as const satisfies readonly AwsNeed[];

/** What it takes to read what its tasks print. */
export const logsNeeds = [
  { action: 'ecs:DescribeServices', resource: 'service', why: 'to read the service' },
  { action: 'ecs:DescribeTaskDefinition', resource: '*', why: 'to find the log groups' },
  { action: 'ecs:ListTasks', resource: 'cluster', why: 'to find the tasks' },
  { action: 'ecs:DescribeTasks', resource: 'task', why: 'to find the tasks' },
  { action: 'logs:GetLogEvents', resource: 'log-group', why: 'to read the lines' },
] as const satisfies readonly AwsNeed[];
