import { commandNotFound, exitsAfter, exitsAtOnce, fine, first, runsOutOfMemory } from '../behaviours.js';
import type { Rollout } from '../rollout.js';

const failed = { outcome: 'failed', rolledBack: true } as const;
const well = { outcome: 'succeeded', earlyStop: 'must not' } as const;

const limping = [exitsAtOnce(), fine(), exitsAtOnce(), exitsAtOnce(), fine()];

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
    expect: { ...failed, cause: 'exited', exitCode: 1, earlyStop: 'must not' },
  },
  {
    name: 'exits at once with 127, breaker without rollback',
    service: { desired: 1, breaker: 'fail' },
    tasks: [exitsAtOnce(127, ['sh: serve: not found'])],
    expect: { outcome: 'failed', rolledBack: false, cause: 'exited', exitCode: 127, earlyStop: 'must not' },
  },
  {
    name: 'exits with 0, as a script that is done',
    service: { desired: 1 },
    tasks: [exitsAtOnce(0, ['done'])],
    expect: { ...failed, cause: 'exited', exitCode: 0, earlyStop: 'must not' },
  },
  {
    name: 'crash loop behind the back of the breaker',
    tasks: [exitsAfter(12)],
    expect: { outcome: 'timed out', cause: 'exited', exitCode: 1, earlyStop: 'must not' },
  },
  {
    name: 'crash loop without a breaker',
    service: { breaker: 'off', checks: ['load balancer'] },
    tasks: [exitsAfter(8, 2)],
    expect: { outcome: 'timed out', cause: 'exited', exitCode: 2, earlyStop: 'must not' },
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
    expect: { outcome: 'timed out', cause: 'out-of-memory', exitCode: 137, earlyStop: 'must not' },
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
    expect: { outcome: 'timed out', cause: 'exited', exitCode: 1, earlyStop: 'must not', patience: 12 },
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
    expect: { ...failed, cause: 'exited', exitCode: 1, earlyStop: 'must not' },
  },
];
