import {
  badHost,
  first,
  fine,
  hostRetired,
  interrupted,
  logGroupNotFound,
  networkInterfaceTimeout,
  noCapacity,
  noFreeAddress,
  noInstance,
  overQuota,
  secretForbidden,
  secretNotFound,
  secretThrottled,
  secretUnreachable,
  spotInterruption,
  volumeNotMounted,
} from '../behaviours.js';
import type { Rollout } from '../rollout.js';

const failed = { outcome: 'failed', rolledBack: true } as const;
const well = { outcome: 'succeeded', earlyStop: 'must not' } as const;
const spot = { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }] };

/** What a task needs besides its image: secrets, logs, volumes, addresses, a place. */
export const resources: readonly Rollout[] = [
  {
    name: 'secret not allowed',
    tasks: [secretForbidden],
    expect: { ...failed, cause: 'secret-forbidden', earlyStop: 'may' },
  },
  {
    name: 'secret not there, breaker without rollback',
    service: { desired: 1, breaker: 'fail' },
    tasks: [secretNotFound],
    expect: { outcome: 'failed', rolledBack: false, cause: 'secret-not-found', earlyStop: 'may' },
  },
  {
    name: 'secrets throttled for all tasks once',
    service: { desired: 8, checks: ['container'] },
    tasks: first(3, secretThrottled),
    expect: { ...well, passing: 'secret-throttled' },
  },
  {
    name: 'secrets throttled for ever',
    tasks: [secretThrottled],
    expect: { ...failed, cause: 'secret-throttled', earlyStop: 'beyond the threshold' },
  },
  {
    name: 'secrets out of reach twice',
    service: { desired: 2 },
    tasks: first(2, secretUnreachable),
    expect: { ...well, passing: 'secret-throttled' },
  },
  {
    name: 'no log group',
    tasks: [logGroupNotFound],
    expect: { ...failed, cause: 'log-group-not-found', earlyStop: 'may' },
  },
  {
    name: 'no file system',
    service: { desired: 1 },
    tasks: [volumeNotMounted],
    expect: { ...failed, cause: 'volume', earlyStop: 'may' },
  },
  {
    name: 'a network interface that comes too late once',
    tasks: first(1, networkInterfaceTimeout),
    expect: { ...well, passing: 'network-interface' },
  },
  {
    name: 'a subnet without free addresses',
    tasks: [noFreeAddress],
    expect: { ...failed, cause: 'network-interface', earlyStop: 'beyond the threshold' },
  },
  {
    name: 'a subnet that gets an address back',
    service: { desired: 6 },
    tasks: [fine(), fine(), noFreeAddress, noFreeAddress, fine()],
    expect: { ...well, passing: 'network-interface' },
  },
  { name: 'a bad host', service: { desired: 3 }, tasks: first(1, badHost), expect: { ...well, passing: 'host' } },
  { name: 'no capacity twice', tasks: first(2, noCapacity), expect: { ...well, passing: 'capacity' } },
  {
    name: 'no capacity for ever, without a breaker',
    service: { breaker: 'off' },
    tasks: [noCapacity],
    expect: { outcome: 'timed out', cause: 'capacity', earlyStop: 'must not' },
  },
  {
    name: 'no capacity until the breaker has had enough',
    tasks: [noCapacity],
    expect: { ...failed, cause: 'capacity', earlyStop: 'must not' },
  },
  {
    name: 'no instance with enough CPU for the last task',
    service: { desired: 4, breaker: 'off' },
    tasks: [fine(), fine(), fine(), noInstance],
    expect: { outcome: 'timed out', cause: 'capacity', earlyStop: 'must not' },
  },
  {
    name: 'no instance until one is added',
    service: { desired: 2, breaker: 'off' },
    tasks: [fine(), noInstance, noInstance, noInstance, noInstance, fine()],
    expect: { ...well, passing: 'capacity' },
  },
  { name: 'over the quota of vCPUs', tasks: [overQuota], expect: { ...failed, cause: 'quota', earlyStop: 'must not' } },
  {
    name: 'a new task is interrupted on Spot',
    service: { desired: 3, settings: spot },
    tasks: [interrupted(20), fine()],
    expect: { ...well, passing: 'spot' },
  },
  {
    name: 'every task is interrupted on Spot at first',
    service: { desired: 4, settings: spot },
    tasks: first(4, interrupted(15)),
    expect: { ...well, passing: 'spot' },
  },
  {
    name: 'old tasks are interrupted on Spot meanwhile',
    service: { desired: 4, checks: ['load balancer'], settings: spot },
    others: [{ at: 15, does: 'kill', whose: 'former', tasks: 3, end: spotInterruption }],
    expect: well,
  },
  {
    name: 'the host is taken away from under a new task',
    service: { desired: 2, checks: ['container'] },
    others: [{ at: 38, does: 'kill', whose: 'ours', tasks: 1, end: hostRetired }],
    expect: { ...well, passing: 'host' },
  },
  {
    name: 'someone stops a new task by hand',
    service: { desired: 2 },
    others: [
      {
        at: 50,
        does: 'kill',
        whose: 'ours',
        tasks: 1,
        end: { after: 0, stopCode: 'UserInitiated', reason: 'Task stopped by user' },
      },
    ],
    expect: well,
  },
];
