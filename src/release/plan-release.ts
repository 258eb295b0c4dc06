import type { InputIssue } from '../base/errors.js';
import { InputError } from '../base/errors.js';
import type { Origins } from '../base/declare/origin.js';
import type { Reference } from '../oci/reference.js';
import type { Asked } from './planning/asked.js';
import { chooser, refuseOneThing } from './planning/asked.js';
import type { MakingRequest } from './planning/images.js';
import { needTarget, planImagePlaces, planImages } from './planning/images.js';
import { afterTasks, inOrder, unknownName } from './planning/order.js';
import { checkSmoke, nameOfService, planPlaces, planService } from './planning/services.js';
import { planTasks } from './planning/tasks.js';
import type { NamedImage, User } from './planning/uses.js';
import { asPushed, usedImages } from './planning/uses.js';
import type {
  Entry,
  ImageFields,
  ImagePlace,
  PlaceFields,
  Release,
  ReleaseImage,
  ReleaseService,
  ServiceEntryFields,
  ServiceFields,
  ServicePlace,
  TargetFields,
  TaskFields,
} from './release.js';

/** Names of the parts that are asked for; all when left out. */
interface Part {
  readonly only?: readonly string[] | undefined;
}

export interface PlaceValues extends PlaceFields, Part {
  /** Of a verb that waits for something. */
  readonly timeout?: number;
  readonly services: readonly Entry<ServiceEntryFields>[];
}

export interface ImageValues extends ImageFields, Part {
  readonly images: readonly Entry<ImageFields>[];
}

export interface TargetValues extends TargetFields, Part {
  readonly images: readonly Entry<TargetFields>[];
}

export interface ReleaseValues extends ServiceFields, Part {
  readonly forceNewDeployment: boolean | undefined;
  readonly images: readonly Entry<ImageFields>[];
  readonly tasks: readonly Entry<TaskFields>[];
  readonly services: readonly Entry<ServiceEntryFields>[];
}

/** What a verb that makes the images of its release was told of them. */
export type Making = Pick<MakingRequest, 'values' | 'fields' | 'renamed'>;

/** Where the services are that a verb looks at, in their order. All mistakes at once, as an `InputError`. */
export function planServices(
  values: PlaceValues,
  origins: Origins,
): readonly (ServicePlace & { readonly timeoutMs: number | undefined })[] {
  return planning(origins, (asked) => {
    const entries = inOrder(values.services, asked.issues);
    const chosen = chosenOf(serviceNames(values), values.only, 'service', asked);
    const inPlay = (name: string) => chosen.includes(name);
    const { pick } = chooser<Pick<ServiceFields, 'timeout'>>(values, asked, { inPlay });
    const places = planPlaces(values, entries, inPlay, asked);
    if (entries.length > 0) refuseOneThing(['service'], 'services', chosen, asked);
    return places
      .filter(({ name }) => inPlay(name))
      .map((place) => {
        const entry = entries.find(({ name }) => name === place.name);
        return { ...place, timeoutMs: pick('timeout', entry) };
      });
  });
}

/** The images that a verb makes, whoever uses them. */
export function planImageRelease(
  values: ImageValues,
  origins: Origins,
  { fields }: Pick<Making, 'fields'>,
): readonly ReleaseImage[] {
  return planning(origins, (asked) => {
    const all = planImages({ values, fields, entries: values.images, name: 'image' }, asked);
    return imagePart(all, values, asked);
  });
}

/** The images that a verb sends. Each has a target. */
export function planTargets(
  values: TargetValues,
  origins: Origins,
): readonly (ImagePlace & { readonly to: Reference })[] {
  return planning(origins, (asked) => {
    const all = planImagePlaces({ values, entries: values.images, name: 'image' }, asked);
    const chosen = imagePart(all, values, asked);
    for (const image of chosen) needTarget(image, values.images.length > 0, asked);
    return chosen as readonly (ImagePlace & { readonly to: Reference })[];
  });
}

function imagePart<Image extends ImagePlace>(
  all: readonly Image[],
  values: Part & Pick<TargetValues, 'images'>,
  asked: Asked,
) {
  const chosen = chosenOf(namesOf(all), values.only, 'image', asked);
  if (values.images.length > 0) refuseOneThing(['app', 'to'], 'images', chosen, asked);
  return all.filter(({ name }) => chosen.includes(name));
}

