/**
 * What ECS says. Seen in public logs and in its documentation, unless `by analogy` stands beside it:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 */
export const eventText = {
  started: (ids: readonly string[], replaced: number) =>
    `has started ${ids.length} tasks: ${ids.map((id) => `(task ${id})`).join(' ')}.` +
    (replaced > 0 ? ` Amazon ECS replaced ${replaced} tasks due to an unhealthy status.` : ''),
  stopped: (ids: readonly string[]) =>
    `has stopped ${ids.length} running tasks: ${ids.map((id) => `(task ${id})`).join(' ')}.`,
  registered: (count: number, group: string) => `registered ${count} targets in (target-group ${group})`,
  deregistered: (count: number, group: string) => `deregistered ${count} targets in (target-group ${group})`,
  targetUnhealthy: (id: string, port: number, group: string, reason: string) =>
    `(task ${id}) (port ${port}) is unhealthy in (target-group ${group}) due to (reason ${reason}).`,
  containerUnhealthy: (id: string) => `(task ${id}) failed container health checks.`,
  unplaced: (reason: string) => `was unable to place a task${reason}`,
  impaired:
    'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  blocked:
    'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
  failed: (deployment: string, what: string) => `(deployment ${deployment}) deployment failed: ${what}.`,
  rollingBack: (deployment: string) => `rolling back to deployment ${deployment}.`,
  completed: (deployment: string) => `(deployment ${deployment}) deployment completed.`,
  steady: 'has reached a steady state.',
} as const;

export const reasonText = {
  inProgress: (id: string) => `ECS deployment ${id} in progress.`,
  completed: (id: string) => `ECS deployment ${id} completed.`,
  breaker: 'ECS deployment circuit breaker: tasks failed to start.',
  /** By analogy. */
  alarm: 'ECS deployment failed: alarm detected.',
  /** By analogy. */
  failed: 'ECS deployment failed.',
  rollingBack: (id: string) => `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`,
  scaling: (deployment: string) => `Scaling activity initiated by (deployment ${deployment})`,
  targetHealth: (group: string) => `Task failed ELB health checks in (target-group ${group})`,
  containerHealth: 'Task failed container health checks',
} as const;

export const statusText = {
  replaced: 'Replaced by a new service deployment.',
  noCandidate: 'No rollback candidate was found to run the rollback.',
  breakerRolledBack: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
  /** By analogy, as are all that follow but those of the hooks. */
  breakerStopped: 'Service deployment stopped because the circuit breaker threshold was exceeded.',
  alarmRolledBack: (names: readonly string[]) =>
    `Service deployment rolled back because the following alarms were in ALARM state: ${names.join(', ')}.`,
  alarmStopped: (names: readonly string[]) =>
    `Service deployment stopped because the following alarms were in ALARM state: ${names.join(', ')}.`,
  userRolledBack: 'Service deployment rolled back because of a user request.',
  rollbackBreaker: 'Service deployment rollback failed because the circuit breaker threshold was exceeded.',
  deleted: 'Service deployment stopped because the service was deleted.',
  hookFailed: (stage: string, detail: string) =>
    `Service deployment rolled back because ${stage} lifecycle hook(s) failed. ${detail}`,
  hookTimedOut: (stage: string) => `Service deployment rolled back because ${stage} lifecycle hook(s) timed out.`,
  networking: (detail: string) =>
    `Service deployment rolled back because of invalid networking configuration. ${detail}`,
} as const;

/** What a hook's run says, by its result. */
export const hookText = {
  fails: (arn: string) => `Lifecycle hook target ${arn} returned FAILED status.`,
  'says nothing': (arn: string) =>
    `ECS was unable to parse the response from ${arn} due to HookStatus must not be null`,
  'may not be invoked': (arn: string) =>
    `ECS was unable to invoke hook target ${arn} due to User: arn:aws:sts::111122223333:assumed-role/hooks/ECS-Lambda-Execution is not authorized to perform: lambda:InvokeFunction on resource: ${arn} because no identity-based policy allows the lambda:InvokeFunction action`,
  /** By analogy. */
  rolledBack: 'The rollback was requested at a pause.',
} as const;
