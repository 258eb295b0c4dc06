import type { Scenario } from '../scenario-shape.js';
import { API } from './parts.js';

const ROLLING = 'Amazon ECS developer guide, rolling deployments';
const HOOK = {
  hookTargetArn: 'arn:aws:lambda:eu-central-1:123456789012:function:smoke-test',
  roleArn: 'arn:aws:iam::123456789012:role/hooks',
};
const hook = (stage: string, more: Readonly<Record<string, unknown>> = HOOK) => ({
  lifecycleHooks: [{ ...more, lifecycleStages: [stage] }],
});
const HOOKS = 'Amazon ECS developer guide, lifecycle hooks for service deployments';

/** How a deployment goes. */
export const rolloutScenarios: readonly Scenario[] = [
  { name: 'ok', claims: `${ROLLING}: one task after the other`, events: [] },
  {
    name: 'slow',
    claims: 'Elastic Load Balancing: the default deregistration delay of 300 s, and a slow start',
    events: [],
    tasks: [{ runs: 59 }],
    drains: 356,
  },
  {
    name: 'blue-green',
    claims: 'Amazon ECS developer guide, blue/green deployments: a bake time of a minute',
    events: [],
    configuration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 },
  },
  {
    name: 'canary',
    claims: 'Amazon ECS developer guide, canary deployments: 5 percent first',
    events: [],
    configuration: {
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 1 },
      bakeTimeInMinutes: 1,
    },
  },
  {
    name: 'linear',
    claims: 'Amazon ECS developer guide, linear deployments: two steps',
    events: [],
    configuration: { strategy: 'LINEAR', linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 } },
  },
  {
    name: 'pause',
    claims: `${HOOKS}: PAUSE waits for ContinueServiceDeployment`,
    events: [],
    configuration: hook('POST_SCALE_UP', { targetType: 'PAUSE' }),
  },
  {
    name: 'pause-timeout',
    claims: `${HOOKS}: PAUSE for which nobody comes, and the action ROLLBACK`,
    events: [],
    configuration: hook('POST_SCALE_UP', {
      targetType: 'PAUSE',
      timeoutConfiguration: { timeoutInMinutes: 1, action: 'ROLLBACK' },
    }),
  },
  {
    name: 'hook-ok',
    claims: `${HOOKS}: a Lambda function that answers SUCCEEDED`,
    events: [],
    configuration: hook('POST_SCALE_UP'),
  },
  {
    name: 'hook-failed',
    claims: `${HOOKS}: a Lambda function that answers FAILED`,
    events: [],
    configuration: hook('POST_SCALE_UP'),
    hooks: { POST_SCALE_UP: 'FAILED' },
  },
  {
    name: 'hook-timeout',
    claims: `${HOOKS}: a Lambda function that never answers`,
    events: [],
    configuration: hook('POST_SCALE_UP', {
      ...HOOK,
      timeoutConfiguration: { timeoutInMinutes: 1, action: 'ROLLBACK' },
    }),
    hooks: { POST_SCALE_UP: 'TIMED_OUT' },
  },
  {
    name: 'early-success',
    claims: `${API}, DeploymentEarlySuccessCriteria DEFERRED: SUCCESSFUL while old tasks still drain`,
    events: [],
    configuration: {
      earlySuccessCriteria: { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'DEFERRED' },
    },
    drains: 120,
  },
  {
    name: 'early-success-blocking',
    claims: `${API}, DeploymentEarlySuccessCriteria BLOCKING: the old tasks are removed first`,
    events: [],
    configuration: {
      earlySuccessCriteria: { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'BLOCKING' },
    },
    drains: 60,
  },
  {
    name: 'scaled-during',
    claims: 'Application Auto Scaling goes on scaling out during a deployment',
    events: [{ at: 5, scale: 3 }],
  },
  {
    name: 'scaled-after',
    claims: 'Application Auto Scaling: the desired count changes after a deployment',
    events: [{ at: 16, scale: 2 }],
  },
];