/**
 * The release that a verb is asked for, from the long form of `lading.yml` or the short one, from flags and variables.
 * A verb that makes the images says what it was told of them; for others an image of the release is the tag that it was
 * pushed to. Pure. All mistakes at once, as an `InputError`.
 */
export function planRelease(values: ReleaseValues, origins: Origins, making?: Making): Release {
  return planning(origins, (asked) => {
    const entries = inOrder(afterTasks(values.services, values.tasks), asked.issues);
    const chosen = chosenOf(serviceNames(values), values.only, 'service', asked);
    const inPlay = (name: string) => chosen.includes(name);
    const places = planPlaces(values, entries, inPlay, asked);
    const made = making
      ? planImages({ ...making, entries: values.images, name: imageName(making, places) }, asked)
      : [];
    const images = making ? made : values.images.map(namedImage);
    const choose = chooser<ServiceFields>(values, asked, { inPlay });
    const all = places.map((place): ReleaseService => {
      const entry = entries.find(({ name }) => name === place.name);
      checkSmoke(entry, asked);
      const choices = choose.pick('image', entry);
      const container = choose.pick('container', entry);
      const where = (field: 'image' | 'container') => choose.where(field, entry);
      const used = usedImages({ choices, container, images, where }, asked);
      return planService(place, entry, { values, images: used, choose });
    });
    const services = all.filter(({ name }) => inPlay(name));
    // One that has to do with no service is no part of a release: it is there for `lading run`.
    const tasks = planTasks({ entries: values.tasks, services: all, images }, asked).filter(({ before, after }) =>
      [...before, ...after].some(inPlay),
    );
    if (entries.length > 0) refuseOneThing(['service', 'image', 'container'], 'services', chosen, asked);
    if (!making) {
      const found = <One extends User>(one: One) => asPushed(one, images, { force: values.forceNewDeployment, asked });
      return { images: [], tasks: tasks.map(found), services: services.map(found) };
    }
    const used = new Set(
      [...services, ...tasks].flatMap((one) => one.images.flatMap((use) => (use.from === 'release' ? use.image : []))),
    );
    const needed = made.filter(({ name }) => values.only === undefined || used.has(name));
    if (values.images.length > 0) refuseOneThing(['app', 'to'], 'images', namesOf(needed), asked);
    for (const image of needed) needTarget(image, values.images.length > 0, asked);
    return { images: needed, tasks, services };
  });
}

/** The only image is called like the only service, else like its repository. */
function imageName({ values }: Making, [place, ...more]: readonly ServicePlace[]): string {
  return place && more.length === 0 ? place.name : (values.to?.repository.split('/').at(-1) ?? 'image');
}

export function namedImage({ name, to, tag }: Entry<ImageFields>): NamedImage {
  return { name, to, tags: tag ?? [] };
}

export function serviceNames(values: PlaceValues): readonly string[] {
  if (values.services.length > 0) return namesOf(values.services);
  return values.service === undefined ? [] : [nameOfService(values.service)];
}

function namesOf(items: readonly { readonly name: string }[]): readonly string[] {
  return items.map(({ name }) => name);
}

/** Those that `--only` names, in the order in which they stand. */
export function chosenOf(
  names: readonly string[],
  only: readonly string[] | undefined,
  kind: string,
  { origins, issues }: Asked,
): readonly string[] {
  for (const name of only ?? []) {
    // Without any the verb says what is missing.
    if (!names.includes(name) && names.length > 0) issues.push(unknownName(name, names, origins.where('only'), kind));
  }
  return names.filter((name) => only === undefined || only.includes(name));
}

/** A mistake may be found from several sides. */
export function planning<Result>(origins: Origins, plan: (asked: Asked) => Result): Result {
  const issues: InputIssue[] = [];
  const result = plan({ origins, issues });
  if (issues.length === 0) return result;
  const once = new Map(issues.map((issue) => [`${issue.where}\n${issue.message}`, issue]));
  throw new InputError([...once.values()].sort((a, b) => lineOf(a.where) - lineOf(b.where)));
}

/** For the order of the file; what stands elsewhere comes first. */
function lineOf(where: string): number {
  const [, line, column] = /:(\d+):(\d+)$/.exec(where) ?? [];
  return Number(line ?? 0) * 10_000 + Number(column ?? 0);
}
