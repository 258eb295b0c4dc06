import { randomOf } from '../random.js';
import * as behave from './behaviours.js';
import type { Random } from '../random.js';
import type { Errs } from '../errs/errs.js';
import type { Behaviour, Deed, Rollout, ServiceStart } from './rollout.js';

const STARTING = [
  behave.imageNotFound,
  behave.registryThrottled,
  behave.registryUnreachable,
  behave.secretForbidden,
  behave.secretThrottled,
  behave.networkInterfaceTimeout,
  behave.noCapacity,
  behave.badHost,
  behave.commandNotFound,
  behave.exitsAtOnce(),
] as const;
const READS = [
  'DescribeServices',
  'ListServiceDeployments',
  'DescribeServiceDeployments',
  'DescribeServiceRevisions',
  'ListTasks',
  'DescribeTasks',
  'StopServiceDeployment',
] as const;

/**
 * A rollout that nobody thought of: tasks start, die and recover, people and the API do what they do. There is no
 * expectation in it: what is true of it is what its `unattended()` says.
 */
export function randomRollout(seed: number): Rollout {
  const random = randomOf('rollout', seed);
  const service = drawService(random);
  return {
    name: `random ${seed}`,
    does: random.chance(0.1) ? 'forces' : 'deploys',
    service,
    tasks: drawTasks(random, service),
    ...(random.chance(0.15) && { formerTasks: [{ runsAfter: random.int(5, 90) }] }),
    others: random.chance(0.25) ? [drawDeed(random)] : [],
    errs: drawErrs(random),
    expect: { outcome: 'timed out', earlyStop: 'must not' },
  };
}

function drawService(random: Random): ServiceStart {
  const [least, most] = random.pick([
    [100, 200],
    [100, 200],
    [100, 150],
    [50, 100],
    [50, 200],
  ] as const);
  const breaker = random.pick(['rollback', 'rollback', 'rollback', 'fail', 'off'] as const);
  const resetOnHealthyTask = random.chance(0.8);
  return {
    before: random.pick(['completed', 'completed', 'completed', 'failed', 'in flight'] as const),
    desired: random.pick([1, 1, 2, 2, 3, 4, 6, 10]),
    checks: random.pick([[], ['container'], ['load balancer'], ['container', 'load balancer']] as const),
    breaker,
    configuration: {
      minimumHealthyPercent: least,
      maximumPercent: most,
      deploymentCircuitBreaker: { enable: breaker !== 'off', rollback: breaker === 'rollback', resetOnHealthyTask },
    },
  };
}

/** Mostly well, at first bad, bad for ever, or now and then bad. */
function drawTasks(random: Random, service: ServiceStart): Rollout['tasks'] {
  const one = () => drawBehaviour(random, service);
  const kind = random.next();
  if (kind < 0.3) return [{ runsAfter: random.int(8, 90), healthyAfter: random.int(5, 60) }];
  if (kind < 0.55) return behave.first(random.int(1, 6), one());
  if (kind < 0.75) return [one()];
  const [odd, share] = [one(), random.next() * 0.6];
  return (_, each) => (each.chance(share) ? odd : { runsAfter: each.int(8, 60), healthyAfter: each.int(5, 60) });
}

function drawBehaviour(random: Random, { checks = [] }: ServiceStart): Behaviour {
  const kind = random.next();
  if (kind < 0.55) return random.pick(STARTING);
  if (kind < 0.75) return behave.exitsAfter(random.int(2, 70), random.int(1, 3));
  if (kind < 0.8) return behave.runsOutOfMemory(random.int(2, 60));
  if (kind < 0.85) return behave.interrupted(random.int(2, 60));
  if (checks.includes('load balancer')) return behave.failsTargetCheck(undefined, random.int(30, 120));
  if (checks.includes('container')) return behave.failsContainerCheck(random.int(60, 120));
  return { runsAfter: random.int(60, 300) };
}

function drawDeed(random: Random): Deed {
  const at = random.int(1, 150);
  return random.pick<Deed>([
    { at, does: 'update' },
    { at, does: 'stop' },
    { at, does: 'delete' },
    { at, does: 'scale', to: random.int(0, 8) },
    { at, does: 'kill', whose: 'ours', tasks: 1, end: behave.spotInterruption },
    { at, does: 'kill', whose: 'former', tasks: 2, end: behave.hostRetired },
  ]);
}

function drawErrs(random: Random): Errs {
  return {
    ...(random.chance(0.6) && { consistency: 'eventual' }),
    ...(random.chance(0.2) && {
      throttled: [{ from: random.int(0, 60), for: random.int(5, 60), operations: 'all' as const }],
    }),
    ...(random.chance(0.15) && {
      faults: [
        {
          from: 0,
          operations: 'all' as const,
          kind: random.pick(['reset', 'internal error'] as const),
          every: random.int(2, 6),
        },
      ],
    }),
    ...(random.chance(0.2) && { denied: [random.pick(READS)] }),
    ...(random.chance(0.1) && { lost: { UpdateService: 1 } }),
    ...(random.chance(0.1) && { pageSize: random.int(1, 3) }),
    ...(random.chance(0.05) && { history: 'missing' as const }),
  };
}
