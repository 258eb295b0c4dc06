import { fine } from '../behaviours.js';
import type { Rollout } from '../rollout.js';

const well = { outcome: 'succeeded', earlyStop: 'must not' } as const;
const both = ['container', 'load balancer'] as const;

/** What goes well, fast or slow, in every shape of service. */
export const succeeding: readonly Rollout[] = [
  { name: 'two tasks without any check', expect: well },
  { name: 'one task with a container health check', service: { desired: 1, checks: ['container'] }, expect: well },
  { name: 'four tasks behind a load balancer', service: { desired: 4, checks: ['load balancer'] }, expect: well },
  { name: 'twelve tasks with both checks', service: { desired: 12, checks: both }, expect: well },
  { name: 'the circuit breaker off', service: { breaker: 'off' }, expect: well },
  {
    name: 'half of the tasks at a time',
    service: { desired: 6, configuration: { minimumHealthyPercent: 50, maximumPercent: 100 } },
    expect: well,
  },
  {
    name: 'one and a half times the tasks',
    service: { desired: 4, configuration: { minimumHealthyPercent: 100, maximumPercent: 150 } },
    expect: well,
  },
  {
    name: 'forty tasks in waves of ten',
    service: { desired: 40, configuration: { maximumPercent: 125 } },
    tasks: (_, random) => ({ runsAfter: random.int(15, 50) }),
    expect: well,
  },
  {
    name: 'tasks that take minutes to start',
    service: { checks: ['container'] },
    tasks: [{ runsAfter: 240, healthyAfter: 200 }],
    expect: well,
  },
  {
    name: 'one slow task among quick ones',
    service: { desired: 5, checks: ['load balancer'] },
    tasks: [fine(), fine(), { runsAfter: 300, healthyAfter: 120 }, fine()],
    expect: well,
  },
  {
    name: 'old tasks that drain for minutes after the end',
    service: { checks: ['load balancer'] },
    formerTasks: [{ stopsIn: 300 }],
    pace: { drain: 300 },
    expect: well,
  },
  { name: 'no task is wanted', service: { desired: 0 }, expect: well },
  { name: 'a daemon on three instances', service: { daemon: true, desired: 3 }, expect: well },
  { name: 'a service made anew', does: 'creates', service: { before: 'absent' }, expect: well },
  { name: 'the same definition forced', does: 'forces', expect: well },
  {
    name: 'an early success with the old tasks still there',
    service: {
      desired: 4,
      configuration: {
        minimumHealthyPercent: 50,
        earlySuccessCriteria: { enable: true, healthyPercent: 75, sourceServiceRevisionCleanup: 'DEFERRED' },
      },
    },
    tasks: [fine(), fine(), fine(), { runsAfter: 400 }],
    expect: well,
  },
  {
    name: 'a rolling deployment with a bake time',
    service: { configuration: { bakeTimeInMinutes: 5 } },
    expect: well,
  },
  {
    name: 'tasks that crash only after ECS has been content',
    tasks: [
      {
        cause: 'exited',
        end: {
          after: 300,
          stopCode: 'EssentialContainerExited',
          reason: 'Essential container in task exited',
          containers: [{ exitCode: 1 }],
        },
      },
    ],
    expect: well,
  },
  {
    name: 'over a failed first deployment',
    service: { before: 'failed' },
    expect: well,
  },
  {
    name: 'other bytes behind the digest',
    images: { [`sha256:${'1b'.repeat(32)}`]: `sha256:${'2c'.repeat(32)}` },
    expect: { ...well, digest: 'other' },
  },
  { name: 'nothing to deploy', does: 'redeploys', expect: { outcome: 'nothing', earlyStop: 'must not' } },
  { name: 'only another number of tasks', does: 'scales', expect: { outcome: 'nothing', earlyStop: 'must not' } },
  {
    name: 'only another number of tasks, which find no place',
    does: 'scales',
    formerTasks: [
      {
        cause: 'capacity',
        unplaced: {
          reason:
            '. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
        },
      },
    ],
    expect: { outcome: 'nothing', earlyStop: 'must not' },
  },
];
