import type { Entry, ImageFields, ImagePlace, ReleaseImage, TargetFields } from '../release.js';
import type { Asked } from './asked.js';
import { chooser } from './asked.js';

export interface ImageRequest<Fields> {
  /** What the flags, variables and sections of the short form say. */
  readonly values: Fields;
  /** Inputs that are not called like their field. */
  readonly renamed?: Readonly<Record<string, string>> | undefined;
  readonly entries: readonly Entry<Fields>[];
  /** How the only image is called when there are no entries. */
  readonly name: string;
}

/** Where images are and go to: those of the long form, or the one of the short form. */
export function planImagePlaces(request: ImageRequest<TargetFields>, asked: Asked): readonly ImagePlace[] {
  const { values, entries } = request;
  const { pick, where } = chooser<TargetFields>(values, asked);
  const placeOf = (entry: Entry<TargetFields> | undefined): ImagePlace => {
    const name = entry?.name ?? request.name;
    return {
      name,
      to: pick('to', entry),
      tags: pick('tag', entry) ?? [],
      output: pick('output', entry),
      place: entries.length > 1 ? `images/${name}` : 'image',
      where: (field) => (field === undefined && entry ? entry.where() : where((field ?? 'to') as 'to', entry)),
    };
  };
  return entries.length > 0 ? entries.map(placeOf) : [placeOf(undefined)];
}

/** What is said of how images are made. */
export interface MakingRequest extends ImageRequest<ImageFields> {
  /** Every field that there is, as the inputs declare them. */
  readonly fields: readonly string[];
}

/** The same with what each is made of. */
export function planImages(request: MakingRequest, asked: Asked): readonly ReleaseImage[] {
  const { values, entries, renamed } = request;
  const { pick } = chooser(values, asked, { renamed });
  const fields = request.fields.filter((field) => !OF_THE_PLACE.includes(field)) as (keyof ImageFields)[];
  return planImagePlaces(request as ImageRequest<TargetFields>, asked).map((place) => {
    const entry = entries.find(({ name }) => name === place.name);
    const said = fields.map((field) => [field === 'env' ? 'imageEnv' : field, pick(field, entry)] as const);
    return {
      ...place,
      values: Object.fromEntries(said) as unknown as ReleaseImage['values'],
      cacheFrom: pick('cacheFrom', entry),
    };
  });
}

/** They are no values of the image, but of where it is. */
const OF_THE_PLACE: readonly string[] = ['to', 'tag', 'output', 'cacheFrom'];

/** Where an image must go to. */
export function needTarget(image: ImagePlace, long: boolean, { origins, issues }: Asked): void {
  if (image.to !== undefined) return;
  const hint = 'Say which repository it goes to.';
  issues.push(
    long
      ? { where: image.where(), message: `images.${image.name}.to is missing`, hint }
      : missing('to', 'push.to', origins.where('to')),
  );
}

/** As the door would say it of an input that is needed. */
export function missing(name: string, key: string, where: string) {
  const variable = `LADING_${name.replaceAll('-', '_').toUpperCase()}`;
  return { where, message: 'is missing', hint: `Give --${name}, ${variable} or \`${key}\` in lading.yml.` };
}
