import { failsContainerCheck, failsTargetCheck, fine, first, turnsSick } from '../behaviours.js';
import type { Rollout } from '../rollout.js';

const failed = { outcome: 'failed', rolledBack: true, earlyStop: 'beyond the threshold' } as const;
const well = { outcome: 'succeeded', earlyStop: 'must not' } as const;

/** Tasks that run and do not pass their checks. */
export const health: readonly Rollout[] = [
  {
    name: 'container check never passes',
    service: { checks: ['container'] },
    tasks: [failsContainerCheck()],
    expect: { ...failed, cause: 'container-health' },
  },
  {
    name: 'target answers 502 for ever',
    service: { checks: ['load balancer'] },
    tasks: [failsTargetCheck()],
    expect: { ...failed, cause: 'target-health' },
  },
  {
    name: 'target never answers',
    service: { desired: 1, checks: ['container', 'load balancer'] },
    tasks: [failsTargetCheck('Request timed out')],
    expect: { ...failed, cause: 'target-health' },
  },
  {
    name: 'target in a zone that the load balancer has not got, once',
    service: { desired: 3, checks: ['load balancer'] },
    tasks: [
      fine(),
      failsTargetCheck('Target is in an Availability Zone that is not enabled for the load balancer'),
      fine(),
    ],
    expect: { ...well, passing: 'target-health' },
  },
  {
    name: 'target check fails without a breaker',
    service: { breaker: 'off', checks: ['load balancer'] },
    tasks: [failsTargetCheck('Health checks failed with these codes: [404]')],
    expect: { outcome: 'timed out', cause: 'target-health', earlyStop: 'beyond the threshold' },
  },
  {
    name: 'target check fails, breaker without rollback',
    service: { breaker: 'fail', checks: ['load balancer'] },
    tasks: [failsTargetCheck()],
    expect: { outcome: 'failed', rolledBack: false, cause: 'target-health', earlyStop: 'beyond the threshold' },
  },
  {
    name: 'container check fails twice, then passes',
    service: { desired: 4, checks: ['container'] },
    tasks: first(2, failsContainerCheck(60)),
    expect: { ...well, passing: 'container-health' },
  },
  {
    name: 'too little grace for a slow start',
    service: { desired: 1, checks: ['load balancer'], grace: 0 },
    tasks: [{ ...failsTargetCheck('Request timed out', 30), cause: 'target-health' }],
    expect: { ...failed, cause: 'target-health' },
  },
  {
    name: 'enough grace for a slow start',
    service: { desired: 2, checks: ['load balancer'], grace: 300 },
    tasks: [{ healthyAfter: 240 }],
    expect: well,
  },
  {
    name: 'healthy, then sick before the others are ready',
    service: { desired: 2, checks: ['container'] },
    tasks: [turnsSick('container', 40), { runsAfter: 150 }, fine()],
    expect: { ...well, passing: 'container-health' },
  },
  {
    name: 'grace of ten minutes hides what is wrong',
    service: { desired: 2, checks: ['load balancer'], grace: 600 },
    tasks: [failsTargetCheck()],
    expect: { ...failed, cause: 'target-health', patience: 40 },
  },
];
