import { failsTargetCheck, fine, imageNotFound } from '../behaviours.js';
import type { Rollout, ServiceStart } from '../rollout.js';

const well = { outcome: 'succeeded', earlyStop: 'must not' } as const;
const LAMBDA = 'arn:aws:lambda:eu-central-1:111122223333:function:check';
const lambda = (...lifecycleStages: string[]) => ({
  hookTargetArn: LAMBDA,
  roleArn: 'arn:aws:iam::111122223333:role/hooks',
  lifecycleStages,
});
const pause = (stage: string, timeoutInMinutes?: number, action?: string) => ({
  targetType: 'PAUSE',
  lifecycleStages: [stage],
  ...(timeoutInMinutes !== undefined && { timeoutConfiguration: { timeoutInMinutes, action } }),
});
const staged = (configuration: object, more: ServiceStart = {}): ServiceStart => ({
  checks: ['load balancer'],
  breaker: 'off',
  ...more,
  configuration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2, ...configuration },
});

/** Blue/green, linear and canary deployments, with hooks and pauses. */
export const stagedRollouts: readonly Rollout[] = [
  { name: 'blue/green', service: staged({}), expect: well },
  {
    name: 'blue/green that bakes for twenty minutes',
    service: staged({ bakeTimeInMinutes: 20 }),
    expect: { ...well, patience: 40 },
  },
  {
    name: 'blue/green that bakes for longer than one waits',
    service: staged({ bakeTimeInMinutes: 120 }),
    expect: { outcome: 'timed out', earlyStop: 'must not' },
  },
  {
    name: 'linear in four steps',
    service: staged({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 1 } }),
    expect: well,
  },
  {
    name: 'canary',
    service: staged({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 } }),
    expect: well,
  },
  {
    name: 'blue/green whose green never comes up',
    service: staged({}, { breaker: 'rollback' }),
    tasks: [imageNotFound],
    expect: { outcome: 'failed', rolledBack: true, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'blue/green whose green stays sick, without a breaker',
    service: staged({}),
    tasks: [failsTargetCheck()],
    expect: { outcome: 'timed out', cause: 'target-health', earlyStop: 'beyond the threshold' },
  },
  {
    name: 'a hook that is content',
    service: staged({ lifecycleHooks: [lambda('PRE_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT')] }),
    expect: well,
  },
  {
    name: 'a hook that refuses',
    service: staged({ lifecycleHooks: [lambda('POST_TEST_TRAFFIC_SHIFT')] }),
    hooks: { POST_TEST_TRAFFIC_SHIFT: [{ takes: 20, result: 'fails' }] },
    expect: { outcome: 'failed', rolledBack: true, cause: 'hook', earlyStop: 'must not' },
  },
  {
    name: 'a hook that refuses before anything is started',
    service: staged({ lifecycleHooks: [lambda('PRE_SCALE_UP')] }),
    hooks: { PRE_SCALE_UP: [{ takes: 3, result: 'fails' }] },
    expect: { outcome: 'failed', rolledBack: true, cause: 'hook', earlyStop: 'must not' },
  },
  {
    name: 'a hook that says nothing',
    service: staged({ lifecycleHooks: [lambda('TEST_TRAFFIC_SHIFT')] }),
    hooks: { TEST_TRAFFIC_SHIFT: [{ takes: 10, result: 'says nothing' }] },
    expect: { outcome: 'failed', rolledBack: true, cause: 'hook', earlyStop: 'must not' },
  },
  {
    name: 'a hook that may not be invoked',
    service: staged({ lifecycleHooks: [lambda('POST_SCALE_UP')] }),
    hooks: { POST_SCALE_UP: [{ takes: 2, result: 'may not be invoked' }] },
    expect: { outcome: 'failed', rolledBack: true, cause: 'hook', earlyStop: 'must not' },
  },
  {
    name: 'a hook that never comes to an end',
    service: staged({
      lifecycleHooks: [
        { ...lambda('POST_SCALE_UP'), timeoutConfiguration: { timeoutInMinutes: 10, action: 'ROLLBACK' } },
      ],
    }),
    hooks: { POST_SCALE_UP: [{ takes: 0, result: 'never' }] },
    expect: { outcome: 'failed', rolledBack: true, cause: 'hook-timeout', earlyStop: 'must not' },
  },
  {
    name: 'the second step of a canary is refused',
    service: staged({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 1 },
      lifecycleHooks: [lambda('PRODUCTION_TRAFFIC_SHIFT')],
    }),
    hooks: {
      PRODUCTION_TRAFFIC_SHIFT: [
        { takes: 5, result: 'succeeds' },
        { takes: 5, result: 'fails' },
      ],
    },
    expect: { outcome: 'failed', rolledBack: true, cause: 'hook', earlyStop: 'must not' },
  },
  {
    name: 'a pause that waits for a day',
    service: staged({ lifecycleHooks: [pause('POST_TEST_TRAFFIC_SHIFT')] }),
    expect: { outcome: 'paused', earlyStop: 'must not' },
  },
  {
    name: 'a pause before anything is started',
    service: staged({ lifecycleHooks: [pause('PRE_SCALE_UP')] }),
    expect: { outcome: 'paused', earlyStop: 'must not' },
  },
  {
    name: 'a pause that someone ends',
    service: staged({ lifecycleHooks: [pause('POST_SCALE_UP')] }),
    others: [{ at: 400, does: 'continue' }],
    expect: well,
  },
  {
    name: 'a pause where someone goes back',
    service: staged({ lifecycleHooks: [pause('PRE_PRODUCTION_TRAFFIC_SHIFT')] }),
    others: [{ at: 400, does: 'roll back at the hook' }],
    expect: { outcome: 'failed', rolledBack: true, cause: 'hook', earlyStop: 'must not' },
  },
  {
    name: 'a pause that goes on by itself',
    service: staged({ lifecycleHooks: [pause('POST_TEST_TRAFFIC_SHIFT', 5, 'CONTINUE')] }),
    expect: well,
  },
  {
    name: 'a pause that goes back by itself',
    service: staged({ lifecycleHooks: [pause('POST_TEST_TRAFFIC_SHIFT', 5, 'ROLLBACK')] }),
    expect: { outcome: 'failed', rolledBack: true, cause: 'hook-timeout', earlyStop: 'must not' },
  },
  {
    name: 'a pause before every step of the traffic',
    service: staged({
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 },
      lifecycleHooks: [pause('PRE_PRODUCTION_TRAFFIC_SHIFT')],
    }),
    others: [
      { at: 150, does: 'continue' },
      { at: 400, does: 'continue' },
    ],
    expect: well,
  },
  {
    name: 'rules that do not fit the target groups',
    service: staged({}),
    networking:
      'Both targetGroup and alternateTargetGroup must be associated with the productionListenerRule or testListenerRule.',
    expect: { outcome: 'failed', rolledBack: true, cause: 'networking', earlyStop: 'must not' },
  },
  {
    name: 'blue/green replaced while it bakes',
    service: staged({ bakeTimeInMinutes: 15 }),
    others: [{ at: 300, does: 'update' }],
    expect: { outcome: 'superseded', earlyStop: 'must not' },
  },
  {
    name: 'blue/green rolled back by someone while it bakes',
    service: staged({ bakeTimeInMinutes: 15 }),
    others: [{ at: 300, does: 'stop' }],
    expect: { outcome: 'stopped', rolledBack: true, earlyStop: 'must not' },
  },
  {
    name: 'the first blue/green deployment fails',
    does: 'creates',
    service: { ...staged({ lifecycleHooks: [lambda('PRE_SCALE_UP')] }), before: 'absent' },
    hooks: { PRE_SCALE_UP: [{ takes: 5, result: 'fails' }] },
    tasks: [fine()],
    expect: { outcome: 'failed', rolledBack: false, cause: 'hook', earlyStop: 'must not' },
  },
];
