import type { Context } from '../../base/context.js';
import { InputError } from '../../base/errors.js';
import type { ImageChange } from '../../ecs/definition/change.js';
import { isIndex, parseImageIndex } from '../../oci/manifest.js';
import type { Reference } from '../../oci/reference.js';
import { formatReference, selectorOf } from '../../oci/reference.js';
import type { RegistryValues } from './registries.js';
import type { UsedImage } from '../release.js';

/** An image for a container, as it was written and as it was read. */
export interface AskedImage {
  /** Undefined: the container is found by the repository of its image. */
  readonly container: string | undefined;
  readonly reference: Reference;
  /** As the user wrote it, with tag or digest. */
  readonly text: string;
}

export interface ResolvedImage {
  readonly change: ImageChange;
  readonly digest: string;
  /** Digests that count as this one: an index and its children. */
  readonly accepted: ReadonlySet<string>;
}

/** An image of a registry that a release uses. */
export async function resolveUsed(use: UsedImage, values: RegistryValues, context: Context): Promise<ResolvedImage> {
  if (use.from === 'registry') return resolveImage(use, values, context);
  throw new Error(`the image ${use.image} is not made by this verb`);
}

/** A tag becomes the digest that it stands for now: what is deployed must not move. The name is kept as it was written. */
export async function resolveImage(
  asked: AskedImage,
  values: RegistryValues,
  context: Context,
): Promise<ResolvedImage> {
  const { container, reference, text } = asked;
  const name = nameIn(text);
  if (reference.digest) {
    const change = { container, image: `${name}@${reference.digest}` };
    return { change, digest: reference.digest, accepted: new Set([reference.digest]) };
  }
  const { openRegistry } = await import('./registries.js');
  const raw = await openRegistry(reference, context, values).manifest(selectorOf(reference));
  if (!raw) {
    throw new InputError({
      where: '--image',
      message: `${formatReference(reference)} does not exist`,
      hint: 'Push it first, or check the tag.',
    });
  }
  const children = isIndex(raw) ? parseImageIndex(raw).manifests.map((child) => child.digest) : [];
  const change = { container, image: `${name}@${raw.digest}` };
  return { change, digest: raw.digest, accepted: new Set([raw.digest, ...children]) };
}

/** Without tag and digest. */
function nameIn(text: string): string {
  return text.replace(/@sha256:[0-9a-f]+$/, '').replace(/:[^:/]+$/, '');
}
