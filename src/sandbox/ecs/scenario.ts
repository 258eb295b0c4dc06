/** A task that ends, in ECS's own words. */
export interface TaskEnd {
  readonly stopCode:
    | 'TaskFailedToStart'
    | 'EssentialContainerExited'
    | 'ServiceSchedulerInitiated'
    | 'UserInitiated'
    | 'SpotInterruption';
  readonly stoppedReason: string;
  readonly exitCode?: number;
  /** Of the container. */
  readonly reason?: string;
  readonly logs?: readonly string[];
}

/** What happens at so many seconds after a deployment was created. */
export interface ScenarioEvent {
  readonly at: number;
  /** Tasks of the new revision that run, and that are starting. */
  readonly running?: number;
  readonly pending?: number;
  readonly stop?: TaskEnd;
  /** How many tasks end that way; 1 when left out. */
  readonly times?: number;
  readonly stage?: string;
  readonly status?: string;
  readonly reason?: string;
  /** Failures that the circuit breaker has counted. */
  readonly failures?: number;
  readonly event?: string;
  /** So many service events at once, to roll the hundred over. */
  readonly manyEvents?: number;
  readonly alarm?: string;
  readonly hook?: { readonly hookId: string; readonly status: string; readonly targetArn?: string };
  /** Somebody else deploys. */
  readonly supersede?: boolean;
  /** Share of production traffic, in percent. */
  readonly weight?: number;
}

export interface Scenario {
  readonly name: string;
  /** What it imitates, and where that is written. */
  readonly claims: string;
  readonly events: readonly ScenarioEvent[];
  /** Seconds that a rollback takes, and how it ends. */
  readonly rollback?: { readonly seconds: number; readonly fails?: boolean };
  /** The service has never had a deployment that completed: there is nothing to go back to. */
  readonly noSource?: boolean;
  /** ECS is asked in vain. `until` is seconds after the deployment was created. */
  readonly faults?: readonly {
    readonly operations: readonly string[];
    readonly type: string;
    readonly message?: string;
    readonly until: number;
  }[];
  /** Reads of the deployment show it only after so many calls. */
  readonly staleReads?: number;
}

const done = (at: number): ScenarioEvent[] => [
  { at, stage: 'CLEAN_UP' },
  { at, status: 'SUCCESSFUL' },
];

const start: ScenarioEvent[] = [
  { at: 0, status: 'PENDING' },
  { at: 1, status: 'IN_PROGRESS', stage: 'SCALE_UP', pending: 1 },
];

function failing(
  name: string,
  claims: string,
  stop: TaskEnd,
  options: { first?: number; every?: number; count?: number } = {},
): Scenario {
  const { first = 12, every = 15, count = 20 } = options;
  const events = Array.from({ length: count }, (_, at): ScenarioEvent => ({
    at: first + at * every,
    stop,
    failures: at + 1,
    pending: 1,
  }));
  return { name, claims, events: [...start, ...events] };
}

const DOC = 'Amazon ECS developer guide, stopped task error messages';
const BREAKER = 'Amazon ECS developer guide, deployment circuit breaker';
const exit1: TaskEnd = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  exitCode: 1,
  logs: ['Server is starting', 'Error: DATABASE_URL is not set'],
};
const crash = failing(
  'crash-loop',
  `${BREAKER}: a container that starts and exits is not counted while another runs`,
  exit1,
  { first: 10, every: 12 },
);

