import type { AwsNeed } from './policy.js';

/** What a deployment needs to be allowed. */
export const deployNeeds = [
  { action: 'ecs:DescribeServices', resource: 'service', why: 'to read the service' },
  { action: 'ecs:DescribeTaskDefinition', resource: '*', why: 'to read the running definition' },
  { action: 'ecs:RegisterTaskDefinition', resource: '*', why: 'to make a revision with the new image' },
  { action: 'iam:PassRole', resource: 'role', why: 'to hand the task and execution roles to the revision' },
  { action: 'ecs:UpdateService', resource: 'service', why: 'to start the deployment' },
  { action: 'ecs:DescribeServiceDeployments', resource: 'service', why: 'to follow it' },
  { action: 'ecs:ListServiceDeployments', resource: 'service', why: 'to find it, and what to go back to' },
  { action: 'ecs:DescribeServiceRevisions', resource: 'service', why: 'to prove which image runs' },
  { action: 'ecs:ListTasks', resource: 'cluster', why: 'to find tasks that died', optional: true },
  { action: 'ecs:DescribeTasks', resource: 'task', why: 'to say why they died', optional: true },
  {
    action: 'ecs:StopServiceDeployment',
    resource: 'service',
    why: 'to go back when a failure is certain',
    optional: true,
  },
  {
    action: 'ecs:DeregisterTaskDefinition',
    resource: '*',
    why: 'to take a new revision away when the update of the service is refused',
    optional: true,
  },
  { action: 'ecs:TagResource', resource: 'task-definition', why: 'to tag a revision with its commit', optional: true },
  { action: 'cloudwatch:DescribeAlarms', resource: '*', why: 'to say why an alarm went off', optional: true },
  {
    action: 'logs:GetLogEvents',
    resource: 'log-group',
    why: 'to show the last lines of a task that died',
    optional: true,
  },
] as const satisfies readonly AwsNeed[];
