import type { Origins } from '../base/declare/origin.js';
import type { ContainerVariable } from '../ecs/definition/change.js';
import { notOne } from './only-one.js';
import { chosenOf, namedImage, planning, serviceNames } from './plan-release.js';
import type { Asked } from './planning/asked.js';
import { chooser, isSpoken } from './planning/asked.js';
import { inOrder, unknownName } from './planning/order.js';
import { planPlaces } from './planning/services.js';
import type { Like } from './planning/tasks.js';
import { checkWords, planTasks } from './planning/tasks.js';
import type { NamedImage } from './planning/uses.js';
import { asPushed, usedImages } from './planning/uses.js';
import type {
  Entry,
  ImageChoice,
  ImageFields,
  PlaceFields,
  ReleaseTask,
  ServiceEntryFields,
  TaskFields,
  UsedImage,
} from './release.js';

/** What `lading run` may be told. */
export interface RunValues extends PlaceFields {
  /** Names of `tasks`. */
  readonly task: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly taskDefinition: string | undefined;
  readonly image: readonly ImageChoice[] | undefined;
  readonly container: string | undefined;
  readonly command: readonly string[] | undefined;
  readonly env: readonly ContainerVariable[] | undefined;
  readonly timeout: number;
  readonly onCancel: ReleaseTask['onCancel'];
  readonly images: readonly Entry<ImageFields>[];
  readonly tasks: readonly Entry<TaskFields>[];
  readonly services: readonly Entry<ServiceEntryFields>[];
}

/**
 * The tasks that are to run outside of a release: those that are named, in the order of the file, with flags over what
 * stands there; else one of a service or of a file. What the definition says otherwise than by flags is what the service
 * runs. Pure. All mistakes at once, as an `InputError`.
 */
export function planRuns(values: RunValues, origins: Origins): readonly ReleaseTask[] {
  return planning(origins, (asked) => {
    const images = values.images.map(namedImage);
    const command = values.command ?? [];
    if (isSpoken(origins, 'command')) {
      const hint = (words: readonly string[]) => `Give each word for itself: --command ${words.join(' --command ')}.`;
      checkWords(command, origins.where('command'), hint, asked);
    }
    const names = values.task ?? [];
    const found = names.length > 0 ? namedTasks(names, values, images, asked) : adHoc(values, images, asked);
    return found.map((task) => ({ ...task, definition: { file: values.taskDefinition, env: [] } }));
  });
}

/** Named by the user, with what the flags say over it. */
function namedTasks(
  names: readonly string[],
  values: RunValues,
  images: readonly NamedImage[],
  asked: Asked,
): readonly ReleaseTask[] {
  const { origins, issues } = asked;
  const known = values.tasks.map(({ name }) => name);
  for (const name of new Set(names))
    if (!known.includes(name)) issues.push(unknownName(name, known, origins.where('task'), 'task'));
  const entries = values.tasks.filter(({ name }) => names.includes(name));
  if (entries.length === 0) return [];
  refuseOneTask(entries, asked);
  const services = likes(values, entries, images, asked);
  const tasks = planTasks({ entries: entries.map((entry) => overlaid(entry, values, asked)), services, images }, asked);
  return tasks.map((task) => keepRunning(task, services, images, asked));
}

/** Flags that speak of one task. */
function refuseOneTask(entries: readonly Entry<TaskFields>[], { origins, issues }: Asked): void {
  const [first, ...more] = entries;
  if (!first || more.length === 0) return;
  for (const name of ['image', 'container', 'command', 'client-token']) {
    if (!isSpoken(origins, name)) continue;
    const message = `names one thing, and there are ${entries.map((entry) => entry.name).join(', ')}`;
    const or = name === 'client-token' ? '' : `, or write --tasks ${first.name}.${name}=VALUE`;
    const hint = `Run one at a time${or}.`;
    issues.push({ where: origins.where(name), message, hint });
  }
}

