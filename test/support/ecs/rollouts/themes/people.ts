import { exitsAfter, failsTargetCheck, imageNotFound } from '../behaviours.js';
import type { Rollout } from '../rollout.js';

const well = { outcome: 'succeeded', earlyStop: 'must not' } as const;

/** Somebody else, or a scaling policy, has a hand in it. */
export const people: readonly Rollout[] = [
  {
    name: 'replaced before any task runs',
    others: [{ at: 10, does: 'update' }],
    expect: { outcome: 'superseded', earlyStop: 'must not' },
  },
  {
    name: 'replaced when half of the tasks are there',
    service: { desired: 4, configuration: { maximumPercent: 150 }, checks: ['load balancer'] },
    others: [{ at: 60, does: 'update' }],
    expect: { outcome: 'superseded', earlyStop: 'must not' },
  },
  {
    name: 'replaced in the moment it is made',
    others: [{ at: 0.5, does: 'update' }],
    expect: { outcome: 'superseded', earlyStop: 'must not' },
  },
  {
    name: 'replaced while its tasks fail',
    service: { breaker: 'off' },
    tasks: [exitsAfter(5)],
    others: [{ at: 100, does: 'update' }],
    expect: { outcome: 'superseded', earlyStop: 'must not', passing: 'exited' },
  },
  {
    name: 'replaced on the way back',
    service: { checks: ['load balancer'] },
    tasks: [imageNotFound],
    formerTasks: [{ runsAfter: 120 }],
    others: [
      {
        at: 20,
        does: 'kill',
        whose: 'former',
        tasks: 2,
        end: { after: 0, stopCode: 'UserInitiated', reason: 'Task stopped by user' },
      },
      { at: 70, does: 'update' },
    ],
    expect: { outcome: 'failed', rolledBack: false, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'replaced by one that is replaced itself',
    others: [
      { at: 15, does: 'update' },
      { at: 25, does: 'update' },
    ],
    expect: { outcome: 'superseded', earlyStop: 'must not' },
  },
  {
    name: 'replaced by one that fails and is rolled back',
    others: [{ at: 20, does: 'update', tasks: [imageNotFound] }],
    expect: { outcome: 'superseded', earlyStop: 'must not' },
  },
  {
    name: 'replaced just after its end',
    others: [{ at: 82, does: 'update' }],
    expect: well,
  },
  {
    name: 'a deployment is under way already',
    service: { before: 'in flight' },
    expect: well,
  },
  {
    name: 'a deployment is under way already, and ours fails',
    service: { before: 'in flight' },
    tasks: [imageNotFound],
    expect: { outcome: 'failed', rolledBack: true, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'someone rolls it back',
    others: [{ at: 30, does: 'stop' }],
    expect: { outcome: 'stopped', rolledBack: true, earlyStop: 'must not' },
  },
  {
    name: 'someone rolls it back at once',
    service: { breaker: 'off' },
    others: [{ at: 2, does: 'stop' }],
    expect: { outcome: 'stopped', rolledBack: true, earlyStop: 'must not' },
  },
  {
    name: 'someone rolls back what fails',
    service: { breaker: 'off', checks: ['load balancer'] },
    tasks: [failsTargetCheck()],
    others: [{ at: 200, does: 'stop' }],
    expect: { outcome: 'stopped', rolledBack: true, cause: 'target-health', earlyStop: 'must not' },
  },
  {
    name: 'someone rolls back the first deployment ever',
    does: 'creates',
    service: { before: 'absent' },
    others: [{ at: 20, does: 'stop' }],
    expect: { outcome: 'stopped', rolledBack: false, earlyStop: 'must not' },
  },
  {
    name: 'the service is deleted meanwhile',
    others: [{ at: 25, does: 'delete' }],
    expect: { outcome: 'deleted', earlyStop: 'must not' },
  },
  {
    name: 'the service is deleted right after its end',
    others: [{ at: 82, does: 'delete' }],
    expect: well,
  },
  {
    name: 'scaled out meanwhile',
    service: { desired: 2, checks: ['load balancer'] },
    others: [{ at: 35, does: 'scale', to: 6 }],
    expect: well,
  },
  {
    name: 'scaled in meanwhile',
    service: { desired: 8 },
    others: [{ at: 40, does: 'scale', to: 3 }],
    expect: well,
  },
  {
    name: 'scaled to nothing meanwhile',
    service: { desired: 3 },
    tasks: [{ runsAfter: 120 }],
    others: [{ at: 30, does: 'scale', to: 0 }],
    expect: well,
  },
  {
    name: 'scaled right after the end',
    service: { desired: 2 },
    others: [{ at: 90, does: 'scale', to: 7 }],
    expect: well,
  },
  {
    name: 'scaled out so that the breaker bears more',
    service: { desired: 4 },
    tasks: [imageNotFound],
    others: [{ at: 10, does: 'scale', to: 20 }],
    expect: { outcome: 'failed', rolledBack: true, cause: 'image-not-found', earlyStop: 'may' },
  },
];
