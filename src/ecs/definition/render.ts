import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import type { ContainerDefinition, TaskDefinition } from '../shapes.js';
import type { ImageChange } from './change.js';
import { changeDefinition, containerFor } from './change.js';

/** Names are `CONTAINER:NAME`, or `NAME` and `:NAME` for the containers that are meant. */
type Named = Readonly<Record<string, string>>;

/** What a definition is to say otherwise. */
export interface Rendering {
  /** Containers that are meant where none is named; empty: those that get an image, else the only one. */
  readonly containers: readonly string[];
  readonly images: readonly ImageChange[];
  readonly env: Named;
  readonly secrets: Named;
  readonly labels: Named;
  /** Names of variables and secrets that go. */
  readonly unset: readonly string[];
  readonly logDriver: string | undefined;
  readonly logOptions: Readonly<Record<string, string>>;
  /** Empty: none, so that the image says it. */
  readonly command: readonly string[] | undefined;
  /** Instead of those that are there. */
  readonly envFiles: readonly string[] | undefined;
  readonly taskRole: string | undefined;
  readonly executionRole: string | undefined;
}

/** The definition with all of that. Every mistake is told, as an `InputError`. */
export function renderDefinition(definition: TaskDefinition, rendering: Rendering): TaskDefinition {
  const issues: InputIssue[] = [];
  const names = definition.containerDefinitions.map(({ name }) => name);
  const know = (name: string, where: string) => {
    if (names.includes(name)) return true;
    const message = `the task definition has no container ${name}`;
    issues.push({ where, message, hint: `It has ${names.join(', ')}.` });
    return false;
  };
  const named = [...new Set(rendering.containers)].filter((name) => know(name, '--container'));
  const images = rendering.images.flatMap((change): ImageChange[] => {
    if (change.container !== undefined) return know(change.container, '--image') ? [change] : [];
    if (rendering.containers.length > 0) return named.map((container) => ({ ...change, container }));
    const container = told(issues, () => containerFor(definition, change));
    return container === undefined ? [] : [{ ...change, container }];
  });
  const withImage = images.flatMap(({ container }) => container ?? []);
  const meant = rendering.containers.length > 0 ? named : withImage.length > 0 ? withImage : names;
  const isUnclear = rendering.containers.length === 0 && withImage.length === 0 && names.length > 1;
  const open = (where: string): readonly string[] => {
    if (!isUnclear) return meant;
    const message = 'it is not clear which container is meant';
    issues.push({ where, message, hint: `Name it with --container: ${names.join(', ')}.` });
    return [];
  };
  const changes = changesOf(rendering, { know, open });
  const changed = told(issues, () => changeDefinition(definition, images, []));
  const containers = (changed ?? definition).containerDefinitions.map((container) => {
    const own = changes.filter((change) => change.container === container.name);
    return told(issues, () => own.reduce((so, { apply }) => apply(so), container)) ?? container;
  });
  if (issues.length > 0) throw new InputError(issues);
  return {
    ...definition,
    ...(rendering.taskRole !== undefined && { taskRoleArn: rendering.taskRole }),
    ...(rendering.executionRole !== undefined && { executionRoleArn: rendering.executionRole }),
    containerDefinitions: containers,
  };
}

function told<Value>(issues: InputIssue[], work: () => Value): Value | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    issues.push(...error.issues);
    return undefined;
  }
}

interface Change {
  readonly container: string;
  readonly apply: (container: ContainerDefinition) => ContainerDefinition;
}

interface Places {
  readonly know: (container: string, where: string) => boolean;
  readonly open: (where: string) => readonly string[];
}

function changesOf(rendering: Rendering, { know, open }: Places): readonly Change[] {
  const { command, envFiles, logDriver, logOptions } = rendering;
  const forAll = (where: string, apply: Change['apply']) => open(where).map((container) => ({ container, apply }));
  const byName = (where: string, names: readonly string[], make: (name: string, key: string) => Change['apply']) =>
    names.flatMap((key): Change[] => {
      const [, container = '', name = key] = /^([^:]*):(.*)$/s.exec(key) ?? [];
      if (container === '') return forAll(where, make(name, key));
      return know(container, where) ? [{ container, apply: make(name, key) }] : [];
    });
  const logs = logDriver !== undefined || Object.keys(logOptions).length > 0;
  return [
    ...byName('--unset', rendering.unset, (name) => (one) => ({
      ...one,
      ...without(one, 'environment', name),
      ...without(one, 'secrets', name),
    })),
    ...byName('--env', Object.keys(rendering.env), (name, key) => (one) => ({
      ...one,
      ...without(one, 'secrets', name),
      environment: put(one.environment, { name, value: rendering.env[key] ?? '' }),
    })),
    // ECS refuses a name that is both.
    ...byName('--secret', Object.keys(rendering.secrets), (name, key) => (one) => ({
      ...one,
      ...without(one, 'environment', name),
      secrets: put(one.secrets, { name, valueFrom: rendering.secrets[key] ?? '' }),
    })),
    ...byName('--docker-label', Object.keys(rendering.labels), (name, key) => (one) => ({
      ...one,
      dockerLabels: { ...(one.dockerLabels as object | undefined), [name]: rendering.labels[key] ?? '' },
    })),
    ...(logs ? forAll('--log-option', (one) => withLogs(one, logDriver, logOptions)) : []),
    ...(command ? forAll('--command', (one) => ({ ...one, command })) : []),
    ...(envFiles
      ? forAll('--env-file', (one) => ({ ...one, environmentFiles: envFiles.map((value) => ({ value, type: 's3' })) }))
      : []),
  ];
}

function put<Item extends { readonly name: string }>(items: readonly Item[] | null | undefined, item: Item): Item[] {
  return [...new Map([...(items ?? []), item].map((one) => [one.name, one])).values()];
}

function without(container: ContainerDefinition, list: 'environment' | 'secrets', name: string) {
  const items = container[list];
  return items?.some((item) => item.name === name) ? { [list]: items.filter((item) => item.name !== name) } : {};
}

/** Options of another driver mean nothing to this one. */
function withLogs(
  container: ContainerDefinition,
  driver: string | undefined,
  options: Readonly<Record<string, string>>,
): ContainerDefinition {
  const before = container.logConfiguration ?? undefined;
  const logDriver = driver ?? before?.logDriver;
  if (logDriver === undefined) {
    const message = `the container ${container.name} has no log driver that takes options`;
    throw new InputError({ where: '--log-option', message, hint: 'Name it with --log-driver, as awslogs.' });
  }
  const kept = before?.logDriver === logDriver ? before : undefined;
  const all = { ...kept?.options, ...options };
  return {
    ...container,
    logConfiguration: { ...kept, logDriver, ...(Object.keys(all).length > 0 && { options: all }) },
  };
}
