import { join } from 'node:path';
import type { Context } from '../../base/context.js';
import type { Layout } from '../../image/layout/layout.js';
import type { ImageValues, Target } from '../../image/image-values.js';
import type { MadeImage } from '../../image/make-image.js';
import { makeImage } from '../../image/make-image.js';
import { selectorOf } from '../../oci/reference.js';
import type { Repository } from '../../registry/repository.js';
import { DEFAULT_BASE, findBase } from './base-image.js';
import type { RegistryValues } from './registries.js';

/** What an image is to be, and how the registries of its base and its target are reached. */
export interface AppImageValues extends ImageValues, RegistryValues {
  /** As `--base` takes it; the public Node image when left out. */
  readonly base: string | undefined;
}

/** Makes the image of an app, on a base from anywhere when it is made on one. */
export async function makeAppImage(
  values: AppImageValues,
  layout: Layout,
  target: Target | undefined,
  context: Context,
): Promise<MadeImage> {
  const base = {
    named: values.base !== undefined,
    find: () => findBase(values.base ?? DEFAULT_BASE, context, values),
  };
  return makeImage(values, { base, layout, target }, context);
}

/** Where the image is kept on this disk. */
export function layoutFolder(output: string | undefined, context: Pick<Context, 'cwd'>, place = 'image'): string {
  return output ?? join(context.cwd, '.lading', place);
}

/** The tags and digests of a target that may hold the previous image, best first. */
export function previousCandidates(
  repository: Repository,
  tags: readonly string[],
  cacheFrom: string | undefined,
): readonly string[] {
  const own = repository.reference.digest ?? repository.reference.tag;
  return [
    ...new Set([
      ...(cacheFrom === undefined ? [] : [cacheFrom]),
      ...(own === undefined ? [] : [own]),
      ...tags,
      selectorOf({ ...repository.reference, tag: 'latest', digest: undefined }),
    ]),
  ];
}
