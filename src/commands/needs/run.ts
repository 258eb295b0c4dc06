import type { AwsNeed } from './policy.js';

/** What running a task once needs to be allowed. */
export const runNeeds = [
  { action: 'ecs:DescribeServices', resource: 'service', why: 'to read the network of the service' },
  { action: 'ecs:DescribeTaskDefinition', resource: '*', why: 'to read the running definition' },
  { action: 'ecs:RunTask', resource: 'task-definition', why: 'to start the task' },
  { action: 'ecs:DescribeTasks', resource: 'task', why: 'to see how it ends' },
  { action: 'iam:PassRole', resource: 'role', why: 'to hand the task and execution roles to the task' },
  {
    action: 'ecs:RegisterTaskDefinition',
    resource: '*',
    why: 'to make a revision with another image',
    optional: true,
  },
  { action: 'ecs:TagResource', resource: 'task-definition', why: 'to tag a revision with its commit', optional: true },
  {
    action: 'ecs:DeregisterTaskDefinition',
    resource: '*',
    why: 'to take a new revision away when the task is refused',
    optional: true,
  },
  { action: 'ecs:StopTask', resource: 'task', why: 'to stop it when it does not end in time', optional: true },
  { action: 'logs:GetLogEvents', resource: 'log-group', why: 'to show its lines', optional: true },
] as const satisfies readonly AwsNeed[];

/** What a release needs beside its own, when it has tasks. */
export const taskNeeds: readonly AwsNeed[] = [
  { action: 'ecs:RunTask', resource: 'task-definition', why: 'to run the tasks of the release', optional: true },
  { action: 'ecs:StopTask', resource: 'task', why: 'to stop a task that does not end in time', optional: true },
];
