import { LadingError } from '../base/errors.js';
import type { ImageConfig } from '../oci/config.js';
import type { Descriptor, Platform } from '../oci/manifest.js';
import { toOciType } from '../oci/media-type.js';
import { readConfig, readImage } from '../oci/read.js';
import type { Store } from '../oci/store.js';

/** What an image is built on: the layers are named, never unpacked. */
export interface BaseImage {
  readonly name: string;
  readonly store: Store;
  readonly digest: string;
  readonly layers: readonly Descriptor[];
  readonly config: ImageConfig;
}

export interface BaseSource {
  readonly store: Store;
  /** Tag or digest within the store. */
  readonly selector: string;
  /** As the user wrote it. */
  readonly name: string;
}

export async function readBase(source: BaseSource, platform: Platform): Promise<BaseImage> {
  const image = await readImage(source.store, source.selector, platform);
  if (!image) {
    throw new LadingError('input', `the base image ${source.name} does not exist`, {
      code: 'BASE_MISSING',
      hint: 'Check its name and tag, and that you are logged in to its registry.',
    });
  }
  const config = await readConfig(source.store, image.manifest);
  const layers = image.manifest.layers.map((layer) => ({ ...layer, mediaType: toOciType(layer.mediaType) }));
  return { name: source.name, store: source.store, digest: image.raw.digest, layers, config };
}
