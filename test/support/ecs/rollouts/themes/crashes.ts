import { commandNotFound, exitsAfter, exitsAtOnce, fine, first, runsOutOfMemory } from '../behaviours.js';
import type { Behaviour, Rollout } from '../rollout.js';

const failed = { outcome: 'failed', rolledBack: true } as const;
const well = { outcome: 'succeeded', earlyStop: 'must not' } as const;

const limping = [exitsAtOnce(), fine(), exitsAtOnce(), exitsAtOnce(), fine()];

const besideUs: Behaviour = {
  ...exitsAtOnce(3, []),
  end: { ...exitsAtOnce().end!, containers: [{ exitCode: 0 }, { exitCode: 3 }] },
};

/** Containers that end by themselves: before they are seen running, which ECS counts, and after, which it does not. */
export const crashes: readonly Rollout[] = [
  {
    name: 'command not found',
    tasks: [commandNotFound],
    expect: { ...failed, cause: 'cannot-start', earlyStop: 'may' },
  },
  {
    name: 'exits at once',
    tasks: [exitsAtOnce(1)],
    expect: { ...failed, cause: 'exited', exitCode: 1, earlyStop: 'beyond the threshold' },
  },
  {
    name: 'exits at once with 127, breaker without rollback',
    service: { desired: 1, breaker: 'fail' },
    tasks: [exitsAtOnce(127, ['sh: serve: not found'])],
    expect: { outcome: 'failed', rolledBack: false, cause: 'exited', exitCode: 127, earlyStop: 'beyond the threshold' },
  },
  {
    name: 'exits with 0, as a script that is done',
    service: { desired: 1 },
    tasks: [exitsAtOnce(0, ['done'])],
    expect: { ...failed, cause: 'exited', exitCode: 0, earlyStop: 'beyond the threshold' },
  },
  {
    name: 'crash loop behind the back of the breaker',
    tasks: [exitsAfter(12)],
    expect: { outcome: 'timed out', cause: 'exited', exitCode: 1, earlyStop: 'beyond the threshold' },
  },
  {
    name: 'crash loop without a breaker',
    service: { breaker: 'off', checks: ['load balancer'] },
    tasks: [exitsAfter(8, 2)],
    expect: { outcome: 'timed out', cause: 'exited', exitCode: 2, earlyStop: 'beyond the threshold' },
  },
  {
    name: 'crashes until the database is up',
    service: { desired: 2, checks: ['container'] },
    tasks: first(5, exitsAfter(6)),
    expect: { ...well, passing: 'exited' },
  },
  {
    name: 'one of eight crashes once',
    service: { desired: 8, checks: ['load balancer'] },
    tasks: [fine(), fine(), fine(), exitsAfter(9), fine()],
    expect: { ...well, passing: 'exited' },
  },
  {
    name: 'two of three exit at once, then none',
    service: { desired: 3 },
    tasks: [exitsAtOnce(1), exitsAtOnce(1), fine()],
    expect: { ...well, passing: 'exited' },
  },
  {
    name: 'out of memory after ten seconds',
    service: { desired: 1, breaker: 'off' },
    tasks: [runsOutOfMemory(10)],
    expect: { outcome: 'timed out', cause: 'out-of-memory', exitCode: 137, earlyStop: 'beyond the threshold' },
  },
  {
    name: 'out of memory once',
    service: { desired: 2, checks: ['load balancer'] },
    tasks: first(1, runsOutOfMemory(10)),
    expect: { ...well, passing: 'out-of-memory' },
  },
  {
    name: 'more than a hundred tasks have stopped',
    service: { desired: 30, breaker: 'off' },
    tasks: [exitsAfter(5)],
    expect: { outcome: 'timed out', cause: 'exited', exitCode: 1, earlyStop: 'beyond the threshold', patience: 12 },
  },
  {
    name: 'a container that is not essential ends with 1',
    service: { desired: 2, sidecar: 'not essential' },
    tasks: [{ sidecarEnds: { after: 3, exitCode: 1 } }],
    expect: well,
  },
  {
    name: 'an essential container beside the one that is deployed ends with 3',
    service: { desired: 1, sidecar: 'essential' },
    tasks: [besideUs],
    expect: { ...failed, cause: 'exited', exitCode: 3, earlyStop: 'beyond the threshold' },
  },
  {
    name: 'old tasks crash meanwhile',
    service: { desired: 3, checks: ['load balancer'] },
    others: [{ at: 12, does: 'kill', whose: 'former', tasks: 2, end: exitsAfter(0).end! }],
    expect: well,
  },
  {
    name: 'trouble of ten minutes ago',
    service: { desired: 3, scars: true },
    expect: well,
  },
  {
    name: 'trouble of ten minutes ago and another now',
    service: { desired: 2, scars: true },
    tasks: [exitsAtOnce(7)],
    expect: { ...failed, cause: 'exited', exitCode: 7, earlyStop: 'beyond the threshold' },
  },
  {
    name: 'limps: fails, one is healthy, fails and fails, and then is well',
    service: { checks: ['container'] },
    tasks: limping,
    expect: { ...well, passing: 'exited' },
  },
  {
    name: 'limps where no healthy task resets the count',
    service: {
      checks: ['container'],
      configuration: {
        deploymentCircuitBreaker: { enable: true, rollback: true, resetOnHealthyTask: false },
      },
    },
    tasks: limping,
    expect: { ...failed, cause: 'exited', exitCode: 1, earlyStop: 'beyond the threshold' },
  },
];
