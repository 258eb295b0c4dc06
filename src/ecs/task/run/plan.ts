import type { InputIssue } from '../../../base/errors.js';
import { InputError } from '../../../base/errors.js';
import { primaryOf } from '../../api.js';
import { canonicalDefinition } from '../../definition/canonical.js';
import type { ContainerVariable, ImageChange } from '../../definition/change.js';
import { changeDefinition, containerFor } from '../../definition/change.js';
import { diffDefinitions } from '../../definition/diff.js';
import type { Service, TaskDefinition } from '../../shapes.js';
import type { Deciding } from './decide.js';
import { isEssential } from './decide.js';
import type { LaunchRequest } from './launch.js';
import { planLaunch } from './launch.js';

/** What is to run once, and where. */
export interface RunWishes {
  readonly cluster: string;
  /** Who started it, for people who look at the task. */
  readonly startedBy: string;
  readonly images: readonly ImageChange[];
  /** Variables of the definition itself, as the service gets them. */
  readonly definitionEnv: readonly ContainerVariable[];
  /** Gets image and command, and decides; found when it is not named. */
  readonly container: string | undefined;
  /** Words; empty: what the definition says. */
  readonly command: readonly string[];
  /** Variables for this run alone. */
  readonly env: readonly ContainerVariable[];
  readonly count: number;
  readonly launch: LaunchRequest;
}

/** How things stand before anything is done. */
export interface RunPresent {
  /** Whose network and launch settings it takes. */
  readonly service: Service | undefined;
  /** What the service runs. */
  readonly live: TaskDefinition | undefined;
  /** The definition that it is made from: that of a file, else the live one. */
  readonly base: TaskDefinition;
  /** The newest revision of its family, where it was looked for. */
  readonly newest: TaskDefinition | undefined;
}

/** What a run would do, as data. */
export interface RunPlan {
  readonly definition: TaskDefinition;
  /** ARN of a revision that is there; undefined: the definition is registered first. */
  readonly taskDefinition: string | undefined;
  /** The service runs this revision, and its last deployment has completed. */
  readonly isDeployed: boolean;
  readonly deciding: Deciding;
  readonly images: readonly { readonly container: string; readonly image: string }[];
  readonly changes: readonly string[];
  /** Of RunTask, but for the revision and the client token. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
const MOST_OVERRIDES = 8192;
const MOST_TASKS = 10;

/** Pure: the same wishes and the same present give the same plan. All mistakes at once, as an `InputError`. */
export function planRun(wishes: RunWishes, present: RunPresent): RunPlan {
  const { images: changes, container, env, command, count } = wishes;
  const definition = changeDefinition(present.base, changes, wishes.definitionEnv);
  const issues: InputIssue[] = [];
  const names = definition.containerDefinitions.map(({ name }) => name);
  const unknown = (where: string, name: string) =>
    issues.push({
      where,
      message: `the task definition has no container ${name}`,
      hint: `It has ${names.join(', ')}.`,
    });
  for (const variable of env) if (!names.includes(variable.container)) unknown('--env', variable.container);
  if (container !== undefined && !names.includes(container)) unknown('--container', container);
  const deciding = { container: container ?? findContainer(definition, changes), named: container !== undefined };
  if (command.length > 0 && deciding.container === undefined) {
    const hint = `Name it with --container; there are ${names.join(', ')}.`;
    issues.push({ where: '--command', message: 'it is not clear which container runs it', hint });
  }
  if (count < 1 || count > MOST_TASKS) {
    issues.push({ where: '--count', message: `is a number from 1 to ${MOST_TASKS}, not ${count}` });
  }
  const overrides = overridesOf(names, deciding.container, wishes);
  const length = JSON.stringify(overrides ?? {}).length;
  if (length > MOST_OVERRIDES) {
    const message = `command and variables take ${length} characters, and ECS takes ${MOST_OVERRIDES}`;
    issues.push({ where: '--env', message, hint: 'Put what is long into the image, a secret or a bucket.' });
  }
  const launch = planLaunch(wishes.launch, present.service, definition);
  issues.push(...launch.issues);
  if (issues.length > 0) throw new InputError(issues);

  const { service, live } = present;
  const existing = revisionOf(definition, present);
  const isCurrent = existing !== undefined && existing === service?.taskDefinition;
  return {
    definition,
    taskDefinition: existing,
    isDeployed: isCurrent && primaryOf(service)?.rolloutState === 'COMPLETED',
    deciding,
    images: changes.map((change) => ({ container: containerFor(definition, change), image: change.image })),
    changes: live && !isCurrent ? diffDefinitions(live, definition) : [],
    input: {
      cluster: wishes.cluster,
      count,
      startedBy: wishes.startedBy,
      ...launch.input,
      ...(overrides && { overrides }),
    },
    notes: launch.notes,
  };
}

/** A revision with the same content, of those that are at hand. */
function revisionOf(definition: TaskDefinition, { live, newest }: RunPresent): string | undefined {
  const wanted = canonicalDefinition(definition);
  const found = [live, newest].find(
    (one) => one?.taskDefinitionArn && one.status !== 'INACTIVE' && canonicalDefinition(one) === wanted,
  );
  return found?.taskDefinitionArn;
}

/** That of the image that was asked for, else the only one, else the only essential one. */
function findContainer(definition: TaskDefinition, images: readonly ImageChange[]): string | undefined {
  const [only, ...more] = images;
  if (only && more.length === 0) return containerFor(definition, only);
  const all = definition.containerDefinitions.map(({ name }) => name);
  const [first, ...others] = all.length === 1 ? all : all.filter((name) => isEssential(name, definition));
  return others.length === 0 ? first : undefined;
}

function overridesOf(
  names: readonly string[],
  target: string | undefined,
  { command, env }: RunWishes,
): { readonly containerOverrides: readonly object[] } | undefined {
  const containerOverrides = names.flatMap((name) => {
    const environment = env
      .filter((one) => one.container === name)
      .map((one) => ({ name: one.name, value: one.value }));
    const words = name === target ? command : [];
    if (environment.length === 0 && words.length === 0) return [];
    return [{ name, ...(words.length > 0 && { command: words }), ...(environment.length > 0 && { environment }) }];
  });
  return containerOverrides.length > 0 ? { containerOverrides } : undefined;
}
