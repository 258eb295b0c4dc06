import { exitsAfter, failsTargetCheck, first, imageNotFound, registryThrottled } from '../behaviours.js';
import type { Rollout } from '../rollout.js';

const well = { outcome: 'succeeded', earlyStop: 'must not' } as const;
const failed = { outcome: 'failed', rolledBack: true } as const;
const TARGET = 'DescribeServiceDeployments';

/** Reads that are late, calls that are throttled or break; nothing of it changes what is true. */
export const erring: readonly Rollout[] = [
  { name: 'records four seconds late', errs: { consistency: { listedAfter: 4, describableAfter: 4 } }, expect: well },
  { name: 'listed, not yet describable', errs: { consistency: { describableAfter: 5 } }, expect: well },
  { name: 'describable, not yet listed', errs: { consistency: { listedAfter: 5 } }, expect: well },
  { name: 'the former deployment is called the current one', errs: { consistency: { currentAfter: 5 } }, expect: well },
  {
    name: 'the former deployment is called the current one for a minute',
    errs: { consistency: { currentAfter: 60 } },
    expect: well,
  },
  { name: 'services as they were', errs: { consistency: { servicesStaleFor: 6 } }, expect: well },
  { name: 'no target revision at first', errs: { consistency: { targetRevisionAfter: 8 } }, expect: well },
  { name: 'revisions late', errs: { consistency: { revisionsAfter: 90 } }, expect: well },
  { name: 'digests later than the end', errs: { consistency: { digestsAfter: 120 } }, expect: well },
  {
    name: 'a list in no order',
    service: { before: 'in flight' },
    errs: { consistency: { shuffled: true } },
    expect: well,
  },
  {
    name: 'tasks listed late',
    tasks: [imageNotFound],
    errs: { consistency: { tasksListedAfter: 5, tasksDescribableAfter: 3 } },
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'a read goes back in time before the end',
    errs: { consistency: { backwards: [{ operation: TARGET, at: 65, by: 30 }] } },
    expect: well,
  },
  {
    name: 'services go back in time',
    errs: { consistency: { backwards: [{ operation: 'DescribeServices', at: 72, by: 60 }] } },
    expect: well,
  },
  {
    name: 'a failure is seen, then not',
    tasks: [imageNotFound],
    errs: { consistency: { backwards: [{ operation: TARGET, at: 70, by: 40 }] } },
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may' },
  },
  { name: 'eventual in every way', errs: { consistency: 'eventual' }, expect: well },
  { name: 'eventual in every way, forced', does: 'forces', errs: { consistency: 'eventual' }, expect: well },
  {
    name: 'eventual in every way, failing',
    tasks: [imageNotFound],
    errs: { consistency: 'eventual' },
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'eventual in every way, replaced',
    others: [{ at: 20, does: 'update' }],
    errs: { consistency: 'eventual' },
    expect: { outcome: 'superseded', earlyStop: 'must not' },
  },
  {
    name: 'eventual in every way, replaced at once',
    others: [{ at: 0.5, does: 'update' }],
    errs: { consistency: 'eventual' },
    expect: { outcome: 'superseded', earlyStop: 'must not' },
  },
  {
    name: 'eventual in every way, over one in flight',
    service: { before: 'in flight' },
    errs: { consistency: 'eventual' },
    expect: well,
  },
  {
    name: 'eventual in every way, made anew',
    does: 'creates',
    service: { before: 'absent' },
    errs: { consistency: 'eventual' },
    expect: well,
  },
  { name: 'the clock of ECS is two minutes ahead', errs: { skew: 120, consistency: 'eventual' }, expect: well },
  { name: 'the clock of ECS is two minutes behind', errs: { skew: -120, consistency: 'eventual' }, expect: well },
  {
    name: 'throttled from the first call on',
    errs: { throttled: [{ from: 0, for: 60, operations: 'all' }] },
    expect: well,
  },
  {
    name: 'throttled for a minute in the middle',
    errs: { throttled: [{ from: 20, for: 60, operations: 'all' }] },
    expect: well,
  },
  {
    name: 'throttled while it fails',
    tasks: [imageNotFound],
    errs: { throttled: [{ from: 15, for: 60, operations: 'all' }] },
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'only UpdateService throttled',
    errs: { throttled: [{ from: 0, for: 20, operations: ['UpdateService'] }] },
    expect: well,
  },
  {
    name: 'only registrations throttled',
    errs: { throttled: [{ from: 0, for: 15, operations: ['RegisterTaskDefinition'] }] },
    expect: well,
  },
  {
    name: 'only tasks throttled for ever',
    tasks: [imageNotFound],
    errs: { throttled: [{ from: 0, operations: ['ListTasks', 'DescribeTasks'] }] },
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may', proof: 'partial' },
  },
  {
    name: 'revisions throttled around the end',
    errs: { throttled: [{ from: 50, for: 60, operations: ['DescribeServiceRevisions'] }] },
    expect: well,
  },
  {
    name: 'every third call is reset',
    errs: { faults: [{ from: 0, operations: 'all', kind: 'reset', every: 3 }] },
    expect: well,
  },
  {
    name: 'half a minute of internal errors',
    errs: { faults: [{ from: 25, for: 30, operations: 'all', kind: 'internal error' }] },
    expect: well,
  },
  {
    name: 'unavailable at first',
    errs: { faults: [{ from: 0, for: 10, operations: 'all', kind: 'unavailable' }] },
    expect: well,
  },
  { name: 'the answer to UpdateService is lost', errs: { lost: { UpdateService: 1 } }, expect: well },
  {
    name: 'the answer to UpdateService is lost, forced',
    does: 'forces',
    errs: { lost: { UpdateService: 1 } },
    expect: well,
  },
  { name: 'the answer to the registration is lost', errs: { lost: { RegisterTaskDefinition: 1 } }, expect: well },
  {
    name: 'the answer to the stop is lost',
    service: { breaker: 'off' },
    tasks: [imageNotFound],
    errs: { lost: { StopServiceDeployment: 1 } },
    expect: { outcome: 'timed out', cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'short pages',
    service: { desired: 9 },
    tasks: first(3, registryThrottled),
    errs: { pageSize: 2 },
    expect: { ...well, passing: 'registry-throttled' },
  },
  {
    name: 'short pages full of crashes',
    service: { desired: 20, breaker: 'off' },
    tasks: [exitsAfter(6)],
    errs: { pageSize: 7 },
    expect: { outcome: 'timed out', cause: 'exited', exitCode: 1, earlyStop: 'beyond the threshold', patience: 10 },
  },
];

/** Several of these at once. */
export const combined: readonly Rollout[] = [
  {
    name: 'eventual, throttled from the start, the answer lost',
    errs: { consistency: 'eventual', throttled: [{ from: 0, for: 30, operations: 'all' }], lost: { UpdateService: 1 } },
    expect: well,
  },
  {
    name: 'eventual and replaced, with the history denied',
    others: [{ at: 35, does: 'update' }],
    errs: { consistency: 'eventual', denied: ['ListServiceDeployments', 'DescribeServiceDeployments'] },
    expect: { outcome: 'superseded', earlyStop: 'must not', proof: 'none' },
  },
  {
    name: 'eventual, targets sick, resets',
    service: { checks: ['load balancer'] },
    tasks: [failsTargetCheck()],
    errs: { consistency: 'eventual', faults: [{ from: 0, operations: 'all', kind: 'reset', every: 4 }] },
    expect: { ...failed, cause: 'target-health', earlyStop: 'beyond the threshold' },
  },
  {
    name: 'scaled meanwhile, eventual, short pages',
    service: { desired: 5 },
    others: [{ at: 30, does: 'scale', to: 8 }],
    errs: { consistency: 'eventual', pageSize: 2 },
    expect: well,
  },
  {
    name: 'a registry that throttles, eventual, throttled itself',
    service: { desired: 6, checks: ['container'] },
    tasks: first(2, registryThrottled),
    errs: { consistency: 'eventual', throttled: [{ from: 10, for: 40, operations: 'all' }] },
    expect: { ...well, passing: 'registry-throttled' },
  },
  {
    name: 'deleted meanwhile, eventual, tasks denied',
    others: [{ at: 30, does: 'delete' }],
    errs: { consistency: 'eventual', denied: ['ListTasks', 'DescribeTasks'] },
    expect: { outcome: 'deleted', earlyStop: 'must not' },
  },
  {
    name: 'no way back, eventual, revisions denied',
    service: { before: 'failed' },
    tasks: [imageNotFound],
    errs: { consistency: 'eventual', denied: ['DescribeServiceRevisions'] },
    expect: { outcome: 'failed', rolledBack: false, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'stopped by someone while throttled and eventual',
    others: [{ at: 25, does: 'stop' }],
    errs: { consistency: 'eventual', throttled: [{ from: 15, for: 30, operations: 'all' }] },
    expect: { outcome: 'stopped', rolledBack: true, earlyStop: 'must not' },
  },
  {
    name: 'an alarm in a canary, eventual',
    service: {
      checks: ['load balancer'],
      configuration: {
        strategy: 'CANARY',
        canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
        alarms: { alarmNames: ['web-5xx'], enable: true, rollback: true },
      },
    },
    alarms: [{ name: 'web-5xx', at: 200 }],
    errs: { consistency: 'eventual' },
    expect: { outcome: 'failed', rolledBack: true, cause: 'alarm', earlyStop: 'must not' },
  },
  {
    name: 'a failed deployment, run again while reads are late',
    does: 'deploys twice',
    tasks: [imageNotFound],
    again: [{}],
    errs: { consistency: 'eventual', throttled: [{ from: 60, for: 20, operations: 'all' }] },
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may' },
  },
];
