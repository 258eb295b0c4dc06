import type { Scenario, ScenarioEvent } from '../scenario-shape.js';
import { BREAKER, DOC, done, exit1, failing, start } from './parts.js';

const crash = failing(
  'crash-loop',
  `${BREAKER}: a container that starts and exits is not counted while another runs`,
  exit1,
  { first: 10, every: 12 },
);

/** How tasks of a deployment end, and what the service says. */
export const taskScenarios: readonly Scenario[] = [
  failing('cannot-pull-404', DOC, {
    stopCode: 'TaskFailedToStart',
    stoppedReason:
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/app@sha256:0: not found',
  }),
  failing('cannot-pull-403', DOC, {
    stopCode: 'TaskFailedToStart',
    stoppedReason:
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: pulling from host failed with status code [manifests]: 403 Forbidden',
  }),
  failing('cannot-pull-wrong-arch', DOC, {
    stopCode: 'TaskFailedToStart',
    stoppedReason:
      "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'",
  }),
  failing('cannot-pull-timeout', DOC, {
    stopCode: 'TaskFailedToStart',
    stoppedReason:
      'CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: dial tcp: i/o timeout',
  }),
  failing('secret-denied', DOC, {
    stopCode: 'TaskFailedToStart',
    stoppedReason:
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue',
  }),
  failing('missing-log-group', DOC, {
    stopCode: 'TaskFailedToStart',
    stoppedReason:
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.',
  }),
  failing('cannot-start', DOC, {
    stopCode: 'TaskFailedToStart',
    stoppedReason:
      'CannotStartContainerError: failed to create shim task: exec: "serve": executable file not found in $PATH',
  }),
  crash,
  {
    ...crash,
    name: 'crash-loop-breaker',
    events: [
      ...crash.events.filter((event) => event.at < 40),
      {
        at: 40,
        failures: 3,
        status: 'ROLLBACK_IN_PROGRESS',
        reason: 'ECS deployment circuit breaker: tasks failed to start.',
      },
      { at: 55, status: 'ROLLBACK_SUCCESSFUL' },
    ],
  },
  failing('oom', DOC, {
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    exitCode: 137,
    reason: 'OutOfMemoryError: Container killed due to memory usage',
  }),
  failing('elb-unhealthy', DOC, {
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason:
      'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1)',
  }),
  failing('container-unhealthy', DOC, {
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Task failed container health checks',
  }),
  {
    name: 'capacity',
    claims: 'Service event messages: unable to place a task',
    events: [
      ...start,
      ...Array.from({ length: 60 }, (_, at): ScenarioEvent => ({
        at: 10 + at * 10,
        event: '(service web) was unable to place a task because no container instance met all of its requirements.',
      })),
    ],
  },
  {
    name: 'many-stopped-tasks',
    claims: 'ListTasks pages by a hundred',
    events: [
      ...start,
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
    name: 'spot',
    claims: 'A Spot interruption is not the app',
    events: [
      ...start,
      { at: 6, stop: { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }, times: 3 },
      { at: 14, running: 1, pending: 0 },
      ...done(20),
    ],
  },
];
