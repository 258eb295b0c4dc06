import type { LadingError } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import { canonicalJson, parseShape } from '../../base/json.js';
import type { ContainerDefinition, TaskDefinition } from '../shapes.js';
import { taskDefinition } from '../shapes.js';

/** What ECS adds to a definition when it describes one; never sent back. */
const READ_ONLY = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
];
/** Tags that lading puts on: who deploys the same again does not make a new revision. */
export const OWN_TAG = 'lading:';

/** A plain definition, one wrapped in `{"taskDefinition": …}`, or the output of `aws ecs describe-task-definition`. */
export function parseTaskDefinition(value: unknown, what: string): TaskDefinition {
  const wrapped = value as { taskDefinition?: unknown; tags?: unknown } | null;
  const inner =
    wrapped !== null && typeof wrapped === 'object' && 'taskDefinition' in wrapped ? wrapped.taskDefinition : value;
  const parsed = parseShape(taskDefinition, inner, what);
  const tags = inner !== value ? wrapped?.tags : undefined;
  return tags === undefined ? parsed : { ...parsed, tags };
}

/** What is sent to RegisterTaskDefinition: without what only ECS writes, and without nulls. Empty texts stay. */
export function registrable(definition: TaskDefinition): Record<string, unknown> {
  const entries = Object.entries(definition).filter(([key, value]) => !READ_ONLY.includes(key) && value !== null);
  const tags = (definition as { tags?: readonly unknown[] }).tags;
  const kept = entries.filter(([key]) => key !== 'tags' || (tags?.length ?? 0) > 0);
  return dropNulls(Object.fromEntries(kept)) as Record<string, unknown>;
}

function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) => (entry === null ? [] : [[key, dropNulls(entry)]])),
  );
}

/** One text for all spellings of one definition: order, sizes, defaults that ECS fills in, and our own tags make no difference. */
export function canonicalDefinition(definition: TaskDefinition): string {
  const plain = registrable(definition);
  const networkMode = plain.networkMode;
  const cleaned = clean(plain) as Record<string, unknown>;
  cleaned.cpu = size(plain.cpu, 1024);
  cleaned.memory = size(plain.memory, 1024);
  cleaned.containerDefinitions = sortBy(
    definition.containerDefinitions.map((container) => canonicalContainer(container, networkMode === 'awsvpc')),
    'name',
  );
  cleaned.tags = sortBy(
    ((plain.tags as { key: string }[] | undefined) ?? []).filter((tag) => !tag.key.startsWith(OWN_TAG)),
    'key',
  );
  for (const name of ['volumes', 'placementConstraints'])
    if (Array.isArray(cleaned[name])) cleaned[name] = sortByText(cleaned[name] as unknown[]);
  if (Array.isArray(cleaned.requiresCompatibilities))
    cleaned.requiresCompatibilities = [...(cleaned.requiresCompatibilities as string[])].sort();
  return canonicalJson(clean(cleaned));
}

function canonicalContainer(container: ContainerDefinition, awsvpc: boolean): Record<string, unknown> {
  const plain = clean(container) as Record<string, unknown>;
  plain.essential = container.essential ?? true;
  if (plain.cpu === 0) delete plain.cpu;
  for (const name of ['environment', 'secrets'])
    if (Array.isArray(plain[name])) plain[name] = sortBy(plain[name] as { name: string }[], 'name');
  for (const name of ['mountPoints', 'volumesFrom'])
    if (Array.isArray(plain[name])) plain[name] = sortByText(plain[name] as unknown[]);
  if (Array.isArray(plain.portMappings)) {
    const mappings = (plain.portMappings as Record<string, unknown>[]).map((mapping) => ({
      ...mapping,
      protocol: mapping.protocol ?? 'tcp',
      hostPort: awsvpc ? mapping.containerPort : mapping.hostPort,
    }));
    plain.portMappings = sortByText(mappings);
  }
  return plain;
}

/** Without nulls and without empty lists and maps: for ECS they are absent. Empty texts are values. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) => {
      const inner = clean(entry);
      const empty =
        inner === null || inner === undefined || (typeof inner === 'object' && Object.keys(inner).length === 0);
      return empty ? [] : [[key, inner]];
    }),
  );
}

/** `0.25 vCPU`, `1 GB`, `256`, 256 → units as ECS stores them. */
function size(value: unknown, perUnit: number): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = /^([\d.]+)\s*(vcpu|gb)?$/i.exec(String(value).trim());
  return match ? String(Math.round(Number(match[1]) * (match[2] ? perUnit : 1))) : String(value);
}

function sortBy<Item extends object>(items: readonly Item[], key: keyof Item): Item[] {
  return [...items].sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
}

function sortByText(items: readonly unknown[]): unknown[] {
  return [...items].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
}

export interface ImageChange {
  /** Undefined: the container is found by the repository of its image. */
  readonly container: string | undefined;
  /** `host/name@sha256:…` */
  readonly image: string;
}

/** The definition with other images and variables. Containers that do not exist are told with those that do. */
export function changeDefinition(
  definition: TaskDefinition,
  images: readonly ImageChange[],
  env: readonly { readonly container: string; readonly name: string; readonly value: string }[],
): TaskDefinition {
  const names = definition.containerDefinitions.map((container) => container.name);
  const images_ = new Map(images.map((change) => [containerFor(definition, change), change.image]));
  for (const { container } of env) if (!names.includes(container)) throw noContainer('--env', container, names);
  return {
    ...definition,
    containerDefinitions: definition.containerDefinitions.map((container) => {
      const added = env.filter((entry) => entry.container === container.name);
      const image = images_.get(container.name);
      return {
        ...container,
        ...(image !== undefined && { image }),
        ...(added.length > 0 && { environment: mergeEnvironment(container, added) }),
      };
    }),
  };
}

function mergeEnvironment(
  container: ContainerDefinition,
  added: readonly { readonly name: string; readonly value: string }[],
) {
  const merged = new Map((container.environment ?? []).map((entry) => [entry.name, entry]));
  for (const { name, value } of added) merged.set(name, { name, value });
  return [...merged.values()];
}

export function containerFor(definition: TaskDefinition, change: ImageChange): string {
  const containers = definition.containerDefinitions;
  const names = containers.map((container) => container.name);
  if (change.container !== undefined) {
    if (names.includes(change.container)) return change.container;
    throw noContainer('--image', change.container, names);
  }
  const same = containers.filter((container) => repositoryOf(container.image ?? '') === repositoryOf(change.image));
  if (same.length === 1 && same[0]) return same[0].name;
  if (containers.length === 1 && containers[0]) return containers[0].name;
  const essential = containers.filter((container) => container.essential !== false);
  if (same.length === 0 && essential.length === 1 && essential[0]) return essential[0].name;
  throw new InputError({
    where: '--image',
    message: `it is not clear which container gets ${change.image}`,
    hint: `Write --image NAME=${change.image}; the containers are ${names.join(', ')}.`,
  });
}

function noContainer(where: string, name: string, names: readonly string[]): LadingError {
  return new InputError({
    where,
    message: `the task definition has no container ${name}`,
    hint: `It has ${names.join(', ')}.`,
  });
}

export function repositoryOf(image: string): string {
  return image.replace(/@sha256:[0-9a-f]+$/, '').replace(/:[^:/]+$/, '');
}

export function digestIn(image: string | null | undefined): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(image ?? '')?.[1];
}

/** `family:revision` of an ARN. */
export function revisionOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
