import type { Scenario } from '../scenario-shape.js';
import { BREAKER, crash, DOC, once, unstartable } from './parts.js';

/** What goes wrong once and is well when ECS tries again, or is none of the app's business: the deployment succeeds. */
export const passingScenarios: readonly Scenario[] = [
  {
    name: 'spot',
    claims: 'Amazon ECS developer guide, Fargate capacity providers: a Spot interruption is not the app',
    events: [],
    tasks: [
      {
        runs: 3,
        stops: 5,
        times: 3,
        end: { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
      },
      {},
    ],
  },
  once(
    'secrets-throttled-once',
    `${DOC}: ResourceInitializationError; Secrets Manager throttles while many tasks start`,
    unstartable(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:eu-central-1:123456789012:secret:web-db-AbCdEf from secrets manager: ThrottlingException: Rate exceeded',
    ),
  ),
  once(
    'registry-429-once',
    `${DOC}: CannotPullContainerError; Docker Hub's rate limit`,
    unstartable(
      'CannotPullContainerError: pull image manifest has been retried 5 time(s): httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/node/manifests/22: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
    ),
  ),
  once(
    'bad-host',
    `${DOC}: an instance that cannot start containers; another can`,
    unstartable(
      'CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: context deadline exceeded',
    ),
  ),
  once(
    'eni-timeout',
    `${DOC}: network interface provisioning`,
    unstartable('Timeout waiting for network interface provisioning to complete.'),
  ),
  once(
    'pull-timeout-once',
    `${DOC}: CannotPullContainerError, i/o timeout`,
    unstartable(
      'CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: dial tcp: i/o timeout',
    ),
  ),
  once('one-bad-task', `${BREAKER}: one failure is below every threshold, and ECS starts another task`, crash),
  {
    name: 'bad-among-healthy',
    claims: `${BREAKER}: failures beside tasks that run are not counted, unless a health check fails`,
    events: [],
    tasks: [{}, { ...crash, times: 2 }, {}],
  },
  {
    name: 'stale-event',
    claims: 'Amazon ECS developer guide, service event messages: a service keeps what it said before',
    events: [],
    earlier: [
      {
        secondsAgo: 3600,
        event:
          'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      },
      { secondsAgo: 1800, event: '(deployment ecs-svc/1111111111111111111) deployment failed: tasks failed to start.' },
    ],
  },
];
