import {
  first,
  fine,
  imageForbidden,
  imageNotFound,
  imagePlatform,
  registryThrottled,
  registryUnreachable,
} from '../behaviours.js';
import type { Rollout } from '../rollout.js';

const failed = { outcome: 'failed', rolledBack: true } as const;
const well = { outcome: 'succeeded', earlyStop: 'must not' } as const;

/** Images that cannot be pulled, for ever or for a while. */
export const images: readonly Rollout[] = [
  {
    name: 'image not found',
    tasks: [imageNotFound],
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'image not found, one task',
    service: { desired: 1, checks: ['load balancer'] },
    tasks: [imageNotFound],
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'image not found, breaker without rollback',
    service: { breaker: 'fail' },
    tasks: [imageNotFound],
    expect: { outcome: 'failed', rolledBack: false, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'image not found, no breaker at all',
    service: { breaker: 'off' },
    tasks: [imageNotFound],
    expect: { outcome: 'timed out', cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'image not found, sixty tasks',
    service: { desired: 60 },
    tasks: [imageNotFound],
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'image not allowed',
    tasks: [imageForbidden],
    expect: { ...failed, cause: 'image-forbidden', earlyStop: 'may' },
  },
  {
    name: 'image of another architecture',
    service: { desired: 3, checks: ['container'] },
    tasks: [imagePlatform],
    expect: { ...failed, cause: 'image-platform', earlyStop: 'may' },
  },
  {
    name: 'registry throttles twice, then not',
    service: { desired: 4 },
    tasks: first(2, registryThrottled),
    expect: { ...well, passing: 'registry-throttled' },
  },
  {
    name: 'registry throttles one of ten tasks again and again',
    service: { desired: 10 },
    tasks: [
      registryThrottled,
      ...Array.from({ length: 9 }, () => fine()),
      registryThrottled,
      registryThrottled,
      fine(),
    ],
    expect: { ...well, passing: 'registry-throttled' },
  },
  {
    name: 'registry throttles for ever',
    tasks: [registryThrottled],
    expect: { ...failed, cause: 'registry-throttled', earlyStop: 'beyond the threshold' },
  },
  {
    name: 'registry out of reach for ever',
    tasks: [registryUnreachable],
    expect: { ...failed, cause: 'registry-unreachable', earlyStop: 'beyond the threshold' },
  },
  {
    name: 'registry out of reach once',
    service: { checks: ['load balancer'] },
    tasks: first(1, registryUnreachable),
    expect: { ...well, passing: 'registry-unreachable' },
  },
  {
    name: 'an unreachable registry under a threshold of five',
    service: {
      desired: 1,
      configuration: {
        deploymentCircuitBreaker: {
          enable: true,
          rollback: true,
          resetOnHealthyTask: false,
          thresholdConfiguration: { type: 'COUNT', value: 5 },
        },
      },
    },
    tasks: first(4, registryUnreachable),
    expect: { ...well, passing: 'registry-unreachable' },
  },
  {
    name: 'a throttling registry over a threshold of one',
    service: {
      desired: 1,
      configuration: {
        deploymentCircuitBreaker: {
          enable: true,
          rollback: true,
          thresholdConfiguration: { type: 'COUNT', value: 1 },
        },
      },
    },
    tasks: first(1, registryThrottled),
    expect: { ...failed, cause: 'registry-throttled', earlyStop: 'beyond the threshold' },
  },
];
