import { exitsAfter, imageNotFound, noCapacity, runsOutOfMemory } from '../rollouts/behaviours.js';
import { definitionFor, FORMER_IMAGE } from '../rollouts/definition.js';
import { register } from './definitions.js';
import { beginDeployment, settleDeployment } from './deployment/begin.js';
import { compact } from './fields.js';
import { activeOf, tell } from './deployment/service-facts.js';
import { endTask } from './tasks.js';
import { eventText } from './wording.js';
import type { ServiceStart } from '../rollouts/rollout.js';
import type { Json, Service, World } from './state.js';

const DAY = 86_400_000;
export const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/web/6d0ecf831eec9f09';

/** The world before the tool comes: what the service is and what became of it so far. */
export function setUp(world: World): void {
  const { before = 'completed' } = world.rollout.service ?? {};
  world.now = world.start - DAY;
  const definition = register(world, definitionFor(world.rollout, FORMER_IMAGE));
  if (before !== 'absent' && before !== 'no cluster') {
    const start = world.rollout.service ?? {};
    const service = addService(world, {
      name: 'web',
      desired: start.desired ?? 2,
      daemon: start.daemon ?? false,
      settings: settingsOf(start),
    });
    const deployment = beginDeployment(world, service, { definition, by: 'before', script: world.rollout.formerTasks });
    settleDeployment(world, service, deployment, before !== 'failed');
    if (before === 'draining') service.status = 'DRAINING';
    if (before === 'inactive') deleteAll(world, service);
    if (before === 'in flight') flyOne(world, service);
    if (start.scars) scar(world, service);
  }
}

function deleteAll(world: World, service: Service): void {
  service.status = 'INACTIVE';
  service.desired = 0;
  for (const task of world.tasks.values())
    Object.assign(task, { wanted: 'STOPPED', stoppingAt: world.now, stoppedAt: world.now });
  for (const deployment of service.deployments) deployment.tasks.clear();
}

/** Somebody else has started a deployment a minute ago. */
function flyOne(world: World, service: Service): void {
  world.queue.put(world.start - 60_000, () => {
    const definition = register(world, definitionFor(world.rollout, `${FORMER_IMAGE.slice(0, -2)}ff`));
    beginDeployment(world, service, { definition, by: 'before', script: [{ runsAfter: 240 }] });
  });
}

/** Trouble that is over: nothing of it has to do with what comes. */
function scar(world: World, service: Service): void {
  world.queue.put(world.start - 600_000, () => {
    for (const behaviour of [runsOutOfMemory(0), exitsAfter(0)]) {
      const [task] = activeOf(service.primary);
      if (task && behaviour.end) endTask(world, task, behaviour.end);
    }
    for (const { unplaced, end } of [noCapacity, imageNotFound])
      tell(world, service, eventText.unplaced(unplaced?.reason ?? `. Reason: ${end?.reason}.`));
    tell(world, service, eventText.impaired);
    world.react.wake(service);
  });
}

interface NewService {
  readonly name: string;
  readonly desired: number;
  readonly daemon: boolean;
  readonly settings: Json;
}

export function addService(world: World, { name, ...given }: NewService): Service {
  const service = {
    name,
    arn: world.names.serviceArn(name),
    createdAt: world.now,
    status: 'ACTIVE',
    ...given,
    revisions: [],
    deployments: [],
    history: [],
    events: [],
    steady: true,
    blockedTold: false,
  } satisfies Omit<Service, 'primary'>;
  world.services.set(name, service as unknown as Service);
  return service as unknown as Service;
}

function settingsOf(start: ServiceStart): Json {
  const { breaker = 'rollback', daemon = false } = start;
  return compact({
    launchType: daemon ? 'EC2' : start.settings?.capacityProviderStrategy ? undefined : 'FARGATE',
    platformVersion: daemon ? undefined : 'LATEST',
    platformFamily: 'Linux',
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: ['subnet-0aaa1111222233334', 'subnet-0bbb1111222233334'],
        securityGroups: ['sg-01111222233334444'],
        assignPublicIp: 'DISABLED',
      },
    },
    loadBalancers: start.checks?.includes('load balancer')
      ? [{ targetGroupArn: TARGET_GROUP, containerName: 'web', containerPort: 8080 }]
      : [],
    healthCheckGracePeriodSeconds: start.grace ?? 0,
    deploymentConfiguration: {
      maximumPercent: daemon ? 100 : 200,
      minimumHealthyPercent: daemon ? 0 : 100,
      strategy: 'ROLLING',
      deploymentCircuitBreaker: { enable: breaker !== 'off', rollback: breaker === 'rollback' },
      ...start.configuration,
    },
    ...start.settings,
  });
}
