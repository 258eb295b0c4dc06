import type { LadingError } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import type { ContainerDefinition, TaskDefinition } from '../shapes.js';

export interface ImageChange {
  /** Undefined: the container is found by the repository of its image. */
  readonly container: string | undefined;
  /** `host/name@sha256:…` */
  readonly image: string;
}

/** A variable of a container. */
export interface ContainerVariable {
  readonly container: string;
  readonly name: string;
  readonly value: string;
}

/** The definition with other images and variables. Containers that do not exist are told with those that do. */
export function changeDefinition(
  definition: TaskDefinition,
  images: readonly ImageChange[],
  env: readonly ContainerVariable[],
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

function mergeEnvironment(container: ContainerDefinition, added: readonly ContainerVariable[]) {
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
