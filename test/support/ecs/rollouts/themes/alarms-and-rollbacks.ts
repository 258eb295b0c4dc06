import { exitsAtOnce, imageNotFound, noCapacity, secretForbidden } from '../behaviours.js';
import type { Rollout } from '../rollout.js';

const well = { outcome: 'succeeded', earlyStop: 'must not' } as const;
const alarms = (rollback: boolean) => ({ alarms: { alarmNames: ['web-5xx', 'web-latency'], enable: true, rollback } });
const oldOnesGo = {
  at: 5,
  does: 'kill',
  whose: 'former',
  tasks: 2,
  end: { after: 0, stopCode: 'SpotInterruption', reason: 'Your Spot Task was interrupted.' },
} as const;

/** Alarms, and ways back that do not lead back. */
export const alarmsAndRollbacks: readonly Rollout[] = [
  {
    name: 'an alarm goes off while tasks start',
    service: { configuration: alarms(true) },
    alarms: [{ name: 'web-5xx', at: 40 }],
    expect: { outcome: 'failed', rolledBack: true, cause: 'alarm', earlyStop: 'must not' },
  },
  {
    name: 'an alarm goes off while it bakes',
    service: { configuration: { ...alarms(true), bakeTimeInMinutes: 5 } },
    alarms: [{ name: 'web-latency', at: 180 }],
    expect: { outcome: 'failed', rolledBack: true, cause: 'alarm', earlyStop: 'must not' },
  },
  {
    name: 'an alarm without rollback',
    service: { configuration: alarms(false) },
    alarms: [{ name: 'web-5xx', at: 60 }],
    expect: { outcome: 'failed', rolledBack: false, cause: 'alarm', earlyStop: 'must not' },
  },
  {
    name: 'an alarm that the service does not name',
    service: { configuration: alarms(true) },
    alarms: [{ name: 'another-5xx', at: 60 }],
    expect: well,
  },
  {
    name: 'an alarm that was on before',
    service: { configuration: alarms(true) },
    alarms: [{ name: 'web-5xx', at: -60 }],
    expect: well,
  },
  {
    name: 'an alarm after the end',
    service: { configuration: { ...alarms(true), bakeTimeInMinutes: 1 } },
    alarms: [{ name: 'web-5xx', at: 500 }],
    expect: well,
  },
  {
    name: 'an alarm in a blue/green deployment',
    service: {
      checks: ['load balancer'],
      configuration: { ...alarms(true), strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 },
    },
    alarms: [{ name: 'web-5xx', at: 250 }],
    expect: { outcome: 'failed', rolledBack: true, cause: 'alarm', earlyStop: 'must not' },
  },
  {
    name: 'nothing to go back to',
    service: { before: 'failed' },
    tasks: [imageNotFound],
    expect: { outcome: 'failed', rolledBack: false, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'nothing to go back to, and it stands still',
    service: { before: 'failed' },
    withoutCandidate: 'stalls',
    tasks: [imageNotFound],
    expect: { outcome: 'failed', rolledBack: false, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'made anew without a breaker, and exits at once',
    does: 'creates',
    service: { before: 'absent' },
    tasks: [exitsAtOnce()],
    expect: { outcome: 'timed out', cause: 'exited', exitCode: 1, earlyStop: 'beyond the threshold' },
  },
  {
    name: 'made anew with a breaker, and nothing to go back to',
    does: 'creates',
    service: { before: 'absent', configuration: { deploymentCircuitBreaker: { enable: true, rollback: true } } },
    tasks: [exitsAtOnce()],
    expect: { outcome: 'failed', rolledBack: false, cause: 'exited', exitCode: 1, earlyStop: 'beyond the threshold' },
  },
  {
    name: 'the way back fails as well',
    service: { desired: 2 },
    tasks: [secretForbidden],
    formerTasks: [secretForbidden],
    others: [oldOnesGo],
    expect: { outcome: 'failed', rolledBack: false, cause: 'secret-forbidden', earlyStop: 'may' },
  },
  {
    name: 'the way back waits for capacity',
    service: { desired: 2 },
    tasks: [imageNotFound],
    formerTasks: [noCapacity, noCapacity, {}],
    others: [oldOnesGo],
    expect: { outcome: 'failed', rolledBack: true, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'a slow way back',
    service: { desired: 2, checks: ['load balancer'] },
    tasks: [imageNotFound],
    formerTasks: [{ runsAfter: 300, healthyAfter: 60 }],
    others: [oldOnesGo],
    expect: { outcome: 'failed', rolledBack: true, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'a configuration that lets nothing move',
    service: { desired: 2, breaker: 'off', configuration: { minimumHealthyPercent: 75, maximumPercent: 100 } },
    expect: { outcome: 'timed out', cause: 'configuration', earlyStop: 'must not' },
  },
  {
    name: 'fails, and the second run is well',
    does: 'deploys twice',
    tasks: [imageNotFound],
    again: [{}],
    expect: { outcome: 'failed', rolledBack: true, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'fails without rollback, and the second run meets the same definition',
    does: 'deploys twice',
    service: { breaker: 'fail' },
    tasks: [exitsAtOnce()],
    again: [{}],
    expect: { outcome: 'failed', rolledBack: false, cause: 'exited', exitCode: 1, earlyStop: 'beyond the threshold' },
  },
];