/** Services with the images that they get, as far as that is known; for tasks that say none of their own. */
function likes(
  values: RunValues,
  entries: readonly Entry<TaskFields>[],
  images: readonly NamedImage[],
  asked: Asked,
): readonly Like[] {
  const named = new Set(
    entries.map(({ like, before, after }) => like ?? before?.[0] ?? after?.[0] ?? values.services[0]?.name),
  );
  const inPlay = (name: string) => values.services.length <= 1 || named.has(name);
  // What is wrong with the images of a service is told to who rolls it out.
  const quiet: Asked = { origins: asked.origins, issues: [] };
  return planPlaces(values, inOrder(values.services, asked.issues), inPlay, asked).map((place) => {
    const entry = values.services.find(({ name }) => name === place.name);
    const where = (field: 'image' | 'container') => place.where(field);
    const used = usedImages({ choices: entry?.image, container: entry?.container, images, where }, quiet);
    return { ...place, images: used, taskDefinition: undefined, env: [] };
  });
}

function overlaid(entry: Entry<TaskFields>, values: RunValues, asked: Asked): Entry<TaskFields> {
  const { pick, where } = chooser<TaskFields>(values, asked);
  const spoken = (field: 'cluster' | 'region') =>
    isSpoken(asked.origins, field) || entry[field] !== undefined ? pick(field, entry) : undefined;
  return {
    ...entry,
    image: pick('image', entry),
    container: pick('container', entry),
    command: pick('command', entry),
    env: pick('env', entry),
    timeout: pick('timeout', entry),
    onCancel: pick('onCancel', entry),
    cluster: spoken('cluster'),
    region: spoken('region'),
    where: (field) => (field === undefined ? entry.where() : where(field as keyof TaskFields, entry)),
  };
}

/**
 * An image of the release whose tag is not known is what the service runs, where the task has it from there. Any other
 * must be known.
 */
function keepRunning(
  task: ReleaseTask,
  services: readonly Like[],
  images: readonly NamedImage[],
  asked: Asked,
): ReleaseTask {
  const like = services.find(({ name }) => name === task.like?.name);
  const isOfLike = (use: UsedImage) =>
    use.from === 'release' && like?.images.some((one) => one.from === 'release' && one.image === use.image);
  const force = task.images.length > 0 && task.images.every(isOfLike);
  return asPushed(task, images, { force, asked });
}

/** A task that is written nowhere: of a service, or of a file alone. */
function adHoc(values: RunValues, images: readonly NamedImage[], asked: Asked): readonly ReleaseTask[] {
  const { origins, issues } = asked;
  const hasService = values.services.length > 0 || values.service !== undefined;
  if (!hasService && values.taskDefinition === undefined) {
    const hint = 'Name a service with --service, a file with --task-definition, or a task of lading.yml with --task.';
    issues.push({ where: origins.where('service'), message: 'is missing: it is not said what to run', hint });
    return [];
  }
  const chosen = chosenOf(serviceNames(values), values.only, 'service', asked);
  const inPlay = (name: string) => chosen.includes(name);
  const places = hasService ? planPlaces(values, inOrder(values.services, issues), inPlay, asked) : [];
  const [like, ...more] = places.filter(({ name }) => inPlay(name));
  if (like && more.length > 0) issues.push(notOne([like, ...more], origins));
  const { image, container, command = [], env = [], timeout, onCancel } = values;
  const where = (field: string) => origins.where(field);
  const used = image === undefined ? [] : usedImages({ choices: image, container, images, where }, asked);
  const task: ReleaseTask = {
    name: like?.name ?? 'task',
    images: used,
    command,
    container,
    like,
    definition: { file: undefined, env: [] },
    cluster: like?.cluster ?? values.cluster,
    region: like?.region ?? values.region,
    env,
    before: [],
    after: [],
    when: 'always',
    onCancel,
    timeoutMs: timeout,
    where: (field) => origins.where(field ?? 'command'),
  };
  return [asPushed(task, images, { force: false, asked })];
}
