import type { World } from '../service.js';
import type { Scenario } from './scenario-shape.js';
import type { Definition, EcsState, ResolvedImage, Revision, Rollout, SandboxService } from './state.js';
import { addEvent } from './simulate.js';

/** The images of a definition, with the digests that its tags have now. ECS keeps them for every later task. */
export function imagesOf(
  definition: Definition,
  resolveImage: (image: string) => string | undefined,
): readonly ResolvedImage[] {
  return definition.containerDefinitions.map((container) => {
    const image = String(container.image);
    const imageDigest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? resolveImage(image);
    return { containerName: String(container.name), image, imageDigest };
  });
}

/** A deployment that begins; the one before it, if it is not done, is replaced. */
export function startRollout(
  state: EcsState,
  world: World,
  service: SandboxService,
  from: {
    readonly definition: Definition;
    readonly images: readonly ResolvedImage[];
    readonly scenario: Scenario | undefined;
  },
): Rollout {
  const { definition, images, scenario } = from;
  const now = world.clock.now();
  const source = service.rollouts.find((rollout) => rollout.status === 'SUCCESSFUL')?.revision;
  const key = `${service.cluster}/${service.name}`;
  const revision: Revision = {
    arn: state.arn(`service-revision/${key}/${state.id()}`),
    taskDefinition: definition.taskDefinitionArn,
    images,
    createdAt: now,
  };
  for (const other of service.rollouts) if (other.finishedAt === undefined) supersede(state, service, other, now);
  const id = state.id();
  const rollout: Rollout = {
    id: `ecs-svc/${1_000_000_000_000_000_000n + BigInt(`0x${id}`)}`,
    arn: state.arn(`service-deployment/${key}/${id}`),
    revision,
    source: scenario?.noSource ? undefined : source,
    createdAt: now,
    scenario,
    position: 0,
    status: 'PENDING',
    reason: undefined,
    stage: 'RECONCILE_SERVICE',
    running: 0,
    pending: 0,
    failures: 0,
    weight: undefined,
    alarms: [],
    hooks: [],
    finishedAt: undefined,
    rollbackEndsAt: undefined,
    staleReads: scenario?.staleReads ?? 0,
  };
  service.rollouts.unshift(rollout);
  service.taskDefinition = definition.taskDefinitionArn;
  addEvent(state, service, `(service ${service.name}) has started a deployment (deployment ${rollout.id}).`, now);
  return rollout;
}

/** By ARN. */
export function findRollout(
  state: EcsState,
  arn: unknown,
): { readonly service: SandboxService; readonly rollout: Rollout } | undefined {
  for (const service of state.services.values()) {
    const rollout = service.rollouts.find((one) => one.arn === arn);
    if (rollout) return { service, rollout };
  }
  return undefined;
}

function supersede(state: EcsState, service: SandboxService, rollout: Rollout, at: number): void {
  rollout.status = 'STOPPED';
  rollout.reason = 'Replaced by a new service deployment.';
  rollout.finishedAt = at;
  addEvent(state, service, `(service ${service.name}) (deployment ${rollout.id}) was replaced.`, at);
}
