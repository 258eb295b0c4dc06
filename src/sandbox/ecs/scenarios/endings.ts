import type { Scenario } from '../scenario-shape.js';
import { always, API, BREAKER, breaker, crash, quickCrash } from './parts.js';

/** How a deployment ends that does not succeed, and what others do to it. */
export const endingScenarios: readonly Scenario[] = [
  always('failed-no-rollback', `${BREAKER}: rollback off`, quickCrash, {
    configuration: breaker(false, { thresholdConfiguration: { type: 'COUNT', value: 1 } }),
  }),
  always('rollback-failed', `${API}, ServiceDeployment: ROLLBACK_FAILED`, quickCrash, {
    configuration: breaker(true),
    rollback: { seconds: 10, fails: true },
  }),
  always(
    'no-completed',
    `${BREAKER}: with no deployment in COMPLETED state it does not launch new tasks, and is stalled`,
    quickCrash,
    {
      configuration: breaker(true),
      noSource: true,
    },
  ),
  always('breaker-count', `${API}, ThresholdConfiguration COUNT: the first failure is one too many`, quickCrash, {
    configuration: breaker(true, { thresholdConfiguration: { type: 'COUNT', value: 1 } }),
  }),
  {
    name: 'breaker-keeps-count',
    claims: `${API}, DeploymentCircuitBreaker: resetOnHealthyTask false`,
    events: [],
    configuration: breaker(true, { resetOnHealthyTask: false, thresholdConfiguration: { type: 'COUNT', value: 2 } }),
    tasks: [
      {
        runs: 3,
        healthy: 5,
        stops: 9,
        end: { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' },
      },
    ],
    drains: 120,
  },
  {
    name: 'alarm',
    claims: 'Amazon ECS developer guide, CloudWatch alarms detect deployment failures: rolled back when one goes off',
    configuration: { alarms: { alarmNames: ['web-5xx'], enable: true, rollback: true }, bakeTimeInMinutes: 1 },
    events: [{ at: 20, alarm: 'web-5xx' }],
  },
  {
    name: 'alarm-no-rollback',
    claims: 'Amazon ECS developer guide, CloudWatch alarms detect deployment failures: rollback off',
    configuration: { alarms: { alarmNames: ['web-5xx'], enable: true, rollback: false }, bakeTimeInMinutes: 1 },
    events: [{ at: 20, alarm: 'web-5xx' }],
  },
  {
    name: 'superseded',
    claims: 'kayac/ecspresso#929: STOPPED with "Replaced by a new service deployment."',
    events: [{ at: 10, supersede: true }],
  },
  {
    name: 'superseded-late',
    claims: 'kayac/ecspresso#929: the same, after our tasks run',
    drains: 60,
    events: [{ at: 30, supersede: true }],
  },
  {
    name: 'in-flight',
    claims: 'Amazon ECS developer guide, service deployments: a new one replaces that of somebody else',
    inFlight: true,
    events: [],
  },
  {
    name: 'user-stop',
    claims: 'Amazon ECS developer guide, stopping service deployments: "Service deployment rolled back by user."',
    tasks: [{ runs: 60 }],
    events: [{ at: 20, stopped: true }],
  },
  always('stop-refused', `${API}, StopServiceDeployment: ConflictException`, crash, {
    faults: [
      {
        operations: ['StopServiceDeployment'],
        type: 'ConflictException',
        message: 'The request could not be processed because of conflict in the current state of the resource.',
        until: 1e9,
      },
    ],
  }),
  {
    name: 'service-deleted',
    claims: `${API}, DeleteService: DRAINING, then INACTIVE`,
    tasks: [{ runs: 60 }],
    events: [{ at: 20, deleted: true }],
  },
  {
    name: 'deployment-forgotten',
    claims: 'Amazon ECS developer guide, service deployments: a record that ECS no longer has',
    tasks: [{ runs: 20 }],
    events: [{ at: 10, forgotten: true }],
  },
];
