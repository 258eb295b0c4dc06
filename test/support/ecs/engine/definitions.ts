import { backFill } from './back-fill.js';
import { clientError } from './fault.js';
import { needText, records, text } from './fields.js';
import { randomOf } from '../random.js';
import type { Definition, Json, Revision, World } from './state.js';

export function register(world: World, input: Json): Definition {
  const family = needText(input, 'family');
  if (!/^[\w-]{1,255}$/.test(family)) throw clientError('Family contains invalid characters.');
  const containers = records(input.containerDefinitions);
  if (containers.length === 0) throw clientError('TaskDefinition must contain at least one container definition.');
  for (const one of containers) {
    if (!text(one, 'name')) throw clientError('Container.name should not be null or empty.');
    if (!text(one, 'image')) throw clientError('Container.image should not be null or empty.');
  }
  if (new Set(containers.map((one) => one.name)).size < containers.length)
    throw clientError('Container names must be unique within a task definition.');
  checkFargate(input);
  const versions = world.definitions.get(family) ?? [];
  world.definitions.set(family, versions);
  const revision = versions.length + 1;
  const arn = world.names.definitionArn(family, revision);
  const body = {
    ...backFill(input),
    taskDefinitionArn: arn,
    revision,
    registeredAt: world.now / 1000,
    registeredBy: world.names.arn('assumed-role/deployer/session', 'sts'),
  };
  const definition: Definition = { arn, family, revision, body, tags: records(input.tags), status: 'ACTIVE' };
  versions.push(definition);
  return definition;
}

function checkFargate(input: Json): void {
  if (!Array.isArray(input.requiresCompatibilities) || !input.requiresCompatibilities.includes('FARGATE')) return;
  if (input.networkMode !== 'awsvpc') throw clientError('Fargate only supports network mode ‘awsvpc’.');
  if (!input.cpu || !input.memory) throw clientError("Fargate requires that 'cpu' be defined at the task level.");
  if (!input.executionRoleArn && records(input.containerDefinitions).some((one) => one.logConfiguration))
    throw clientError('Fargate requires task definition to have execution role ARN to support log driver awslogs.');
}

/** By ARN, `family:revision` or family, which is its newest ACTIVE one. */
export function findDefinition(world: World, reference: string): Definition | undefined {
  const name = reference.replace(/^arn:[^/]*\//, '');
  const [family = '', revision] = name.split(':');
  const versions = world.definitions.get(family) ?? [];
  if (revision !== undefined) return versions[Number(revision) - 1];
  return versions.findLast((one) => one.status === 'ACTIVE');
}

export function containersOf(definition: Definition): readonly Json[] {
  return records(definition.body.containerDefinitions);
}

/** What decides whether a task of a revision is healthy. */
export function checksOf(revision: Revision): { readonly container: boolean; readonly target: boolean } {
  return {
    container: containersOf(revision.definition).some((one) => one.essential !== false && one.healthCheck),
    target: records(revision.settings.loadBalancers).length > 0,
  };
}

/** The digest that ECS finds for an image; the rollout may know better. */
export function digestOf(world: World, image: string): string {
  const digest = /@(sha256:[0-9a-f]+)$/.exec(image)?.[1];
  const told = world.rollout.images?.[image] ?? (digest && world.rollout.images?.[digest]);
  return told ?? digest ?? `sha256:${randomOf('image', image).hex(64)}`;
}

/** Whether ECS keeps to one digest for a container. */
export function isResolved(container: Json): boolean {
  return container.versionConsistency !== 'disabled';
}
