import type { Scenario } from '../scenario-shape.js';
import { BREAKER, DOC, done, exit1, failing, start } from './parts.js';

/** How a deployment goes and ends. */
export const rolloutScenarios: readonly Scenario[] = [
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
];