const list: readonly Scenario[] = [
  {
    name: 'ok',
    claims: `${DOC}; a rolling deployment of one task`,
    events: [...start, { at: 8, running: 1, pending: 0 }, ...done(14)],
  },
  {
    name: 'slow',
    claims: 'A load balancer with its default deregistration delay of 300 s',
    events: [...start, { at: 60, running: 1, pending: 0 }, ...done(420)],
  },
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
    name: 'failed-no-rollback',
    claims: `${BREAKER}, rollback off`,
    events: [
      ...start,
      { at: 12, stop: exit1, failures: 1 },
      { at: 20, status: 'STOPPED', reason: 'ECS deployment circuit breaker: tasks failed to start.' },
    ],
  },
  {
    ...failing('rollback-failed', 'API_ServiceDeployment: ROLLBACK_FAILED', exit1, { first: 10, every: 12 }),
    rollback: { seconds: 10, fails: true },
  },
  {
    ...failing('no-completed', `${BREAKER}, example "Deployment 3": nothing to roll back to`, exit1, {
      first: 10,
      every: 12,
    }),
    noSource: true,
  },
  {
    name: 'alarm',
    claims: 'Deployment alarms: rolled back when one goes off',
    events: [
      ...start,
      { at: 8, running: 1, pending: 0 },
      {
        at: 20,
        alarm: 'web-5xx',
        status: 'ROLLBACK_IN_PROGRESS',
        reason: 'Service deployment rolled back because of alarm(s).',
      },
      { at: 32, status: 'ROLLBACK_SUCCESSFUL' },
    ],
  },
  {
    name: 'superseded',
    claims: 'kayac/ecspresso#929: STOPPED with "Replaced by a new service deployment."',
    events: [...start, { at: 10, supersede: true }],
  },
  {
    name: 'superseded-late',
    claims: 'The same, after our tasks run',
    events: [...start, { at: 8, running: 1, pending: 0 }, { at: 30, supersede: true }],
  },
  {
    name: 'blue-green',
    claims: 'BLUE_GREEN with a bake time',
    events: [
      ...start,
      { at: 8, running: 1, pending: 0 },
      { at: 12, stage: 'TEST_TRAFFIC_SHIFT' },
      { at: 20, stage: 'PRODUCTION_TRAFFIC_SHIFT', weight: 100 },
      { at: 25, stage: 'BAKE_TIME' },
      ...done(85),
    ],
  },
  {
    name: 'canary',
    claims: 'CANARY with 5 percent first',
    events: [
      ...start,
      { at: 8, running: 1, pending: 0 },
      { at: 12, stage: 'PRODUCTION_TRAFFIC_SHIFT', weight: 5 },
      { at: 42, stage: 'PRODUCTION_TRAFFIC_SHIFT', weight: 100 },
      { at: 50, stage: 'BAKE_TIME' },
      ...done(70),
    ],
  },
  {
    name: 'linear',
    claims: 'LINEAR in two steps',
    events: [
      ...start,
      { at: 8, running: 1, pending: 0 },
      { at: 12, stage: 'PRODUCTION_TRAFFIC_SHIFT', weight: 50 },
      { at: 32, weight: 100 },
      ...done(60),
    ],
  },
  {
    name: 'pause',
    claims: 'A PAUSE hook waits for ContinueServiceDeployment',
    events: [
      ...start,
      { at: 8, running: 1, pending: 0 },
      { at: 12, stage: 'POST_SCALE_UP', hook: { hookId: 'hook-1', status: 'AWAITING_ACTION' } },
    ],
  },
  {
    name: 'hook-failed',
    claims: 'A Lambda hook that answers FAILED',
    events: [
      ...start,
      { at: 8, running: 1, pending: 0 },
      {
        at: 12,
        hook: {
          hookId: 'hook-1',
          status: 'FAILED',
          targetArn: 'arn:aws:lambda:eu-central-1:123456789012:function:smoke-test',
        },
      },
      { at: 14, status: 'ROLLBACK_IN_PROGRESS' },
      { at: 24, status: 'ROLLBACK_SUCCESSFUL' },
    ],
  },
  {
    name: 'hook-timeout',
    claims: 'A hook that runs out of time rolls back',
    events: [
      ...start,
      { at: 8, running: 1, pending: 0 },
      { at: 12, hook: { hookId: 'hook-1', status: 'TIMED_OUT' } },
      { at: 14, status: 'ROLLBACK_IN_PROGRESS' },
      { at: 24, status: 'ROLLBACK_SUCCESSFUL' },
    ],
  },
  {
    name: 'early-success',
    claims: 'earlySuccessCriteria DEFERRED: done while old tasks run',
    events: [...start, { at: 6, running: 1, pending: 0 }, ...done(8)],
  },
  {
    name: 'many-events',
    claims: 'A service keeps a hundred events',
    events: [...start, { at: 5, manyEvents: 250 }, { at: 12, stop: exit1, times: 2 }],
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
  {
    name: 'throttled',
    claims: 'A storm of ThrottlingException for a minute',
    events: [...start, { at: 8, running: 1, pending: 0 }, ...done(75)],
    faults: [
      {
        operations: ['DescribeServiceDeployments', 'ListTasks', 'DescribeServices'],
        type: 'ThrottlingException',
        message: 'Rate exceeded',
        until: 60,
      },
    ],
  },
  {
    name: 'access-denied',
    claims: 'ECS refuses access with HTTP 400',
    events: [...start, ...done(20)],
    faults: [
      {
        operations: ['DescribeServiceDeployments'],
        type: 'AccessDeniedException',
        message:
          'User: arn:aws:sts::123456789012:assumed-role/deploy/x is not authorized to perform: ecs:DescribeServiceDeployments',
        until: 1e9,
      },
    ],
  },
  {
    name: 'stale-reads',
    claims: 'A read right after a write may be old',
    events: [...start, { at: 8, running: 1, pending: 0 }, ...done(14)],
    staleReads: 3,
  },
];

export const scenarios: ReadonlyMap<string, Scenario> = new Map(list.map((scenario) => [scenario.name, scenario]));
