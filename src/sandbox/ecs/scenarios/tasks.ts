import type { Scenario } from '../scenario-shape.js';
import { always, BREAKER, breaker, crash, DOC, exit1, quickCrash, unhealthy, unstartable } from './parts.js';

const GROUP = 'target-group arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1';

/** How every task of a deployment ends, and what the service says. */
export const taskScenarios: readonly Scenario[] = [
  always(
    'cannot-pull-404',
    DOC,
    unstartable(
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/app@sha256:0: not found',
    ),
  ),
  always(
    'cannot-pull-403',
    DOC,
    unstartable(
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: pulling from host failed with status code [manifests]: 403 Forbidden',
    ),
  ),
  always(
    'cannot-pull-wrong-arch',
    DOC,
    unstartable("CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'"),
  ),
  always(
    'cannot-pull-timeout',
    DOC,
    unstartable(
      'CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: dial tcp: i/o timeout',
    ),
  ),
  always(
    'secret-denied',
    DOC,
    unstartable(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-central-1:123456789012:secret:web-db-AbCdEf from secrets manager: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/web-execution/0 is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-central-1:123456789012:secret:web-db-AbCdEf because no identity-based policy allows the secretsmanager:GetSecretValue action',
    ),
  ),
  always(
    'missing-log-group',
    DOC,
    unstartable(
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.',
    ),
  ),
  always(
    'cannot-start',
    DOC,
    unstartable(
      'CannotStartContainerError: failed to create shim task: exec: "serve": executable file not found in $PATH',
    ),
  ),
  always(
    'crash-loop',
    `${BREAKER}: a container that starts and then exits is in neither of its stages (aws/containers-roadmap#1206)`,
    crash,
  ),
  always('crash-loop-breaker', `${BREAKER}: three tasks that never ran, and back`, quickCrash, {
    configuration: breaker(true),
  }),
  always('oom', DOC, {
    runs: 5,
    stops: 9,
    end: {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    },
  }),
  always(
    'elb-unhealthy',
    `${DOC}; service event messages: is unhealthy in (target-group …) due to (reason …)`,
    unhealthy(`Task failed ELB health checks in (${GROUP})`, 'Health checks failed with these codes: [502]'),
  ),
  always(
    'elb-timeout',
    `${DOC}; service event messages: due to (reason Request timed out)`,
    unhealthy(`Task failed ELB health checks in (${GROUP})`, 'Request timed out'),
  ),
  always(
    'container-unhealthy',
    `${DOC}; service event messages: failed container health checks`,
    unhealthy('Task failed container health checks'),
  ),
  always('capacity', 'Amazon ECS developer guide, service event messages: was unable to place a task', {
    unplaced:
      'Capacity is unavailable at this time. Please try again later or in a different availability zone. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  }),
  {
    name: 'many-stopped-tasks',
    claims: 'Amazon ECS API reference, ListTasks: pages of a hundred',
    tasks: [crash],
    events: [
      {
        at: 4,
        stop: {
          stopCode: 'ServiceSchedulerInitiated',
          stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)',
        },
        times: 230,
      },
      { at: 12, stop: exit1, times: 2 },
    ],
  },
  {
    name: 'many-events',
    claims: 'Amazon ECS developer guide, service event messages: a service keeps a hundred',
    tasks: [crash],
    events: [
      { at: 5, manyEvents: 250 },
      { at: 12, stop: exit1, times: 2 },
    ],
  },
];
