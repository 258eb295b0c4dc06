import { InputError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import { formatReference, parseReference } from '../../oci/reference.js';
import type { ImageChoice, ReleaseImage, UsedImage } from '../release.js';
import type { Asked } from './asked.js';

/** As much of an image as its users must know. */
export type NamedImage = Pick<ReleaseImage, 'name' | 'to' | 'tags'>;

interface UseRequest {
  readonly choices: readonly ImageChoice[] | undefined;
  readonly container: string | undefined;
  /** Every image of the release. */
  readonly images: readonly NamedImage[];
  readonly where: (field: 'image' | 'container') => string;
}

/** Which images a service or a task gets: those that it names, else the only one that there is. */
export function usedImages(request: UseRequest, asked: Asked): readonly UsedImage[] {
  const { choices, container, images, where } = request;
  const [only, ...more] = images;
  if (choices === undefined) {
    if (only && more.length === 0) return [{ from: 'release', container, image: only.name }];
    if (images.length > 1) {
      const names = images.map(({ name }) => name).join(', ');
      asked.issues.push({ where: where('image'), message: 'does not say which image', hint: `There are ${names}.` });
    }
    return [];
  }
  if (choices.length > 1 && container !== undefined) {
    asked.issues.push({
      where: where('container'),
      message: 'names one container, and there are several images',
      hint: 'Write each image as CONTAINER=IMAGE.',
    });
  }
  return choices.flatMap(
    (choice) => useOf({ ...choice, container: choice.container ?? container }, request, asked) ?? [],
  );
}

/** A name of the release, or a reference. A bare word that is no name is more likely a mistake than Docker Hub's. */
function useOf({ container, text }: ImageChoice, { images, where }: UseRequest, asked: Asked): UsedImage | undefined {
  if (images.some(({ name }) => name === text)) return { from: 'release', container, image: text };
  const names = images.map(({ name }) => name);
  if (names.length > 0 && !/[/:@.]/.test(text)) {
    const near = nearest(text, names);
    const hint = near
      ? `Did you mean ${near}?`
      : `There are ${names.join(', ')}; an image of a registry has a tag or a host.`;
    asked.issues.push({ where: where('image'), message: `there is no image ${JSON.stringify(text)}`, hint });
    return undefined;
  }
  try {
    return { from: 'registry', container, reference: parseReference(text), text };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    asked.issues.push(...error.issues.map((issue) => ({ ...issue, where: where('image') })));
    return undefined;
  }
}

/** What has images: a service or a task. */
export interface User {
  readonly images: readonly UsedImage[];
  readonly where: (field?: string) => string;
}

/**
 * For a verb that makes no images: one of the release is the tag that it is pushed to. Without a tag it is not known
 * which of the images there is meant; who only wants new tasks (`force`) keeps what runs.
 */
export function asPushed<One extends User>(
  one: One,
  images: readonly NamedImage[],
  { force, asked }: { readonly force: boolean | undefined; readonly asked: Asked },
): One {
  const found = one.images.flatMap((use) => {
    const pushed =
      use.from === 'registry'
        ? use
        : pushedImage(
            use.container,
            images.find(({ name }) => name === use.image),
          );
    if (pushed) return [pushed];
    if (!force && use.from === 'release') {
      const message = `images.${use.image} has no repository with a tag: it is not known which image is meant`;
      const hint = 'Give the one that was pushed with --image, or write a tag to images.NAME.to.';
      asked.issues.push({ where: one.where('image'), message, hint });
    }
    return [];
  });
  return { ...one, images: found };
}

function pushedImage(container: string | undefined, image: NamedImage | undefined): UsedImage | undefined {
  const { to, tags = [] } = image ?? {};
  const tag = to?.tag ?? tags[0];
  if (!to || (to.digest === undefined && tag === undefined)) return undefined;
  const reference = to.digest === undefined ? { ...to, tag } : to;
  return { from: 'registry', container, reference, text: formatReference(reference) };
}
